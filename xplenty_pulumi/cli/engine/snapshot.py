"""What a backend keeps of its stacks, as it was when a command first asked for it: nothing is asked for twice."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.errors import ConfigError, XplentyError

_AT_ONCE = 4
"""Processes of the engine that run at the same time."""
_EXPORT = ("stack", "export")
_BACKEND = "PULUMI_BACKEND_URL"
Asked = TypeVar("Asked")
Read = TypeVar("Read")


@dataclass(frozen=True)
class ListedStack:
    """A stack as the backend lists it: `organization/project/stack`, and its address on the web if it has one."""

    full_name: str
    last_update: datetime | None
    is_selected: bool = False
    url: str = ""

    @property
    def name(self) -> str:
        """Its name alone."""
        return self.full_name.rpartition("/")[2]


class Snapshot:
    """What the engine says of stacks; every answer is kept, so that whoever wants to know it later makes a new one.

    A stack is named by its full name, or as the engine names it. Raises XplentyError, with the engine's own words,
    where it refuses, or does not answer with JSON; a refusal is kept like an answer.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._answers: dict[tuple[str, ...], str | XplentyError] = {}

    def full_name(self) -> str:
        """Return the full name of the engine's stack."""
        return self._answer(self.engine.stack, "stack", "--show-name", "--fully-qualify-stack-names").strip()

    def read_ahead(self) -> str:
        """Return the full name of the engine's stack, with its state and its configuration, read at the same time.

        They are asked for by that name, since another stack can be selected at any moment. Why one of them cannot be
        read is said by whoever needs it.
        """
        name = self.full_name()

        def read(words: tuple[str, ...]) -> None:
            with suppress(XplentyError):
                self._answer(name, *words)

        together(read, (_EXPORT, self._configuration_words()))
        return name

    def listed(self, *filters: str) -> tuple[ListedStack, ...]:
        """Return the stacks of the project, or of all projects with the filter `--all`."""
        found = self._document("", "stack", "ls", "--json", "--fully-qualify-stack-names", *filters)
        return tuple(
            ListedStack(
                str(one["name"]), moment(one.get("lastUpdate")), bool(one.get("current")), str(one.get("url", ""))
            )
            for one in found
        )

    def tags(self, stack: str) -> dict[str, str]:
        """Return the tags of a stack."""
        return dict(self._document(stack, "stack", "tag", "ls", "--json"))

    def deployment(self, stack: str) -> dict[str, Any]:
        """Return the state of a stack, secrets as they are kept."""
        return dict(self._document(stack, *_EXPORT).get("deployment") or {})

    def resources(self, stack: str) -> list[dict[str, Any]]:
        """Return the resources in the state of a stack."""
        return list(self.deployment(stack).get("resources") or ())

    def configuration(self, stack: str) -> dict[str, object]:
        """Return the values by name; secrets, which may need a passphrase, only where the API key is among them."""
        found = self._document(stack, *self._configuration_words())
        return {name: one.get("value") for name, one in found.items()}

    def _configuration_words(self) -> tuple[str, ...]:
        return ("config", "--json", *(() if "XPLENTY_API_KEY" in os.environ else ("--show-secrets",)))

    def backend(self) -> str:
        """Return the URL of the backend; the variable that names it goes before all else for the engine too."""
        return os.environ.get(_BACKEND) or str(self._document("", "whoami", "--json")["url"])

    def _document(self, stack: str, *words: str) -> Any:
        try:
            return json.loads(self._answer(stack, *words))
        except ValueError:
            raise XplentyError("`pulumi` did not answer with JSON") from None

    def _answer(self, stack: str, *words: str) -> str:
        asked = (stack, *words)
        if asked not in self._answers:
            try:
                self._answers[asked] = self.engine.of(stack).told(*words)
            except XplentyError as refused:
                self._answers[asked] = refused
        answer = self._answers[asked]
        if isinstance(answer, XplentyError):
            raise answer
        return answer


def together(read: Callable[[Asked], Read], asked: Iterable[Asked]) -> tuple[Read, ...]:
    """Return what is read of each, several at the same time."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(pool.map(read, asked))


@contextmanager
def meanwhile(read: Callable[[], object]) -> Iterator[None]:
    """Read from a snapshot while the block does something else; whoever needs what cannot be read says why."""

    def read_what_there_is() -> None:
        with suppress(XplentyError):
            read()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(read_what_there_is)
        yield


@contextmanager
def advised(advice: str, *, stack: str = "") -> Iterator[None]:
    """Turn what the engine refuses into a ConfigError with advice, about the stack where one is named."""
    try:
        yield
    except XplentyError as refused:
        if type(refused) is not XplentyError:
            raise
        raise ConfigError(f"{f'stack {stack}: ' if stack else ''}{refused.message}", advice=advice) from None


def moment(text: str | None) -> datetime | None:
    """Return the moment that a text names in ISO 8601, or None where it names none."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)

"""From a web hook's request to a notice that can be trusted as far as its signature goes."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from xplenty_pulumi.core.kinds.hook import GROUPS
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret

HEADER = "X-Hook-Signature"
PING = "ping"
EVENTS = (*(event for group in GROUPS.values() for event in group), *GROUPS, PING)
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_WORD = re.compile(r"[a-z_]{1,40}")
_EVENT = re.compile(r"[a-z_.]{1,40}")


@dataclass(frozen=True)
class Notice:
    """What a request says. `event` is signed; the rest is from the body, which is not, and empty where it says nothing.

    `kind` is `job` or `cluster`; numbers are digits and words are small letters, whatever the body holds.
    """

    event: str
    hook_id: str
    kind: str = ""
    number: str = ""
    status: str = ""
    body: bytes = field(default=b"", repr=False)

    def line(self) -> str:
        """Return it in one line."""
        about = f" {self.kind} {self.number} {self.status}".rstrip() if self.number else ""
        return f"{self.event}{about} (hook {self.hook_id})"

    def variables(self) -> dict[str, str]:
        """Return it as environment variables."""
        return {
            "XPLENTY_EVENT": self.event,
            "XPLENTY_HOOK_ID": self.hook_id,
            "XPLENTY_EVENT_KIND": self.kind,
            "XPLENTY_EVENT_ID": self.number,
            "XPLENTY_EVENT_STATUS": self.status,
        }


@dataclass(frozen=True)
class Verifier:
    """What is known of the hooks that may write: the `salts`, each alone or as `ID SALT`, and the `url` if given.

    What a request holds is the job or cluster, so its signature alone says which hook and event it is of: every known
    one is tried. A salt without an id is that of hook `hook_id`.

    Raises:
        ConfigError: a salt has no id; the id is part of what is signed.
    """

    salts: tuple[Secret, ...]
    url: str = field(default="", repr=False)
    hook_id: str = ""
    hooks: tuple[tuple[str, Secret], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        hooks: list[tuple[str, Secret]] = []
        for line in self.salts:
            named, _, salt = line.reveal().rpartition(" ")
            hook_id = named.strip() or self.hook_id.strip()
            if not _NUMBER.fullmatch(hook_id):
                raise ConfigError(
                    "a salt is given without the id of its hook, which is part of what the service signs and in no "
                    "request",
                    setting="hook-id",
                    advice="Name it with --hook-id, as the output `id` of a Hook has it, or write `ID SALT` on the "
                    "salt's line",
                )
            hooks.append((hook_id, Secret(salt)))
        object.__setattr__(self, "hooks", tuple(hooks))

    def notice(self, host: str, path: str, *, signature: str, body: bytes) -> Notice | None:
        """Return what the request says, or None where its signature is not one of these hooks."""
        said = _read(body)
        urls = [self.url] if self.url else [f"{scheme}://{host}{path}" for scheme in ("http", "https")]
        named = _text(said.get("event"), _EVENT)
        events = [named] if named else EVENTS
        wanted = signature.strip().lower().encode(errors="replace")
        matching = [
            (event, hook_id)
            for (hook_id, salt), event, url in product(self.hooks, events, urls)
            if hmac.compare_digest(signature_of(hook_id, event, url, salt).encode(), wanted)
        ]
        return _notice(*matching[0], said, body) if matching else None


def signature_of(hook_id: str, event: str, url: str, salt: Secret) -> str:
    """Return the documented signature: SHA-1 over the hook's id, the event, the hook's address and its salt."""
    signed = f"{hook_id}{event}{url}{salt.reveal()}".encode(errors="surrogatepass")
    return hashlib.sha1(signed).hexdigest()  # noqa: S324 - it is what the service uses


def _notice(event: str, hook_id: str, said: Mapping[str, Any], body: bytes) -> Notice:
    kind = event.partition(".")[0]
    kind = kind if kind in {"job", "cluster"} else ""
    thing = said.get(kind, said) if kind else {}
    thing = thing if isinstance(thing, Mapping) else {}
    number, status = _text(thing.get("id"), _NUMBER), _text(thing.get("status"), _WORD)
    return Notice(event, hook_id, kind, number, status, body)


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _text(value: object, shape: re.Pattern[str]) -> str:
    """The value where it has the shape: whatever a stranger writes, it stays one harmless word."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if shape.fullmatch(text) else ""

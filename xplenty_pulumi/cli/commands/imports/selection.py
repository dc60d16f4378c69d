"""Which things of an account an import takes over, and why it leaves the others out."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from xplenty_pulumi.cli.engine.holders import Holders
from xplenty_pulumi.cli.ui.options import bad_usage
from xplenty_pulumi.client import Client
from xplenty_pulumi.core.kinds.kind import LIVING, Key, Kind
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.obstacles import NOT_KNOWN
from xplenty_pulumi.core.kinds.ownership import is_scheduled, marker_on, origin_on
from xplenty_pulumi.core.kinds.registry import MARKED
from xplenty_pulumi.core.reading.pages import listed_by_status
from xplenty_pulumi.core.reconcile import definition_of
from xplenty_pulumi.errors import NotFoundError, RefusedError
from xplenty_pulumi.text import label

_UNDONE = "nothing was imported"


@dataclass(frozen=True)
class ImportRequest:
    """What the user names: whole `kinds`, and single things by kind and key; `taken` are those to be taken over."""

    kinds: tuple[str, ...]
    things: tuple[tuple[str, Key], ...]
    taken: frozenset[tuple[str, Key]]

    @classmethod
    def of(cls, words: Sequence[str], taken: Sequence[str], *, is_all: bool) -> "ImportRequest":
        """Read the arguments; raises ConfigError where they name nothing, or what no import takes over."""
        named = [_read("KIND[:ID]", word) for word in words]
        taken_over = [_read("--take-over", word) for word in taken]
        if is_all and words:
            raise bad_usage("--all", "takes every kind, so none is to be named besides")
        if not (is_all or named or taken_over):
            raise bad_usage("KIND[:ID]", f"is missing: name {', '.join(MARKED)}, one by its id, or use --all")
        if whole := [kind for kind, number in taken_over if number is None]:
            raise bad_usage("--take-over", f"needs the id of one, such as {whole[0]}:501")
        things = [(kind, number) for kind, number in (*named, *taken_over) if number is not None]
        kinds = MARKED if is_all else [kind for kind, number in named if number is None]
        taken_ids = frozenset((kind, number) for kind, number in taken_over if number is not None)
        return cls(tuple(dict.fromkeys(kinds)), tuple(dict.fromkeys(things)), taken_ids)

    def names(self, kind: Kind, record: Any) -> bool:
        """Return whether the user names this one thing."""
        return (kind.name, record.key) in self.things


@dataclass(frozen=True)
class ImportSelection:
    """The records to take over, a line for each one that is left out, and the names that the stack uses already."""

    records: tuple[tuple[Kind, Any], ...] = field(repr=False)
    left_out: tuple[str, ...]
    used: frozenset[str]


@dataclass(frozen=True)
class TakeOverRules:
    """Who else may manage a thing: what the stacks of the backend hold, and the `scope` of the markers of this one.

    `stack` is the name of this one, `organization/project/stack`. `created` is what the markers share of each thing
    that a pending operation of it creates.
    """

    holders: Holders
    stack: str
    scope: str
    created: tuple[Marker, ...] = ()

    @property
    def used(self) -> frozenset[str]:
        """The names of the resources in the state of this stack."""
        return frozenset(one.name for one in self.holders.all if one.stack == self.stack)

    def refusal(self, kind: Kind, record: Any, *, is_taken: bool) -> RefusedError | None:
        """Return why the thing is not taken over, None where it is."""
        marker, status = marker_on(record), str(getattr(record, "status", ""))
        if kind.is_removed(record) or (kind.phases and kind.phase(status) not in LIVING):
            return _refused(kind, record, f"it is {status}", "Only what works is taken over")
        if holder := self.holders.of(kind.name, record.key, made=origin_on(record)):
            move = "To manage it with another stack, move it: `pulumi state move`"
            return _refused(kind, record, f"the state of stack {holder} holds it", move)
        if marker and (refused := self._refusal_by(marker, kind, record, is_taken=is_taken)):
            return refused
        if is_scheduled(record) and not is_taken:
            taking = f"To manage it all the same, name it with --take-over {kind.name}:{record.key}"
            return _refused(kind, record, "a schedule has made it, and ends it", taking)
        if kind.repeated(record, {}) is None:
            why = "the service wants its settings with each change and hides its password, which a change would lose"
            return _refused(kind, record, why, "Declare a new one in its place")
        return None

    def _refusal_by(self, marker: Marker, kind: Kind, record: Any, *, is_taken: bool) -> RefusedError | None:
        if marker.is_unfinished and marker.whose in self.created:
            why = "a `pulumi` is creating it, or was killed while it did"
            return _refused(kind, record, why, "Run `xplenty-pulumi recover`, then `pulumi up`, which adopts it")
        if is_taken or (marker.scope == self.scope and marker.is_unfinished):
            return None
        whose = self.holders.stack_with(marker.scope) or "a stack that is not of this backend"
        if marker.scope == self.scope:
            whose = "this stack, whose state does not hold it: a stack of the same name in another backend may"
        return _refused(
            kind,
            record,
            f"it carries the marker of {whose}",
            f"Where no stack manages it any more, name it with --take-over {kind.name}:{record.key}",
        )


def select(client: Client, wanted: ImportRequest, rules: TakeOverRules) -> ImportSelection:
    """Return what of `wanted` is taken over; what this stack holds already is left out without a word.

    Raises:
        RefusedError: what the user names by its id cannot be taken over.
        NotFoundError: the service does not know it.
    """
    taken: list[tuple[Kind, Any]] = []
    left_out: list[str] = []
    for kind, record in _read_all(client, wanted):
        refusal = rules.refusal(kind, record, is_taken=(kind.name, record.key) in wanted.taken)
        if refusal is None:
            taken.append((kind, record))
        elif wanted.names(kind, record):
            raise refusal
        elif rules.holders.of(kind.name, record.key, made=origin_on(record)) != rules.stack:
            left_out.append(f"left out: {refusal}")
    return ImportSelection(tuple(taken), tuple(left_out), rules.used)


def _read_all(client: Client, wanted: ImportRequest) -> Iterator[tuple[Kind, Any]]:
    """Each thing that is named, in the order of the registry and of its id."""
    for name, kind in MARKED.items():
        found = {one.key: one for one in _listed(client, kind)} if name in wanted.kinds else {}
        for _, number in (one for one in wanted.things if one[0] == name):
            found[number] = _one(client, kind, number)
        yield from ((kind, found[number]) for number in sorted(found, key=_order))


def _listed(client: Client, kind: Kind) -> Iterable[Any]:
    """All of a kind that have not ended; what a list leaves out of a record is read one by one."""
    calls = getattr(client, kind.collection)
    if kind.phases:
        return listed_by_status(client, kind, kind.statuses(*LIVING)).values()
    definition = definition_of(kind, client)
    listed = calls.list(include=kind.parts) if kind.parts else calls.list()
    living = (one for one in listed if not kind.is_removed(one))
    return (
        one if all(definition.is_shown(one, part) for part in kind.parts) else definition.get(one.key) for one in living
    )


def _one(client: Client, kind: Kind, number: Key) -> Any:
    try:
        return definition_of(kind, client).get(number)
    except NotFoundError:
        text = f"{NOT_KNOWN}; {_UNDONE}"
        advice = "Correct the id, or the account: XPLENTY_ACCOUNT_ID (xplenty:accountId)"
        raise NotFoundError(text, status=404, resource=label(kind.name, number), advice=advice) from None


def _order(key: Key) -> tuple[str, int]:
    """Ids by their number, those of a type together."""
    type_, _, number = str(key).rpartition("/")
    return type_, int(number)


def _read(option: str, word: str) -> tuple[str, Key | None]:
    name, colon, id_ = word.strip().partition(":")
    if name in MARKED:
        with suppress(ValueError):
            return name, MARKED[name].key(id_) if colon else None
    raise bad_usage(option, f"must be such as {', '.join(MARKED)} or cluster:501, got {word[:40]!r}")


def _refused(kind: Kind, record: Any, why: str, advice: str) -> RefusedError:
    return RefusedError(f"{why}; it is not imported", resource=label(kind.name, record.key), advice=advice)

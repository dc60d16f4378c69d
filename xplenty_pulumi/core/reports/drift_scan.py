"""One look at an account for all the stacks that are in it: read, compared, and what is in no state."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds import ownership
from xplenty_pulumi.core.kinds.kind import Ending, Kind
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import marker_on, signed_text
from xplenty_pulumi.core.kinds.registry import KINDS, MARKED, kind_of
from xplenty_pulumi.core.reading.snapshots import SnapshotReader
from xplenty_pulumi.core.reports.drift import Entry, Finding, finding, findings_of
from xplenty_pulumi.core.reports.drift_classes import CAUSES, Cause
from xplenty_pulumi.text import plural

_ADOPTED_WITHIN = timedelta(minutes=60)
_IN_NO_STATE = frozenset({Cause.TWIN, Cause.ORPHANED, Cause.UNMANAGED, Cause.UNKNOWN_STACK})


@dataclass(frozen=True)
class LiveRecord:
    """A living cluster or a hook, whose marker it carries, and how it is."""

    kind: Kind
    id: int
    marker: Marker | None
    headline: str


@dataclass(frozen=True)
class Elsewhere:
    """What the other stacks of the backend hold, as kind and id, and the scopes that their markers can carry."""

    held: Collection[tuple[str, int]] = ()
    scopes: Collection[str] = ()


def things(records: Iterable[ownership.Marked]) -> list[LiveRecord]:
    """Return what does not end or has ended."""
    living = [one for one in records if not kind_of(one).is_ending(getattr(one, "status", ""))]
    return [LiveRecord(kind_of(one), one.id, marker_on(one), _headline(one)) for one in living]


def twins(entries: Sequence[Entry], found: Iterable[LiveRecord]) -> Iterator[Finding]:
    """Return what carries the marker of a resource in a state without being in any."""
    known = {(one.kind.name, one.id) for one in entries}
    siblings = {(one.kind.name, one.marker): one for one in entries if one.marker}
    for thing in found:
        if thing.marker is None or (thing.kind.name, thing.id) in known:
            continue
        if sibling := siblings.get((thing.kind.name, thing.marker.whose)):
            remark = f"carries the same marker as {thing.kind.name} {sibling.id}; {_fate(thing, thing.marker)}"
            yield _finding(thing, Cause.TWIN, remark, stack=sibling.stack, resource=sibling.name)


def shared(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Return what several resources hold in their states, once for each of them.

    A run may be held by two where one of them has adopted it as its `if_running` says.
    """
    holders: dict[tuple[str, int], list[Entry]] = {}
    for entry in entries:
        holders.setdefault((entry.kind.name, entry.id), []).append(entry)
    for together in holders.values():
        if len(together) == 1 or any(one.declared.get("if_running") == "adopt" for one in together):
            continue
        for entry in together:
            others = " and ".join(f"stack {one.stack} as {one.name}" for one in together if one is not entry)
            remark = (
                f"stack {entry.stack} holds it in its state, and so does {others}: what one of them changes or ends is "
                "changed or ended for all. Keep one, and run `pulumi state delete` for the rest"
            )
            yield finding(entry, Cause.SHARED, remark)


def strangers(
    entries: Sequence[Entry], found: Iterable[LiveRecord], *, scopes: Mapping[str, str], now: datetime
) -> Iterator[Finding]:
    """Return what is in no state: clusters without a marker, and what has one that is no resource's.

    `scopes` are those of the stacks that were looked at, each with its stack's name; any other scope is that of a stack
    that may be in this backend or not.
    """
    known = {(one.kind.name, one.id) for one in entries}
    owners = {one.marker for one in entries}
    for thing in found:
        marker = thing.marker
        if (thing.kind.name, thing.id) in known or (marker and marker.whose in owners):
            continue
        if marker is None:
            if thing.kind.ends is Ending.TERMINATED:
                yield _finding(thing, Cause.UNMANAGED, thing.headline)
        elif marker.scope in scopes:
            remark = f"{thing.headline}; {_fate(thing, marker, now)}"
            yield _finding(thing, Cause.ORPHANED, remark, stack=scopes[marker.scope])
        else:
            remark = f"{thing.headline}; the marker names the stack {marker.scope}, which is not in this backend"
            yield _finding(thing, Cause.UNKNOWN_STACK, remark)


def may_be_elsewhere(findings: Iterable[Finding]) -> bool:
    """Return whether the states of the other stacks of the backend are needed to tell whose something is."""
    return any(one.cause in _IN_NO_STATE and one.marker for one in findings)


def not_elsewhere(findings: Iterable[Finding], others: Elsewhere) -> list[Finding]:
    """Return the findings without what another stack of the backend holds, or what its markers say is its business."""
    return [
        one
        for one in findings
        if not (one.cause in _IN_NO_STATE and (one.kind, one.id) in others.held)
        and not (one.cause is Cause.UNKNOWN_STACK and one.marker and one.marker.scope in others.scopes)
    ]


def _fate(thing: LiveRecord, marker: Marker, now: datetime | None = None) -> str:
    """What becomes of it: with `now` for what no resource of the state stands beside, else for the twin of one."""
    look = f"look at `xplenty-pulumi hand-over {thing.kind.name}:{thing.id}`"
    if not marker.is_unfinished:
        return f"held, in no state: {look}"
    if now is None:
        return "unfinished: no `pulumi up` adopts it, `xplenty-pulumi recover --end-strays` ends it"
    if marker.begun and now - marker.begun > _ADOPTED_WITHIN:
        return f"unfinished for more than an hour, so that no `pulumi up` adopts it: {look}"
    return "unfinished: the next `pulumi up` adopts it if the program still declares it"


def _headline(record: Any) -> str:
    if kind_of(record).ends is Ending.REMOVED:
        return markers.strip(signed_text(record))
    nodes = "" if record.nodes is None else f", {plural(record.nodes, 'node')}"
    named = f"{record.name}: " if record.name else ""
    return f"{named}{record.status}{nodes}"


def _finding(thing: LiveRecord, cause: Cause, remark: str, *, stack: str = "", resource: str = "") -> Finding:
    drift, _ = CAUSES[cause]
    return Finding(stack, resource, thing.kind.name, thing.id, cause, drift, remark=remark, marker=thing.marker)


def look(
    reader: SnapshotReader, entries: Sequence[Entry], *, scopes: Mapping[str, str], now: datetime, unmanaged: bool
) -> list[Finding]:
    """Return every difference between these entries and the account, and the twins that came to sight.

    With `unmanaged`, also what lives and is in none of their states; `scopes` are those of the stacks that are looked
    at, a stack's name by its scope.

    Raises:
        XplentyError: the account cannot be read.
    """
    seen = {kind.name: reader.read(kind, _ids(entries, kind), all_living=unmanaged) for kind in KINDS.values()}
    found = [one for entry in entries for one in findings_of(entry, seen[entry.kind.name].found.get(entry.id))]
    living = things(one for kind in MARKED for one in seen[kind].all)
    found += [*twins(entries, living), *shared(entries)]
    return [*found, *(strangers(entries, living, scopes=scopes, now=now) if unmanaged else ())]


def _ids(entries: Sequence[Entry], kind: Kind) -> list[int]:
    return list(dict.fromkeys(one.id for one in entries if one.kind is kind))

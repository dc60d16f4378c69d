"""One snapshot of an account for all the stacks that are in it: compared, and what is in no state or in two."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.kind import Drift, Ending, Key
from xplenty_pulumi.core.kinds.ownership import ADOPTION_WINDOW, WINDOW_TEXT, made_at, marker_on
from xplenty_pulumi.core.kinds.registry import KINDS, MARKED, kind_of
from xplenty_pulumi.core.reading.snapshots import SnapshotReader
from xplenty_pulumi.core.reports.drift import CAUSES, Cause, Entry, Finding, finding, findings_of, worst
from xplenty_pulumi.core.reports.living import HeldReferences, is_among
from xplenty_pulumi.text import plural

_IN_NO_STATE = frozenset({Cause.DUPLICATE, Cause.ORPHANED, Cause.UNMANAGED, Cause.UNKNOWN_STACK})


@dataclass(frozen=True)
class Elsewhere:
    """What the other stacks of the backend hold, and the scopes that their markers can carry.

    `held` has when each was created and for whom, by kind and id.
    """

    held: HeldReferences = field(default_factory=dict)
    scopes: Collection[str] = ()


@dataclass(frozen=True)
class OtherAccountEntry:
    """A resource in the state of a stack that is in another account than the stack; it is not compared.

    `account` is the name of the settings of its account.
    """

    stack: str
    resource: str
    kind: str
    account: str


@dataclass(frozen=True)
class DriftReport:
    """What a comparison of the stacks has found at a moment.

    `unreadable` are the fields by `(stack, resource)` that could not be compared, because they are secret in the state.
    `other_accounts` is what was not compared at all, because only the stacks' own accounts are read.
    """

    at: datetime
    stacks: tuple[str, ...]
    checked: int
    findings: tuple[Finding, ...]
    unreadable: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    other_accounts: tuple[OtherAccountEntry, ...] = ()

    @property
    def drift(self) -> Drift:
        """The gravest class of all."""
        return worst(one.drift for one in self.findings)

    def of(self, drift: Drift) -> tuple[Finding, ...]:
        """Return the findings of one class."""
        return tuple(one for one in self.findings if one.drift is drift)


def compare(
    reader: SnapshotReader, entries: Sequence[Entry], *, scopes: Mapping[str, str], now: datetime, unmanaged: bool
) -> list[Finding]:
    """Return every difference between these entries and the account, and the duplicates that were read with them.

    With `unmanaged`, also what lives and is in none of their states; `scopes` are those of the stacks that are
    compared, a stack's name by its scope.

    Raises:
        XplentyError: the account cannot be read.
    """
    ids = {name: {one.id: _seen(one) for one in entries if one.kind.name == name} for name in KINDS}
    seen = {name: reader.read(kind, ids[name], all_living=unmanaged) for name, kind in KINDS.items()}
    found = [one for entry in entries for one in findings_of(entry, seen[entry.kind.name].found.get(entry.id))]
    in_a_state = {(one.kind.name, one.id) for one in entries}
    records = [one for name in MARKED for one in seen[name].all if (name, one.key) not in in_a_state]
    unheld = [one for one in records if not kind_of(one).is_ending(getattr(one, "status", ""))]
    found += [*_duplicates(entries, unheld, now=now), *_shared(entries)]
    return [*found, *(_of_no_resource(entries, unheld, scopes=scopes, now=now) if unmanaged else ())]


def _seen(entry: Entry) -> Mapping[str, object]:
    """What was seen of it last; nothing where a part that no list shows was not as declared even then."""
    parts = entry.kind.parts
    return entry.outputs if all(entry.outputs.get(part) == entry.declared.get(part) for part in parts) else {}


def _duplicates(entries: Sequence[Entry], unheld: Iterable[Any], *, now: datetime) -> Iterator[Finding]:
    """What carries the marker of a resource in a state without being in any."""
    siblings = {(one.kind.name, one.marker): one for one in entries if one.marker}
    for record in unheld:
        marker, kind = marker_on(record), kind_of(record).name
        if marker and (sibling := siblings.get((kind, marker.whose))):
            fate = _fate(record, now if sibling.is_replaced else None)
            remark = f"carries the same marker as {kind} {sibling.id}; {fate}"
            yield _finding_on(record, Cause.DUPLICATE, remark, stack=sibling.stack, resource=sibling.name)


def _shared(entries: Sequence[Entry]) -> Iterator[Finding]:
    """What several resources hold in their states, unless that is a run which one of them has adopted as asked."""
    holders: dict[tuple[str, Key], list[Entry]] = {}
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


def _of_no_resource(
    entries: Sequence[Entry], unheld: Iterable[Any], *, scopes: Mapping[str, str], now: datetime
) -> Iterator[Finding]:
    """What is in no state: clusters without a marker, and what has one that is no resource's."""
    owners = {one.marker for one in entries}
    for record in unheld:
        marker, headline = marker_on(record), _headline(record)
        if marker is None:
            if kind_of(record).ends is Ending.TERMINATED:
                yield _finding_on(record, Cause.UNMANAGED, headline)
        elif marker.whose in owners:
            continue
        elif marker.scope in scopes:
            yield _finding_on(record, Cause.ORPHANED, f"{headline}; {_fate(record, now)}", stack=scopes[marker.scope])
        else:
            remark = f"{headline}; the marker names the stack {marker.scope}, which is not in this backend"
            yield _finding_on(record, Cause.UNKNOWN_STACK, remark)


def may_be_elsewhere(findings: Iterable[Finding]) -> bool:
    """Return whether the states of the other stacks of the backend are needed to know whose something is."""
    return any(one.cause in _IN_NO_STATE and one.marker for one in findings)


def not_elsewhere(findings: Iterable[Finding], others: Elsewhere) -> list[Finding]:
    """Return the findings without what another stack of the backend holds, or what its markers say is its business."""
    return [
        one
        for one in findings
        if not (one.cause in _IN_NO_STATE and is_among((one.kind, one.id), one.origin, others.held))
        and not (one.cause is Cause.UNKNOWN_STACK and one.marker and one.marker.scope in others.scopes)
    ]


def _fate(record: Any, now: datetime | None) -> str:
    """What becomes of it: with `now` for what a resource may still adopt, else for a duplicate of what one has."""
    advice, marker = f"look at `xplenty-pulumi hand-over {kind_of(record).name}:{record.key}`", marker_on(record)
    if marker is None or not marker.is_unfinished:
        return f"held, in no state: {advice}"
    if now is None and marker.is_of_hand_over:
        return f"handed over, and no `pulumi up` adopts it: {advice}"
    if now is None:
        return "unfinished: no `pulumi up` adopts it, `xplenty-pulumi recover --end-strays` ends it"
    if marker.begun and now - marker.begun > ADOPTION_WINDOW:
        return f"unfinished for more than {WINDOW_TEXT}, so that no `pulumi up` adopts it: {advice}"
    return "unfinished: the next `pulumi up` adopts it if the program still declares it"


def _headline(record: Any) -> str:
    if kind_of(record).ends is Ending.REMOVED:
        return markers.strip(record.name)
    nodes = "" if record.nodes is None else f", {plural(record.nodes, 'node')}"
    named = f"{record.name}: " if record.name else ""
    return f"{named}{record.status}{nodes}"


def _finding_on(record: Any, cause: Cause, remark: str, *, stack: str = "", resource: str = "") -> Finding:
    kind, (drift, _) = kind_of(record).name, CAUSES[cause]
    marker, made = marker_on(record), made_at(record)
    return Finding(stack, resource, kind, record.key, cause, drift, remark=remark, marker=marker, made=made)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings, the gravest first, then by stack and resource."""
    order = list(Drift)
    return tuple(
        sorted(
            findings,
            key=lambda one: (-order.index(one.drift), one.stack, one.resource, isinstance(one.id, str), one.id),
        )
    )

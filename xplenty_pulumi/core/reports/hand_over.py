"""Handing something over to a resource by its ownership marker, or releasing it from every stack."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from xplenty_pulumi.client import Client, Cluster
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.kind import Key, Kind
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import (
    CHANGED_HANDS,
    Marked,
    Origin,
    label_of,
    made_at,
    maker_of,
    signed_text,
    taken_over,
)
from xplenty_pulumi.core.kinds.registry import MARKED, kind_of
from xplenty_pulumi.core.kinds.variables import values_of
from xplenty_pulumi.core.reading.lookup import or_listed
from xplenty_pulumi.core.reconcile import definition_of
from xplenty_pulumi.core.reconcile.repeat import SETTLING, act_until
from xplenty_pulumi.core.reports.observer import require_found
from xplenty_pulumi.core.reports.overview import cluster_row
from xplenty_pulumi.errors import NotFoundError, ReadyFailed, RefusedError, UnsureError, XplentyError
from xplenty_pulumi.redact import scrub
from xplenty_pulumi.text import label

_LOOK = "Look at it and run the same again"


@dataclass(frozen=True)
class HandOverTarget:
    """Something with a marker, or room for one, as the service shows it."""

    record: Marked

    @property
    def kind(self) -> Kind:
        """What it is."""
        return kind_of(self.record)

    @property
    def label(self) -> str:
        """What texts call it."""
        return label_of(self.record)

    @property
    def headline(self) -> str:
        """Its name and how it does."""
        return cluster_row(self.record).headline if isinstance(self.record, Cluster) else self.kind.summary(self.record)

    @property
    def text(self) -> str:
        """The text that its marker ends."""
        return signed_text(self.record)

    @property
    def marker(self) -> Marker | None:
        """The marker that it carries."""
        return markers.read(self.text)

    @property
    def creator(self) -> int | None:
        """The id of the user who created it, None where the service does not say."""
        return maker_of(self.record)

    @property
    def ending(self) -> str:
        """The status of what ends or has ended; empty for all else."""
        status = str(getattr(self.record, "status", ""))
        return status if self.kind.is_ending(status) else ""


def look(client: Client, kind: str, key: Key) -> HandOverTarget:
    """Return the thing as it is now; raises NotFoundError where the service does not know it."""
    definition = definition_of(MARKED[kind], client)
    # No list has all parts of a record, and a change has to repeat them.
    listed = definition.calls.list if not MARKED[kind].parts else tuple[Any, ...]
    found: Any = or_listed(partial(definition.get, key), listed, client, number=key)
    return HandOverTarget(require_found(found, label(kind, key)))


def require_free(thing: HandOverTarget, *, holders: Sequence[str]) -> None:
    """Return if its marker may be changed; `holders` are the stacks whose states hold it.

    Raises:
        RefusedError: it ends, a stack manages it, or the service hides what would have to be sent.
    """
    if thing.ending:
        advice = "The next `pulumi up` creates a new one"
        raise RefusedError(f"it is {thing.ending}; nothing was changed", resource=thing.label, advice=advice)
    if len(holders) > 1:
        raise RefusedError(
            f"the states of stacks {' and '.join(holders)} hold it, as after a killed `pulumi state move`; nothing was "
            "changed",
            resource=thing.label,
            advice="Take it out of the one that is not to have it, before an `up` or a `destroy` of that one ends it: "
            "`pulumi state delete`",
        )
    if holders:
        raise RefusedError(
            f"the state of stack {holders[0]} holds it, so that stack manages it; nothing was changed",
            resource=thing.label,
            advice="To manage it with another stack, move it: `pulumi state move`; to manage it with none, "
            "`pulumi state delete` first",
        )
    if thing.kind.repeated(thing.record, {}) is None:
        raise RefusedError(
            "the service wants its settings with each change and does not show its password, which a change might "
            "lose; nothing was changed",
            resource=thing.label,
            advice="Remove the hook in the service, and run `pulumi up` for a new one",
        )


def hand_over(client: Client, thing: HandOverTarget, marker: Marker | None, *, clock: Clock) -> HandOverTarget:
    """Give it this marker in place of any other, or none, and return it once the service shows that.

    With an unfinished marker that was drawn now, the next `pulumi up` of the marker's owner adopts it.

    Raises:
        RefusedError: it has changed since `thing` was read, or has got another marker since.
        XplentyError: it was not done, or (ReadyFailed) cannot be seen.
    """
    kind, key = thing.kind, thing.record.key
    now = look(client, kind.name, key)
    if (now.text, now.ending) != (thing.text, thing.ending) or taken_over(now.record, Origin(made_at(thing.record))):
        raise RefusedError("it has changed meanwhile; nothing was changed", resource=thing.label, advice=_LOOK)
    try:
        _sign(client, now, marker, clock=clock)
    except XplentyError as failed:  # the service may repeat what it was sent, and which of that is secret is not known
        sent = kind.repeated(now.record, {}) or {}
        failed.message = scrub(failed.message, values_of(*(sent.get(one.name) for one in kind.fields if one.private)))
        raise
    for pause in SETTLING:
        clock.sleep(pause)
        changed = _after_change(client, thing)
        if changed.marker == marker:
            return changed
    raise ReadyFailed(
        "the service took the change, but does not show it",
        resource=thing.label,
        advice="Run the same again; until it is shown, nothing adopts it",
    )


def _sign(client: Client, thing: HandOverTarget, marker: Marker | None, *, clock: Clock) -> None:
    """Send the marker until the service answers.

    What is sent again repeats the thing as it is by then; one that has got a third marker meanwhile is left to that.
    """
    definition, latest = definition_of(thing.kind, client), [thing]

    def is_so() -> bool:
        latest.append(_after_change(client, thing))
        if (found := latest[-1].marker) not in (thing.marker, marker):
            raise RefusedError(f"{CHANGED_HANDS}, so it is left as it is", resource=thing.label, advice=_LOOK)
        return found == marker

    act_until(
        is_so,
        lambda: definition.calls.update(thing.record.key, definition.signing(latest[-1].record, marker)),
        clock=clock,
        tolerate=(UnsureError,),
        is_due=True,
    )


def _after_change(client: Client, thing: HandOverTarget) -> HandOverTarget:
    """Return the thing as it is once a change of it was sent; no error says that nothing was."""
    try:
        return look(client, thing.kind.name, thing.record.key)
    except NotFoundError:
        raise
    except XplentyError as failed:
        raise UnsureError(
            f"it was sent the change, and what it carries now cannot be read: {failed.message}",
            resource=thing.label,
            advice="Run the same again to see whether the marker was changed",
        ) from None

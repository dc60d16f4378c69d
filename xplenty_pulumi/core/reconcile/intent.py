"""What an update is to bring about, so that it sends what its preview has shown and nothing else; pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.kind import Kind, Phase

EVERYTHING = "*"
"""What a create owes that has not come to its end."""


@dataclass(frozen=True)
class Intent:
    """Which `fields` may be sent, whether readiness is waited for in any case, and whether the marker is signed anew.

    What was changed by hand in other fields is left alone until a refresh shows it.
    """

    fields: frozenset[str]
    waits: bool = True
    signs: bool = False


def everything(kind: Kind) -> Intent:
    """Return the intent of a create: all fields."""
    return Intent(frozenset(kind.by_name), waits=True, signs=True)


def intent_of(
    kind: Kind,
    old: Mapping[str, object],
    new: Mapping[str, object],
    *,
    owed: Collection[str],
    status: str,
    signs: bool,
) -> Intent:
    """Return the intent of an update from the `old` inputs to the `new` ones.

    `owed` are the fields that an earlier update has sent and not seen, so that it may have changed them, or
    `EVERYTHING` where a create has not come to its end. Something that was not seen ready, by its `status`, is
    waited for, and so is one of which no input has changed: the engine asks then for nothing else.
    """
    if EVERYTHING in owed:
        return everything(kind)
    before, after = check(kind, old).inputs, check(kind, new).inputs
    changed = frozenset(name for name in kind.by_name if name in owed or before.get(name) != after.get(name))
    is_ready = kind.phase(status) is Phase.READY
    return Intent(changed, waits=not is_ready or not (changed or signs), signs=signs)

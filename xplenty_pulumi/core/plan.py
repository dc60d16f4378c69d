"""The decision what a difference asks for; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from xplenty_pulumi.core.diff import Difference, differences
from xplenty_pulumi.core.kinds import Change, Kind, Phase


@dataclass(frozen=True)
class Plan:
    """What has to change: `updates` in place, and if `replaces` names anything, a new resource instead."""

    updates: tuple[Difference, ...] = ()
    replaces: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.updates or self.replaces)


def plan(
    kind: Kind,
    desired: Mapping[str, object],
    observed: Mapping[str, object],
    *,
    unknown: frozenset[str] = frozenset(),
) -> Plan:
    """Return how to bring `observed` to `desired`.

    A field in `unknown` gets its value only later; it counts as changed, since that is what its source announces.
    Something whose status is a failure can not be mended in place, so it is replaced because of its `status`. A run is
    also replaced because of its `rerun` where that is `always`, and because of nothing but its status where that is
    `on_failure`.
    """
    found = differences(kind, desired, observed)
    replacing = {one.field for one in found if one.change is Change.REPLACE}
    replacing |= unknown & set(kind.names(Change.REPLACE))
    reasons = _reasons(desired, tuple(name for name in kind.by_name if name in replacing))
    if is_spent(kind, str(observed.get("status", ""))):
        reasons = ("status", *reasons)
    return Plan(updates=tuple(one for one in found if one.change is Change.IN_PLACE), replaces=reasons)


def _reasons(desired: Mapping[str, object], changed: tuple[str, ...]) -> tuple[str, ...]:
    """What the changed fields ask for, where a run says when it is to be run anew."""
    match desired.get("rerun"):
        case "on_failure":
            return ()
        case "always":
            return (*changed, "rerun")
        case _:
            return changed


def is_spent(kind: Kind, status: str) -> bool:
    """Return whether `status` can never become what the user wants: a broken cluster, a failed or stopped run."""
    return kind.phase(status) in {Phase.FAILED, Phase.GONE}

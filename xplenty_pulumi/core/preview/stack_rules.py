"""What a stack says about everything declared in it: how it is sized, what it may use, and when it is over; pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.inputs import choice, duration, number, shown
from xplenty_pulumi.core.kinds.kind import Ending, Kind
from xplenty_pulumi.errors import SpecError
from xplenty_pulumi.settings import look_up, malformed

AS_DECLARED, SANDBOX, SMALLEST, DISABLED = "as-declared", "sandbox", "smallest", "disabled"
SANDBOX_INPUTS: Mapping[str, object] = {"type": "sandbox", "nodes": 1, "terminate_on_idle": True}
"""What every cluster of a stack with sizing `sandbox` is given, whatever the program says."""
SMALLEST_INPUTS: Mapping[str, object] = {
    "type": "production",
    "nodes": 2,
    "terminate_on_idle": True,
    "time_to_idle": 900,
}
"""What every cluster of a stack with sizing `smallest` is given: fewest nodes, and an end after 15 idle minutes."""
_OF_PRODUCTION_ONLY = frozenset(
    {
        "master_instance_type",
        "slave_instance_type",
        "master_spot_price",
        "slave_spot_price",
        "master_spot_percentage",
        "slave_spot_percentage",
        "allow_fallback",
    }
)
"""Inputs that choose and pay for the machines of a cluster; a sandbox is the one machine that the service gives."""


@dataclass(frozen=True)
class StackRules:
    """The rules of one stack; without any, everything is as the program declares it.

    `allowed_types` are the types that a cluster may have, all of them where it is empty. `schedules` says whether they
    are as declared or all disabled. `lifetime` is in seconds.
    """

    allowed_types: tuple[str, ...] = ()
    max_node_hours: float | None = None
    sizing: str = AS_DECLARED
    schedules: str = AS_DECLARED
    lifetime: float | None = None
    expires: datetime | None = None

    def applied(self, kind: Kind, inputs: Mapping[str, object]) -> dict[str, object]:
        """Return the inputs of something as the stack has them: clusters as it sizes them, schedules perhaps off."""
        if kind.switch and self.schedules == DISABLED:
            return {**inputs, kind.switch: False}
        return self.sized(inputs) if kind.ends is Ending.TERMINATED else dict(inputs)

    def sized(self, inputs: Mapping[str, object]) -> dict[str, object]:
        """Return the inputs of a cluster as the sizing of the stack makes them."""
        if self.sizing == SMALLEST:
            return {**inputs, **SMALLEST_INPUTS}
        if self.sizing != SANDBOX:
            return dict(inputs)
        kept = {name: value for name, value in inputs.items() if name not in _OF_PRODUCTION_ONLY}
        return {**kept, **SANDBOX_INPUTS}

    def refusal_of_type(self, type_: object) -> SpecError | None:
        """Return why a cluster of this type is refused, or None."""
        if not self.allowed_types or type_ in self.allowed_types or type_ is None:
            return None
        allowed = " or ".join(map(repr, self.allowed_types))
        return SpecError(
            f"type must be {allowed} in this stack, got {shown(type_)}",
            field="type",
            advice="Declare such a cluster, or change xplenty:allowedTypes (XPLENTY_ALLOWED_TYPES)",
        )

    def refusal_of_new(self, now: datetime) -> SpecError | None:
        """Return why nothing new is created any more, or None."""
        if self.expires is None or now < self.expires:
            return None
        return SpecError(
            f"this environment expired at {self.expires:%Y-%m-%d %H:%M} UTC, so nothing new is created in it",
            field="",
            advice="Extend it (`pulumi config set xplenty:expires TIME`, or XPLENTY_EXPIRES) or destroy it "
            "(`pulumi destroy`)",
        )


def load_rules(environment: Mapping[str, str], config: Callable[[str], object]) -> StackRules:
    """Return what the stack says about everything declared in it, by default nothing; looked up like the settings.

    Raises:
        ConfigError: one is malformed.
    """
    found: dict[str, Any] = {}
    for key, (field, read) in _RULES.items():
        if text := look_up(environment, config, key):
            try:
                found[field] = read(text)
            except ValueError as problem:
                raise malformed(key, str(problem)) from None
    return StackRules(**found)


def misplaced_rules(
    project: str, names: Iterable[str], environment: Mapping[str, str], config: Callable[[str], object]
) -> list[str]:
    """Return a line for each rule that is set in the namespace of the project alone, where it is a program's value.

    `names` are all that is set there: `pulumi config set maxNodeHours 40` is.
    """
    return [
        f"{project}:{key} is a value of the program and no rule of the stack, so it is not applied; set the rule with "
        f"`pulumi config set xplenty:{key} VALUE`"
        for key in _RULES
        if key in {*names} and not look_up(environment, config, key)
    ]


def read_types(value: object) -> tuple[str, ...]:
    """Accept types of clusters, as a list or as a text with commas between them."""
    words = re.findall(r"[^\s,\[\]\"']+", str(value))
    if not words:
        raise ValueError(f"must name at least one type of cluster, got {shown(value)}")
    read = CLUSTER.by_name["type"].read
    return tuple(dict.fromkeys(str(read(word)) for word in words))


def read_moment(value: object) -> datetime:
    """Accept a moment as ISO 8601 writes it, with its time zone; give it in UTC."""
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(str(value).strip())
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    raise ValueError(f"must be a moment such as 2026-01-31T18:00:00Z, got {shown(value)}")


def _node_hours(value: object) -> float:
    try:
        hours = float(str(value))
    except ValueError:
        raise ValueError(f"must be a number, got {shown(value)}") from None
    return float(str(number(lowest=0)(hours)))


_RULES: Mapping[str, tuple[str, Callable[[object], object]]] = MappingProxyType(
    {
        "allowedTypes": ("allowed_types", read_types),
        "maxNodeHours": ("max_node_hours", _node_hours),
        "sizing": ("sizing", choice(AS_DECLARED, SANDBOX, SMALLEST)),
        "schedules": ("schedules", choice(AS_DECLARED, DISABLED)),
        "lifetime": ("lifetime", duration),
        "expires": ("expires", read_moment),
    }
)
"""The rules by their settings: the field, and what reads it or says what is wrong with it."""

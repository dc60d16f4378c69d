"""What a stack says about everything declared in it: how it is sized, what it may use, and when it is over; pure."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.inputs import choice, duration, number, shown
from xplenty_pulumi.errors import ConfigError, SpecError
from xplenty_pulumi.settings import look_up

Value = TypeVar("Value")

AS_DECLARED, SANDBOX, SMALLEST = "as-declared", "sandbox", "smallest"
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

    `allowed_types` are the types that a cluster may have, all of them where it is empty. `lifetime` is in seconds.
    """

    allowed_types: tuple[str, ...] = ()
    max_node_hours: float | None = None
    sizing: str = AS_DECLARED
    lifetime: float | None = None
    expires: datetime | None = None

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
    return StackRules(
        allowed_types=_ruled(environment, config, "XPLENTY_ALLOWED_TYPES", "allowedTypes", read=read_types) or (),
        max_node_hours=_ruled(environment, config, "XPLENTY_MAX_NODE_HOURS", "maxNodeHours", read=_node_hours),
        sizing=_ruled(environment, config, "XPLENTY_SIZING", "sizing", read=_sizing) or AS_DECLARED,
        lifetime=_ruled(environment, config, "XPLENTY_LIFETIME", "lifetime", read=duration),
        expires=_ruled(environment, config, "XPLENTY_EXPIRES", "expires", read=read_moment),
    )


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


def _ruled(
    environment: Mapping[str, str],
    config: Callable[[str], object],
    variable: str,
    key: str,
    *,
    read: Callable[[object], Value],
) -> Value | None:
    """The rule in canonical form, None where it is not set; `read` says in words what is wrong with it."""
    text = look_up(environment, config, variable, key)
    try:
        return read(text) if text else None
    except ValueError as problem:
        advice = f"Correct {variable} or the stack's configuration, or remove it"
        raise ConfigError(f"xplenty:{key} {problem}", setting=key, advice=advice) from None


def _node_hours(value: object) -> float:
    try:
        hours = float(str(value))
    except ValueError:
        raise ValueError(f"must be a number, got {shown(value)}") from None
    return float(str(number(lowest=0)(hours)))


def _sizing(value: object) -> str:
    return str(choice(AS_DECLARED, SANDBOX, SMALLEST)(value))

"""What values a field may have, and how each spelling of a value is read.

Numbers may come as texts or as floats with a whole value, and `true`, `t` and `1` are true; anything that does not fit
is refused with a 422 that begins with the field's name.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.records import EmulatedCluster
from xplenty_pulumi.emulator.wire.messages import Refusal, invalid

Reader: TypeAlias = Callable[[str, Any], Any]


def shown(value: Any) -> str:
    """Return a value as an error text may quote it: short, and never a whole document."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def number(field: str, value: Any) -> float:
    """Return `value` as a finite number; texts are read."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise invalid(field, f"must be a number, got {shown(value)}")
    try:
        found = float(value)
    except (ValueError, OverflowError):
        raise invalid(field, f"must be a number, got {shown(value)}") from None
    if not math.isfinite(found):
        raise invalid(field, f"must be a finite number, got {shown(value)}")
    return found


def whole(field: str, value: Any) -> int:
    """Return `value` as a whole number; `4`, `4.0`, `"4"` and `"4.0"` are the same."""
    found = number(field, value)
    if not found.is_integer():
        raise invalid(field, f"must be a whole number, got {shown(value)}")
    return int(found)


def _not_negative(read: Callable[[str, Any], float], what: str) -> Reader:
    def checked(field: str, value: Any) -> float:
        found = read(field, value)
        if found < 0:
            raise invalid(field, f"must be {what}, 0 or more, got {shown(value)}")
        return found

    return checked


def share(field: str, value: Any) -> float:
    """Return a fraction between 0 and 1."""
    found = number(field, value)
    if not 0 <= found <= 1:
        raise invalid(field, f"must be between 0 and 1, got {shown(value)}")
    return found


def flag(field: str, value: Any) -> bool:
    """Return whether `value` is one of the documented spellings of true; `field` is not needed to say so."""
    del field
    return str(value).lower() in ("true", "t", "1")


def text(field: str, value: Any) -> str:
    """Return `value`, which must be a text."""
    if not isinstance(value, str):
        raise invalid(field, f"must be a text, got {shown(value)}")
    return value


def hidden(field: str, value: Any) -> str:
    """Return `value`, which must be a text and which no refusal repeats."""
    if not isinstance(value, str):
        raise invalid(field, "must be a text")
    return value


def one_of(*allowed: str) -> Reader:
    """Return a reader that takes exactly these texts."""

    def read(field: str, value: Any) -> str:
        if value not in allowed:
            raise invalid(field, f"must be one of {', '.join(allowed)}, got {shown(value)}")
        return str(value)

    return read


def mapping(field: str, value: Any) -> Mapping[str, Any]:
    """Return `value`, which must be an object of names and values."""
    if not isinstance(value, dict):
        raise invalid(field, f"must be an object of names and values, got {shown(value)}")
    return value


def variables(field: str, value: Any) -> Mapping[str, Any]:
    """Return variables by name, each a text or a number."""
    found = mapping(field, value)
    for name, one in found.items():
        if isinstance(one, bool) or not isinstance(one, int | float | str):
            raise invalid(f"{field}.{name}"[:80], f"must be a text or a number, got {shown(one)}")
    return found


def bootstrap_actions(field: str, value: Any) -> tuple[Mapping[str, Any], ...]:
    """Return the actions, each a `script_path` with `args` that may be missing."""
    entries = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(entries, list):
        raise invalid(field, f"must be a list, got {shown(value)}")
    return tuple(_bootstrap_action(f"{field}[{index}]", entry) for index, entry in enumerate(entries))


def _bootstrap_action(field: str, entry: Any) -> Mapping[str, Any]:
    path = mapping(field, entry).get("script_path")
    if not isinstance(path, str) or not path:
        raise invalid(f"{field}.script_path", f"must be a text, got {shown(path)}")
    if "args" not in entry:
        return {"script_path": path}
    arguments = entry["args"]
    if not isinstance(arguments, list) or not all(isinstance(argument, str) for argument in arguments):
        raise invalid(f"{field}.args", f"must be a list of texts, got {shown(arguments)}")
    return {"script_path": path, "args": arguments}


CLUSTER_FIELDS: Mapping[str, Reader] = {
    "nodes": whole,
    "type": one_of("production", "sandbox"),
    "name": text,
    "description": text,
    "terminate_on_idle": flag,
    "time_to_idle": _not_negative(whole, "a number of seconds"),
    "region": text,
    "zone": text,
    "master_instance_type": text,
    "slave_instance_type": text,
    "master_spot_price": _not_negative(number, "a price in USD"),
    "slave_spot_price": _not_negative(number, "a price in USD"),
    "master_spot_percentage": share,
    "slave_spot_percentage": share,
    "allow_fallback": flag,
    "stack": text,
    "bootstrap_actions": bootstrap_actions,
}
UPDATABLE = ("nodes", "name", "description", "terminate_on_idle", "time_to_idle")
JOB_FIELDS: Mapping[str, Reader] = {
    "cluster_id": whole,
    "package_id": whole,
    "variables": variables,
    "dynamic_variables": variables,
}


def read_fields(parameters: Mapping[str, Any], readers: Mapping[str, Reader], *, within: str = "") -> dict[str, Any]:
    """Return every known field that was given, read; null means not given. A refusal names it `within` an object."""
    given = {field: read for field, read in readers.items() if parameters.get(field) is not None}
    return {field: read(f"{within}{field}", parameters[field]) for field, read in given.items()}


def check_unknown(parameters: Mapping[str, Any], *, known: frozenset[str], knobs: Knobs) -> None:
    """Refuse fields that no resource of this kind has, if this account refuses them."""
    if knobs.unknown_body_field == "ignore":
        return
    for field in sorted(set(parameters) - known - {"include"}):
        raise invalid(field, "is not a known field")


def description(value: str, *, knobs: Knobs) -> str:
    """Return a description as the service stores it."""
    longest = knobs.description_max_length
    if longest is None or len(value) <= longest:
        return value
    if knobs.description_too_long == "refuse":
        raise invalid("description", f"is too long: at most {longest} characters, got {len(value)}")
    return value[:longest]


def check_nodes(nodes: int, *, cluster_type: str, knobs: Knobs) -> None:
    """Refuse a node count that a cluster of this type cannot have."""
    if cluster_type == "sandbox":
        if nodes != 1:
            raise invalid("nodes", f"must be 1 for a sandbox cluster, got {nodes}")
        return
    fewest = 1 if knobs.single_node_production == "accept" else 2
    if not fewest <= nodes <= knobs.max_nodes:
        raise invalid("nodes", f"must be between {fewest} and {knobs.max_nodes} for a production cluster, got {nodes}")


def busy_refusal(cluster: EmulatedCluster, action: str, status: str) -> Refusal:
    """Return the refusal of an action for which the cluster is in the wrong status."""
    return Refusal(422, f"Cluster {cluster.id} cannot be {action} while it is {status}")

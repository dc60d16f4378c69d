"""Unit tests of programs with Pulumi's mocks, in which each resource shows what it does once an `up` has gone well."""

import itertools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks

from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.kind import Kind, Phase
from xplenty_pulumi.dynamic.state import SPECIAL, kind_of

__all__ = ["ServiceMocks", "mocks"]

_MADE, _DONE = "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"
_SHOWN: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "cluster": {"nodes": 2, "available_since": _DONE, "running_jobs_count": 0, "queued_jobs_count": 0},
        "job": {"cluster_id": "1", "package_id": "1", "progress": 1.0, "completed_at": _DONE, "outputs": []},
        "package": {"status": "active", "variables": {}, "version": 1},
        "schedule": {"packages": [], "every": "1 day", "next_run_at": _DONE, "execution_count": 0},
        "connection": {"type": "s3", "settings": {}},
        "hook": {"type": "web", "settings": {}, "events": ["job"]},
    }
)
"""What the service shows of each kind, where neither its table nor the program says it."""


def mocks(shown: Mapping[str, Mapping[str, Any]] | None = None) -> "ServiceMocks":
    """Return mocks for `pulumi.runtime.set_mocks`, under which each resource is as an `up` leaves it.

    Outputs are the declared inputs as the service shows them, the documented defaults, a status of success and an id of
    its own. `shown` has other outputs by the name of the resource, such as `{"load": {"status": "failed"}}`. Inputs
    are not checked, and lookups such as `get_cluster` are not mocked: use the emulator for these.
    """
    return ServiceMocks(shown or {})


class ServiceMocks(Mocks):
    """The mocks that `mocks` returns; a test whose program has other resources too may derive a class from it.

    What is no resource of this package has the inputs as outputs.
    """

    def __init__(self, shown: Mapping[str, Mapping[str, Any]]) -> None:
        self._shown = shown
        self._numbers = itertools.count(1)

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Return the id and the outputs of a resource."""
        kind, shown = kind_of({"inputs": args.inputs}), self._shown.get(args.name, {})
        if kind is None:
            return args.resource_id or args.name, {**args.inputs, **shown}
        outputs = {**_outputs(kind, args), **shown}
        return args.resource_id or _id(kind, next(self._numbers), outputs), outputs

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], None]:
        """Return the arguments: no function of this package is a call of the engine."""
        return args.args, None


def _outputs(kind: Kind, args: MockResourceArgs) -> dict[str, Any]:
    """The outputs of a resource: what it declares as the service shows it, and what the service fills in."""
    declared = {name: args.inputs[name] for name in kind.by_name if args.inputs.get(name) is not None}
    checked = check(kind, {name: value["value"] if _is_secret(value) else value for name, value in declared.items()})
    statuses = kind.statuses(Phase.READY, Phase.SUCCEEDED)
    status = {"status": statuses[0]} if statuses else {}
    times = {"created_at": _MADE, "updated_at": _MADE}
    outputs = {"name": args.name, **status, **times, **_SHOWN.get(kind.name, {}), **checked.inputs}
    secret = {name: {**value, "value": outputs[name]} for name, value in declared.items() if _is_secret(value)}
    return {**outputs, **secret}


def _is_secret(value: object) -> bool:
    return isinstance(value, Mapping) and SPECIAL in value


def _id(kind: Kind, number: int, outputs: Mapping[str, Any]) -> str:
    """An id as the kind has them: a number, with the type before it where it is one only within a type."""
    try:
        kind.key(str(number))
    except ValueError:
        return f"{outputs['type']}/{number}"
    return str(number)

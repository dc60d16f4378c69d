"""What is drawn: one row for each kind of resource, and records that somebody else has made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from tests.support.simulation.ledger import ALIVE
from tests.support.simulation.program import DECLARED
from tests.support.simulation.stack import SimulatedStack
from tests.support.simulation.world import SimulatedWorld
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.connection import CONNECTION
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.core.kinds.schedule import SCHEDULE
from xplenty_pulumi.emulator import (
    EmulatedCluster,
    EmulatedConnection,
    EmulatedHook,
    EmulatedPackage,
    EmulatedSchedule,
    Emulator,
)

Fields = Mapping[str, Any]
_SETTINGS = DECLARED["connection"]["settings"]


@dataclass(frozen=True)
class Drawn:
    """What is drawn for the resources of a kind.

    `names` are those of the resources, each with the cluster that it is on. `declare` puts one into a program, where
    a run needs a number of its own, and `changes` are what its inputs may become; a kind without any is declared anew.
    Somebody else sets the fields of one of the `edits`, or ends a record in one of the ways of `ends`, while its status
    is `living`. A record that is `well` shows what is declared, by the inputs that `shown` makes of it. `calls` meet
    faults.
    """

    kind: Kind
    names: Mapping[str, str]
    declare: Callable[[SimulatedStack, str, int], None]
    changes: tuple[Fields, ...]
    edits: tuple[Fields, ...]
    ends: tuple[Callable[[Emulator, int], object], ...]
    calls: tuple[str, ...]
    living: frozenset[str]
    well: frozenset[str]
    shown: Callable[[Any], Fields]

    def is_living(self, record: object) -> bool:
        """Return whether somebody may still edit or end the record."""
        return getattr(record, "status", "") in self.living

    def is_well(self, record: object) -> bool:
        """Return whether the record has come to what a program asks for."""
        return getattr(record, "status", "") in self.well


def _calls(at: str) -> tuple[str, ...]:
    """The calls on definitions whose single ones are `at` this path."""
    return (f"GET {at.partition('/')[0]}", f"POST {at}", *(f"{one} {at}/{{id}}" for one in ("GET", "PUT", "DELETE")))


def _definition(
    kind: Kind,
    name: str,
    *,
    at: str = "",
    living: frozenset[str] = frozenset({""}),
    end: Callable[[Emulator, int], object] | None = None,
    **drawn: Any,
) -> Drawn:
    """Return the row of a kind of definition, of which there is one resource."""
    return Drawn(
        kind,
        {name: ""},
        lambda stack, name, _: stack.define(kind.name, name),
        ends=(end or (lambda emulator, number: emulator.delete_record(kind.name, number)),),  # type: ignore[arg-type]
        calls=_calls(at or kind.collection),
        living=living,
        well=living,
        **drawn,
    )


def _cluster(record: EmulatedCluster) -> Fields:
    names = ("nodes", "name", "stack", "terminate_on_idle", "time_to_idle")
    return {"description": markers.strip(record.description), **{name: getattr(record, name) for name in names}}


def _package(record: EmulatedPackage) -> Fields:
    names = ("name", "variables", "flow_type")
    return {"description": markers.strip(record.description), **{name: getattr(record, name) for name in names}}


def _schedule(record: EmulatedSchedule) -> Fields:
    unit = record.interval_unit.removesuffix("s") if record.interval_amount == 1 else record.interval_unit
    return {
        "description": markers.strip(record.description),
        "enabled": record.status == "enabled",
        "every": f"{record.interval_amount} {unit}",
        "start_at": f"{datetime.fromtimestamp(record.start_at, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "nodes": record.task["nodes"],
    }


def _connection(record: EmulatedConnection) -> Fields:
    return {"type": record.type, "name": markers.strip(record.name), "settings": record.settings}


def _hook(record: EmulatedHook) -> Fields:
    events = [one.event for one in record.subscriptions]
    return {
        "type": record.type,
        "name": markers.strip(record.name),
        "active": record.active,
        "events": ["job"] if len(events) > 1 else events,
        "settings": record.settings,
    }


DRAWN = (
    Drawn(
        CLUSTER,
        {"c1": "", "c2": ""},
        lambda stack, name, _: stack.cluster(name),
        changes=(
            {"nodes": 2},
            {"nodes": 5},
            {"name": "other"},
            {"description": "new words"},
            {"stack": "blue-everest"},
            {"terminate_on_idle": True, "time_to_idle": 600},
        ),
        edits=({"nodes": 7}, {"name": "by hand"}, {"description": "marker gone"}, {"time_to_idle": 300}),
        ends=(Emulator.end_cluster,),
        calls=("listClusters", "createCluster", "getCluster", "updateCluster", "terminateCluster", "getRateLimit"),
        living=ALIVE,
        well=frozenset({"available", "idle"}),
        shown=_cluster,
    ),
    Drawn(
        JOB_RUN,
        {"j1": "c1", "j2": "c1", "j3": "c2"},
        lambda stack, name, revision: stack.job(name, JOBS[name], rev=revision),
        changes=(),
        edits=(),
        ends=(Emulator.stop_job, Emulator.fail_job),
        calls=("listJobs", "runJob", "getJob", "stopJob"),
        living=frozenset({"running", "queued", "pending"}),
        well=frozenset({"completed"}),
        shown=lambda _record: {},
    ),
    _definition(
        PACKAGE,
        "p1",
        changes=(
            {"variables": {"day": "'y'"}},
            {"name": "other"},
            {"description": "new words"},
            {"flow_type": "workflow"},
            {"flow_type": "dataflow"},
        ),
        edits=({"variables": {"day": "'z'"}}, {"name": "by hand"}, {"description": "marker gone"}),
        end=lambda emulator, number: emulator.edit_package(number, status="archived"),
        living=frozenset({"active"}),
        shown=_package,
    ),
    _definition(
        SCHEDULE,
        "s1",
        changes=(
            {"every": "2 days"},
            {"enabled": False},
            {"nodes": 3},
            {"start_at": "2099-02-01T00:00:00Z"},
            {"description": "new words"},
        ),
        edits=({"interval_amount": 7}, {"status": "disabled"}, {"description": "marker gone"}, {"execution_count": 1}),
        living=frozenset({"enabled", "disabled"}),
        shown=_schedule,
    ),
    _definition(
        CONNECTION,
        "n1",
        at="connections/*",
        changes=(
            {"type": "mysql", "settings": {**_SETTINGS, "host": "db2.example.test"}},
            {"type": "mysql", "settings": {**_SETTINGS, "password": "pw-4712"}},
            {"name": "other"},
            {"type": "s3", "settings": {"username": "loads-key", "password": "pw-4711"}},
        ),
        edits=({"settings": {"username": "by-hand"}}, {"name": "marker gone"}),
        shown=_connection,
    ),
    _definition(
        HOOK,
        "h1",
        changes=(
            {"events": ["job"]},
            {"active": False},
            {"name": "other"},
            {"type": "slack", "settings": {"url": "https://hooks.example.test/T0/another"}},
            {"type": "email", "settings": {"emails": "a@example.test"}},
        ),
        edits=({"active": False}, {"name": "marker gone"}),
        shown=_hook,
    ),
)
"""One row for each kind."""
JOBS: Mapping[str, str] = DRAWN[1].names
OF_NAME: Mapping[str, Drawn] = {name: drawn for drawn in DRAWN for name in drawn.names}
"""The row of each resource."""


@lru_cache(maxsize=1)
def _records() -> Mapping[str, Any]:
    """A record of each kind that carries a marker, by the name of the kind, as somebody declares it."""
    world = SimulatedWorld()
    stack = SimulatedStack(world, "somebody")
    kinds = [drawn.kind for drawn in DRAWN if drawn.kind.signed and drawn.kind is not CLUSTER]
    for kind in kinds:
        stack.define(kind.name, kind.name)
    assert stack.up().calm
    found = {
        kind.name: next(reversed(getattr(world.emulator.account.world, kind.collection).values())) for kind in kinds
    }
    return {**found, CLUSTER.name: world.emulator.add_cluster(time_to_idle=10**9)}


def add_foreign(world: SimulatedWorld, kind: Kind, text: str) -> Any:
    """Add what somebody else has made, the same as ours but for the text that a marker would end; return the record."""
    like, tables, now = _records()[kind.name], world.emulator.account.world, world.clock.now().timestamp()
    number = tables.take_id(type(like))
    fields = {"id": number, "number": number, "created_at": now, "updated_at": now, kind.signed: text}
    made = replace(like, **{name: value for name, value in fields.items() if hasattr(like, name)})
    tables.put(made)
    return made

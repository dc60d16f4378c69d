"""An account with things of ours and of others on it, and one process of ours whose calls meet one fault."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.support.accounts.bench import Reconcilers
from tests.support.accounts.desired import (
    DATABASE,
    OWNER,
    desired,
    desired_connection,
    desired_hook,
    desired_package,
    desired_run,
    desired_schedule,
)
from tests.support.faults.transport import in_process
from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import Clock, ManualClock
from xplenty_pulumi.core.kinds.marker import Marker, Owner, marker_of, sign, whose
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.core.reconcile import DefinitionReconciler, DesiredDefinition, KnownDefinitions, definition_of
from xplenty_pulumi.core.reconcile.clusters.create import DesiredCluster
from xplenty_pulumi.core.reconcile.notify import WatcherList
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.emulator import (
    Effect,
    EmulatedCluster,
    EmulatedConnection,
    EmulatedHook,
    EmulatedJob,
    EmulatedPackage,
    EmulatedSchedule,
    Emulator,
    FaultRule,
    Faults,
    Knobs,
    PackageSeed,
    Request,
    Seed,
)

KEY = "canary-key-51e7d0"
ENCODED_KEY = base64.b64encode(f"{KEY}:".encode()).decode()
FOR_LONG = 10**7
QUICK, ENDLESS = 201, 202
NODES, MORE_NODES = 2, 3

_KNOBS = Knobs(
    pending_seconds=1,
    creating_seconds=3,
    scaling_seconds=3,
    pending_terminate_seconds=1,
    terminating_seconds=2,
    job_idle_seconds=1,
    job_pending_seconds=1,
    job_pending_stoppage_seconds=1,
    job_stopping_seconds=1,
)
_PACKAGES = (PackageSeed(QUICK, "Quick", run_seconds=3), PackageSeed(ENDLESS, "Endless", run_seconds=FOR_LONG))


class Ours(Reconcilers):
    """One process of ours, which also decides who is notified."""

    def __init__(self, client: Client, clock: Clock) -> None:
        super().__init__(client, clock)
        packages = KnownDefinitions(definition_of(PACKAGE, client), clock, random=Random(7))
        self.packages = DefinitionReconciler(packages, self.patience)
        self.watching = {"cluster": WatcherList(client, client.clusters, self.patience)}
        self.watching["job"] = WatcherList(client, client.jobs, self.patience)


@dataclass(frozen=True)
class Others:
    """What is not ours: a cluster with a job, a look-alike of another stack, one that has ended, definitions."""

    clusters: tuple[EmulatedCluster, ...]
    job: EmulatedJob
    hook: EmulatedHook
    connection: EmulatedConnection


class Stage:
    """One account for one cell; `ours` is the process under test, and `connect` gives each process its client."""

    def __init__(self, rule: FaultRule, clock: Clock, connect: Callable[[Emulator], Client]) -> None:
        self.clock = clock
        self.faults = Faults(seed=1)
        seed = Seed(api_key=KEY, packages=_PACKAGES, schedules=())
        self.emulator = Emulator(seed, clock=clock, knobs=_KNOBS, gates=[self.faults])
        self.faults.join(self.emulator)
        self._rule = rule
        self._connect = connect
        self._given: list[EmulatedCluster | EmulatedConnection | EmulatedSchedule | EmulatedHook | EmulatedPackage] = []
        self.others = self._others()
        self.work = self._cluster(name="work")
        self.ours = Ours(connect(self.emulator), clock)

    def begin(self) -> None:
        """Let the fault be there from now on."""
        self.faults.add(self._rule)

    def calm_down(self) -> None:
        """Let the fault be over, and let come about what is late."""
        self.faults.calm()
        self.clock.sleep(60)
        self.faults.settle()

    def start_anew(self) -> None:
        """Go on in a new process of ours."""
        self.ours = Ours(self._connect(self.emulator), self.clock)

    def arrived(self) -> int:
        """Return how many calls of the faulted operation have reached the service since the fault is there."""
        unsent = sum(strike.fault.effect is Effect.UNSENT for strike in self.faults.strikes)
        return self.faults.met(self._rule) - unsent

    def run_of(self, index: int) -> DesiredRun:
        """Return our run of that number as it should be."""
        return desired_run(self.work, QUICK, owner=f"run{index}", variables={"number": str(index)})

    def cluster_of(self, index: int, *, nodes: int = NODES, wait_for: str = "ready") -> DesiredCluster:
        """Return our cluster of that number as it should be."""
        return desired(owner=_owner(index), nodes=nodes, wait_for=wait_for)

    def ready_cluster(self, index: int) -> EmulatedCluster:
        """Return a cluster of ours that was there before, and is available."""
        cluster = self._cluster(description=sign("", self._held(index)), nodes=NODES)
        self._given.append(cluster)
        return cluster

    def _held(self, index: int) -> Marker:
        """Return the marker of a cluster of ours that was created before, and is held."""
        return marker_of(_owner(index)).drawn(self.clock.now(), Random(index)).held

    def hook_of(self, index: int, **inputs: Any) -> DesiredDefinition:
        """Return our hook of that number as it should be."""
        return desired_hook(owner=_owner(index), **inputs)

    def ready_hook(self, index: int) -> EmulatedHook:
        """Return a hook of ours that an earlier process has made, as it should be."""
        earlier = Ours(self._connect(self.emulator), self.clock)
        number = earlier.hooks.create(self.hook_of(index)).record.id
        list(self.ours.client.hooks.list())
        self.ours.hooks.read(number)
        hook = self._hook(number)
        self._given.append(hook)
        return hook

    def hooks(self, index: int) -> list[int]:
        """Return the ids of the hooks with the marker of that number."""
        return [one.id for one in self.emulator.hooks() if whose(one.name) == marker_of(_owner(index))]

    def connection_of(self, index: int, **inputs: Any) -> DesiredDefinition:
        """Return our connection of that number as it should be."""
        return desired_connection(owner=_owner(index), **inputs)

    def ready_connection(self, index: int) -> EmulatedConnection:
        """Return a connection of ours that an earlier process has made, as it should be."""
        earlier = Ours(self._connect(self.emulator), self.clock)
        made = earlier.connections.create(self.connection_of(index)).record
        list(self.ours.client.connections.list())
        self.ours.connections.read(made.key)
        connection = self._connection(made.id)
        self._given.append(connection)
        return connection

    def connections(self, index: int) -> list[int]:
        """Return the ids of the connections with the marker of that number."""
        return [one.id for one in self.emulator.connections() if whose(one.name) == marker_of(_owner(index))]

    def schedule_of(self, index: int, **inputs: Any) -> DesiredDefinition:
        """Return our schedule of that number as it should be."""
        return desired_schedule(owner=_owner(index), packages=[{"package_id": QUICK}], **inputs)

    def ready_schedule(self, index: int) -> EmulatedSchedule:
        """Return a schedule of ours that an earlier process has made, as it should be."""
        earlier = Ours(self._connect(self.emulator), self.clock)
        number = earlier.schedules.create(self.schedule_of(index)).record.id
        list(self.ours.client.schedules.list())
        self.ours.schedules.read(number)
        schedule = next(one for one in self.emulator.schedules() if one.id == number)
        self._given.append(schedule)
        return schedule

    def schedules(self, index: int) -> list[int]:
        """Return the ids of the schedules with the marker of that number."""
        return [one.id for one in self.emulator.schedules() if whose(one.description) == marker_of(_owner(index))]

    def package_of(self, index: int, **inputs: Any) -> DesiredDefinition:
        """Return our package of that number as it should be."""
        return desired_package(owner=_owner(index), **inputs)

    def ready_package(self, index: int) -> EmulatedPackage:
        """Return a package of ours that an earlier process has made, as it should be."""
        earlier = Ours(self._connect(self.emulator), self.clock)
        number = earlier.packages.create(self.package_of(index)).record.id
        list(self.ours.client.packages.list())
        self.ours.packages.read(number)
        package = self.package(number)
        self._given.append(package)
        return package

    def package(self, number: int) -> EmulatedPackage:
        """Return a package as the account really has it."""
        return next(one for one in self.emulator.packages() if one.id == number)

    def packages(self, index: int) -> list[int]:
        """Return the ids of the active packages with the marker of that number."""
        active = [one for one in self.emulator.packages() if one.status == "active"]
        return [one.id for one in active if whose(one.description) == marker_of(_owner(index))]

    def running_job(self) -> EmulatedJob:
        """Return a job of ours that was there before, and runs for long."""
        return self._job(self.work)

    def living(self, index: int) -> list[int]:
        """Return the ids of the living clusters with the marker of that number."""
        return [one.id for one in self.emulator.living_clusters() if _is_marked(one, index)]

    def made(self, index: int) -> list[int]:
        """Return the ids of everything of that number that was not there before, ended or not."""
        before = {one.id for one in (*self.others.clusters, *self._given)}
        ours = (self.schedules, self.connections, self.hooks, self.packages)
        definitions = [one for of_number in ours for one in of_number(index) if one not in before]
        clusters = [one.id for one in self.emulator.clusters() if _is_marked(one, index) and one.id not in before]
        jobs = [job.id for job in self.emulator.jobs() if job.variables == {"number": str(index)}]
        return clusters + jobs + definitions

    def others_now(self) -> Others:
        """Return what has become of what is not ours."""
        clusters = tuple(self.emulator.cluster(one.id) for one in self.others.clusters)
        hook, connection = self._hook(self.others.hook.id), self._connection(self.others.connection.id)
        return Others(clusters, self.emulator.job(self.others.job.id), hook, connection)

    def _others(self) -> Others:
        foreign = self._cluster(name="foreign", description="Not yours")
        lookalike = self._cluster(description=sign("", marker_of(replace(OWNER, stack="prod"))))
        ended = self._cluster(description=sign("", marker_of(_owner(0))), status="terminated")
        job = self._job(foreign)
        body = {"type": "slack", "settings": {"url": "https://hooks.example.test/theirs"}, "events": ["job.failed"]}
        hook = self._hook(self._post("hooks", body))
        connection = self._connection(self._post("connections/mysql", {**DATABASE, "name": "theirs"}))
        clusters = tuple(self.emulator.cluster(one.id) for one in (foreign, lookalike, ended))
        return Others(clusters, job, hook, connection)

    def _connection(self, number: int) -> EmulatedConnection:
        return next(one for one in self.emulator.connections() if one.id == number)

    def _hook(self, number: int) -> EmulatedHook:
        return next(one for one in self.emulator.hooks() if one.id == number)

    def _cluster(self, **fields: Any) -> EmulatedCluster:
        return self.emulator.add_cluster(**{"time_to_idle": FOR_LONG, **fields})

    def _job(self, cluster: EmulatedCluster) -> EmulatedJob:
        """Start a job as somebody else would, and wait until it runs."""
        number = self._post("jobs", {"cluster_id": cluster.id, "package_id": ENDLESS})
        self.clock.sleep(5)
        return self.emulator.job(number)

    def _post(self, path: str, body: Mapping[str, Any]) -> int:
        headers = {"Authorization": f"Basic {ENCODED_KEY}"}
        where = f"/{self.emulator.account_id}/api/{path}"
        request = Request("POST", where, headers=headers, body=json.dumps(body).encode())
        return int(self.emulator.account.handle(request).json()["id"])


def stage_without_socket(rule: FaultRule) -> Stage:
    """Return an account in this process, on which service and library repeat the key in all their words."""
    clock = ManualClock()

    def connect(emulator: Emulator) -> Client:
        http = in_process(emulator.account, clock, leak=f"key {KEY}, header Basic {ENCODED_KEY}")
        return Client(api_key=KEY, account_id=emulator.account_id, clock=clock, random=Random(7), http=http)

    return Stage(rule, clock, connect)


def _owner(index: int) -> Owner:
    return replace(OWNER, name=f"cluster{index}")


def _is_marked(cluster: EmulatedCluster, index: int) -> bool:
    return whose(cluster.description) == marker_of(_owner(index))

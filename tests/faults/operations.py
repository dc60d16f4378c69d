"""The operations of the matrix: to what each is done, how, and whether a success is one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from tests.faults.stage import MORE_NODES, NODES, Stage
from tests.support.accounts.desired import DATABASE
from xplenty_pulumi.client import Cluster, Connection, Hook, Job, Schedule
from xplenty_pulumi.core.reconcile import Outcome
from xplenty_pulumi.emulator import (
    EmulatedCluster,
    EmulatedConnection,
    EmulatedHook,
    EmulatedJob,
    EmulatedPackage,
    EmulatedSchedule,
)
from xplenty_pulumi.errors import XplentyError

How = Literal["done", "partial", "raised"]
Kind = Literal["read", "write", "create"]
CHANGED = ["job.failed", "cluster.error"]
CHANGED_FLOW = '{"components":[]}'
LONG_ENOUGH = 300.0
_UNTIL_DONE = 10.0
"""Seconds in which the account of the stage completes whatever it has accepted."""

# A call of the client ends within 120 s and five attempts, or a dozen where a key that has worked is refused, or two
# dozen where there are too many calls. A change is tried four times in 17 s, each within one such call. A create sends
# two POSTs at most, each followed by 37 s of looking. Then what was done has still to be seen.
MOST_CALLS: Mapping[Kind, int] = {"read": 48, "write": 80, "create": 100}
LONGEST: Mapping[Kind, float] = {
    "read": 2 * 120,
    "write": 2 * (4 * 120 + 17 + 30),
    "create": 2 * (2 * (120 + 37) + 30),
}


@dataclass(frozen=True)
class Ending:
    """How one act ended; `doubt` says what is wrong with what was returned, if anything is."""

    how: How
    error: XplentyError | None = None
    doubt: str = ""


Act = Callable[[], Ending]
"""The operation done to one thing; doing it again is what the next run does."""


@dataclass(frozen=True)
class Operation:
    """An operation, and the two `things` that it is done to, or the one list that it reads in two pages.

    `deed` returns an ending, or a doubt, which is empty where all is well. `call` is the method and path of its own
    calls, where the rules of faults have no name for it. `variant` is what it is done with besides, if anything.
    """

    name: str
    kind: Kind
    things: Callable[[Stage], Sequence[Any]]
    deed: Callable[[Stage, Any], Ending | str]
    call: str = ""
    variant: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, [self.name, self.variant]))

    @property
    def most_calls(self) -> int:
        """The calls that all its acts may send together."""
        return MOST_CALLS[self.kind]

    @property
    def longest(self) -> float:
        """The seconds that all its acts may take together."""
        return LONGEST[self.kind]

    @property
    def is_of_definitions(self) -> bool:
        """Whether it is on what an earlier process has made with the key, which has worked therefore."""
        return self.name == "getPackage" or self.name.removesuffix("s").endswith(("Schedule", "Connection", "Hook"))

    def prepare(self, stage: Stage) -> list[Act]:
        """Get ready what it is done to, and return its acts."""
        return [partial(self._act, stage, thing) for thing in self.things(stage)]

    def _act(self, stage: Stage, thing: Any) -> Ending:
        try:
            came = self.deed(stage, thing)
        except XplentyError as error:
            return Ending("raised", error)
        return came if isinstance(came, Ending) else Ending("done", doubt=came)


def twice(make: Callable[[Stage, int], Any]) -> Callable[[Stage], list[Any]]:
    """Make two things, each with its number."""
    return lambda stage: [(index, make(stage, index)) for index in range(2)]


def reconciled(
    outcome: Outcome[Cluster] | Outcome[Job] | Outcome[Schedule] | Outcome[Hook] | Outcome[Connection],
    known: list[int],
    check: Callable[[], str] = lambda: "",
) -> Ending:
    """Return how a deed with this outcome ended, whose record must be the only one `known`."""
    wrong_id = "" if known == [outcome.record.id] else f"returned {outcome.record.id}, there is {known}"
    if outcome.problem is not None:
        return Ending("partial", outcome.problem, wrong_id)
    return Ending("done", doubt=wrong_id or check())


def unless(holds: bool, doubt: str) -> str:
    """Return the doubt unless what is asked holds."""
    return "" if holds else doubt


def listed(found: Sequence[int], wanted: Sequence[int]) -> str:
    """Return a doubt unless these ids were listed."""
    return unless(list(found) == list(wanted), f"listed {found}, not {wanted}")


def _list_clusters(stage: Stage, wanted: list[int]) -> str:
    return listed([one.id for one in stage.ours.client.clusters.list(page_size=3)], wanted)


def _list_jobs(stage: Stage, wanted: list[int]) -> str:
    return listed([one.id for one in stage.ours.client.jobs.list(page_size=2)], wanted)


def _listed_jobs(stage: Stage) -> list[list[int]]:
    older, newer = stage.running_job().id, stage.running_job().id
    return [[newer, older, stage.others.job.id]]


def _list_packages(stage: Stage, wanted: list[int]) -> str:
    return listed(sorted({one.id for one in stage.ours.client.packages.list(page_size=1)}), wanted)


def _list_hooks(stage: Stage, wanted: list[int]) -> str:
    return listed(sorted({one.id for one in stage.ours.client.hooks.list(page_size=1)}), wanted)


def _list_connections(stage: Stage, wanted: list[int]) -> str:
    return listed(sorted({one.id for one in stage.ours.client.connections.list(page_size=1)}), wanted)


def _get_connection(stage: Stage, wanted: EmulatedConnection) -> str:
    found = stage.ours.client.connections.get(f"mysql/{wanted.number}")
    return unless(found.settings["host"] == wanted.settings["host"], "it is another one")


def _get_cluster(stage: Stage, wanted: EmulatedCluster) -> str:
    return unless(stage.ours.client.clusters.get(wanted.id).name == wanted.name, "it is another one")


def _get_job(stage: Stage, wanted: EmulatedJob) -> str:
    return unless(stage.ours.client.jobs.get(wanted.id).status == "running", "it is another one")


def _get_hook(stage: Stage, wanted: EmulatedHook) -> str:
    return unless(stage.ours.client.hooks.get(wanted.id).type == "slack", "it is another one")


def _rate_status(stage: Stage, limit: int) -> str:
    return unless(stage.ours.client.rate_limit().limit == limit, "it is another limit")


def _create(stage: Stage, index: int) -> Ending:
    outcome = stage.ours.clusters.create(stage.cluster_of(index))
    living = stage.living(index)
    return reconciled(outcome, living, lambda: _is_ready(stage, living[0], NODES))


def _update(stage: Stage, thing: tuple[int, EmulatedCluster]) -> Ending:
    index, cluster = thing
    outcome = stage.ours.clusters.update(cluster.id, stage.cluster_of(index, nodes=MORE_NODES))
    return reconciled(outcome, [cluster.id], lambda: _is_ready(stage, cluster.id, MORE_NODES))


def _is_ready(stage: Stage, number: int, nodes: int) -> str:
    cluster = stage.emulator.cluster(number)
    return unless((cluster.status, cluster.nodes) == ("available", nodes), f"{cluster.status}, {cluster.nodes} nodes")


def _terminate(stage: Stage, thing: tuple[int, EmulatedCluster]) -> str:
    number = thing[1].id
    stage.ours.clusters.delete(number, timeout=LONG_ENOUGH)
    return unless(stage.emulator.cluster(number).status == "terminated", "it lives")


def _accept_create(stage: Stage, index: int) -> Ending:
    outcome = stage.ours.clusters.create(stage.cluster_of(index, wait_for="accepted"))
    living = stage.living(index)
    return reconciled(outcome, living, lambda: _is_at_work(stage, living[0], NODES))


def _accept_update(stage: Stage, thing: tuple[int, EmulatedCluster]) -> Ending:
    index, cluster = thing
    wanted = stage.cluster_of(index, nodes=MORE_NODES, wait_for="accepted")
    outcome = stage.ours.clusters.update(cluster.id, wanted)
    return reconciled(outcome, [cluster.id], lambda: _is_at_work(stage, cluster.id, MORE_NODES))


def _is_at_work(stage: Stage, number: int, nodes: int) -> str:
    """Return a doubt unless it becomes as it was asked for without any further call."""
    stage.clock.sleep(_UNTIL_DONE)
    return _is_ready(stage, number, nodes)


def _accept_end(stage: Stage, thing: tuple[int, EmulatedCluster]) -> str:
    number = thing[1].id
    stage.ours.clusters.delete(number, timeout=LONG_ENOUGH, is_verified=False)
    stage.clock.sleep(_UNTIL_DONE)
    return unless(stage.emulator.cluster(number).status == "terminated", "it lives")


def _run(stage: Stage, index: int) -> Ending:
    def has_completed() -> str:
        status = stage.emulator.job(stage.made(index)[0]).status
        return unless(status == "completed", f"it is {status}")

    outcome = stage.ours.job_runs.create(stage.run_of(index))
    return reconciled(outcome, stage.made(index), has_completed)


def _stop(stage: Stage, job: EmulatedJob) -> str:
    stage.ours.job_runs.stop(job.id, timeout=LONG_ENOUGH)
    return unless(stage.emulator.job(job.id).status == "stopped", "it goes on")


def _create_hook(stage: Stage, index: int) -> Ending:
    outcome = stage.ours.hooks.create(stage.hook_of(index))
    return reconciled(outcome, stage.hooks(index))


def _update_hook(stage: Stage, thing: tuple[int, EmulatedHook]) -> Ending:
    def has_changed() -> str:
        events = next(one.events for one in stage.emulator.hooks() if one.id == hook.id)
        return unless(sorted(events) == sorted(CHANGED), "it is as it was")

    index, hook = thing
    outcome = stage.ours.hooks.update(hook.id, stage.hook_of(index, events=CHANGED))
    return reconciled(outcome, [hook.id], has_changed)


def _delete_hook(stage: Stage, thing: tuple[int, EmulatedHook]) -> str:
    index, hook = thing
    stage.ours.hooks.delete(hook.id)
    return unless(stage.hooks(index) == [], "it is still there")


def _create_connection(stage: Stage, index: int) -> Ending:
    outcome = stage.ours.connections.create(stage.connection_of(index))
    return reconciled(outcome, stage.connections(index))


def _update_connection(stage: Stage, thing: tuple[int, EmulatedConnection]) -> Ending:
    def has_changed() -> str:
        host = next(one.settings["host"] for one in stage.emulator.connections() if one.id == connection.id)
        return unless(host == settings["host"], "it is as it was")

    (index, connection), settings = thing, {**DATABASE, "host": "db2.example.test"}
    desired = stage.connection_of(index, settings=settings)
    outcome = stage.ours.connections.update(f"mysql/{connection.number}", desired)
    return reconciled(outcome, [connection.number], has_changed)


def _delete_connection(stage: Stage, thing: tuple[int, EmulatedConnection]) -> str:
    index, connection = thing
    stage.ours.connections.delete(f"mysql/{connection.number}")
    return unless(stage.connections(index) == [], "it is still there")


def _list_schedules(stage: Stage, wanted: list[int]) -> str:
    return listed(sorted({one.id for one in stage.ours.client.schedules.list(page_size=1)}), wanted)


def _get_schedule(stage: Stage, thing: tuple[int, EmulatedSchedule]) -> str:
    return unless(stage.ours.client.schedules.get(thing[1].id).status == "enabled", "it is another one")


def _create_schedule(stage: Stage, index: int) -> Ending:
    outcome = stage.ours.schedules.create(stage.schedule_of(index))
    return reconciled(outcome, stage.schedules(index))


def _update_schedule(stage: Stage, thing: tuple[int, EmulatedSchedule]) -> Ending:
    def has_changed() -> str:
        found = next(one for one in stage.emulator.schedules() if one.id == schedule.id)
        return unless(found.interval_unit == "weeks", "it is as it was")

    index, schedule = thing
    outcome = stage.ours.schedules.update(schedule.id, stage.schedule_of(index, every="1 week"))
    return reconciled(outcome, [schedule.id], has_changed)


def _delete_schedule(stage: Stage, thing: tuple[int, EmulatedSchedule]) -> str:
    index, schedule = thing
    stage.ours.schedules.delete(schedule.id)
    return unless(stage.schedules(index) == [], "it is still there")


def _get_package(stage: Stage, wanted: EmulatedPackage) -> str:
    return unless(stage.ours.client.packages.get(wanted.id).name == wanted.name, "it is another one")


def _create_package(stage: Stage, index: int) -> Ending:
    outcome = stage.ours.packages.create(stage.package_of(index))
    return reconciled(outcome, stage.packages(index))


def _update_package(stage: Stage, thing: tuple[int, EmulatedPackage]) -> Ending:
    index, package = thing
    outcome = stage.ours.packages.update(package.id, stage.package_of(index, flow=CHANGED_FLOW))

    def has_changed() -> str:
        return unless(stage.package(package.id).data_flow_json == CHANGED_FLOW, "it is as it was")

    return reconciled(outcome, [package.id], has_changed)


def _archive_package(stage: Stage, thing: tuple[int, EmulatedPackage]) -> str:
    stage.ours.packages.delete(thing[1].id)
    return unless(stage.package(thing[1].id).status == "archived", "it is active")


def _watchable(kind: str, *, told: bool | None = None) -> Callable[[Stage], list[int]]:
    """Get ready two things of this kind of which somebody is told or not, where that is said."""

    def prepare(stage: Stage) -> list[int]:
        if kind == "job":
            numbers = [stage.running_job().id for _ in range(2)]
        else:
            numbers = [stage.ready_cluster(index).id for index in range(2)]
        for number in numbers if told is not None else ():
            stage.ours.watching[kind].set(number, notified=bool(told), resource=f"{kind} {number}")
        return numbers

    return prepare


def _list_watchers(stage: Stage, number: int, *, kind: str) -> str:
    calls = stage.ours.client.jobs if kind == "job" else stage.ours.client.clusters
    return unless(len(calls.watchers(number)) == 1, "nobody watches")


def _set_watched(stage: Stage, number: int, *, kind: str, told: bool) -> str:
    stage.ours.watching[kind].set(number, notified=told, resource=f"{kind} {number}")
    found = stage.emulator.job(number) if kind == "job" else stage.emulator.cluster(number)
    return unless(found.watched is told, "the list is as it was")


def _of_watchers(kind: str) -> tuple[Operation, ...]:
    """Return the operations on the watchers of this kind."""
    path, name = f"{kind}s/{{id}}/watchers", kind.title()
    watch, unwatch = partial(_set_watched, kind=kind, told=True), partial(_set_watched, kind=kind, told=False)
    return (
        Operation(f"list{name}Watchers", "read", _watchable(kind), partial(_list_watchers, kind=kind), f"GET {path}"),
        Operation(f"watch{name}", "write", _watchable(kind, told=False), watch, f"POST {path}"),
        Operation(f"unwatch{name}", "write", _watchable(kind, told=True), unwatch, f"DELETE {path}"),
    )


_NUMBERS = (0, 1)
_CLUSTERS, _HOOKS, _SCHEDULES = twice(Stage.ready_cluster), twice(Stage.ready_hook), twice(Stage.ready_schedule)
_CONNECTIONS, _PACKAGES = twice(Stage.ready_connection), twice(Stage.ready_package)
_CONNECTION, _PACKAGE_PATH = "connections/mysql/{id}", "packages/{id}"

OPERATIONS = (
    Operation("listClusters", "read", lambda s: [[one.id for one in reversed(s.emulator.clusters())]], _list_clusters),
    Operation("getCluster", "read", lambda s: (s.work, s.others.clusters[0]), _get_cluster),
    Operation("createCluster", "create", lambda _: _NUMBERS, _create),
    Operation("updateCluster", "write", _CLUSTERS, _update),
    Operation("terminateCluster", "write", _CLUSTERS, _terminate),
    Operation("listJobs", "read", _listed_jobs, _list_jobs),
    Operation("getJob", "read", lambda s: (s.running_job(), s.others.job), _get_job),
    Operation("runJob", "create", lambda _: _NUMBERS, _run),
    Operation("stopJob", "write", lambda s: [s.running_job() for _ in range(2)], _stop),
    Operation("getRateLimit", "read", lambda s: 2 * [s.emulator.account.credits.limit], _rate_status),
)
"""The operations that the rules of faults name, on clusters, jobs and the rate limit."""

ACCEPTED_OPERATIONS = (
    Operation("createCluster", "create", lambda _: _NUMBERS, _accept_create, variant="accepted"),
    Operation("updateCluster", "write", _CLUSTERS, _accept_update, variant="accepted"),
    Operation("terminateCluster", "write", _CLUSTERS, _accept_end, variant="accepted"),
)
"""Those of a cluster that is not waited for, where `wait_for` is `accepted`."""

MORE_OPERATIONS = (
    Operation(
        "listPackages", "read", lambda s: [sorted(s.emulator.account.world.packages)], _list_packages, "GET packages"
    ),
    Operation(
        "getPackage",
        "read",
        lambda s: [s.ready_package(index) for index in _NUMBERS],
        _get_package,
        f"GET {_PACKAGE_PATH}",
    ),
    Operation("createPackage", "create", lambda _: _NUMBERS, _create_package, "POST packages"),
    Operation("updatePackage", "write", _PACKAGES, _update_package, f"PUT {_PACKAGE_PATH}"),
    Operation("archivePackage", "write", _PACKAGES, _archive_package, f"DELETE {_PACKAGE_PATH}"),
    Operation(
        "listHooks", "read", lambda s: [sorted((s.ready_hook(0).id, s.others.hook.id))], _list_hooks, "GET hooks"
    ),
    Operation("getHook", "read", lambda s: (s.ready_hook(0), s.others.hook), _get_hook, "GET hooks/{id}"),
    Operation("createHook", "create", lambda _: _NUMBERS, _create_hook, "POST hooks"),
    Operation("updateHook", "write", _HOOKS, _update_hook, "PUT hooks/{id}"),
    Operation("deleteHook", "write", _HOOKS, _delete_hook, "DELETE hooks/{id}"),
    Operation(
        "listConnections",
        "read",
        lambda s: [sorted((s.ready_connection(0).id, s.others.connection.id))],
        _list_connections,
        "GET connections",
    ),
    Operation(
        "getConnection",
        "read",
        lambda s: (s.ready_connection(0), s.others.connection),
        _get_connection,
        f"GET {_CONNECTION}",
    ),
    Operation("createConnection", "create", lambda _: _NUMBERS, _create_connection, "POST connections/mysql"),
    Operation("updateConnection", "write", _CONNECTIONS, _update_connection, f"PUT {_CONNECTION}"),
    Operation("deleteConnection", "write", _CONNECTIONS, _delete_connection, f"DELETE {_CONNECTION}"),
    Operation(
        "listSchedules",
        "read",
        lambda s: [sorted(s.ready_schedule(index).id for index in _NUMBERS)],
        _list_schedules,
        "GET schedules",
    ),
    Operation("getSchedule", "read", _SCHEDULES, _get_schedule, "GET schedules/{id}"),
    Operation("createSchedule", "create", lambda _: _NUMBERS, _create_schedule, "POST schedules"),
    Operation("updateSchedule", "write", _SCHEDULES, _update_schedule, "PUT schedules/{id}"),
    Operation("deleteSchedule", "write", _SCHEDULES, _delete_schedule, "DELETE schedules/{id}"),
    *_of_watchers("cluster"),
    *_of_watchers("job"),
)
"""Those on definitions, and on the watchers of clusters and runs."""

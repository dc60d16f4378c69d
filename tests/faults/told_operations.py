"""Operations on hooks and watchers, who are told what becomes of clusters and runs, and on packages by their name."""

from collections.abc import Callable

from tests.faults.operations import CREATE, READ, WRITE, Act, Operation, act_of, reconciling, unless
from tests.faults.stage import Stage
from xplenty_pulumi.client import Client

CHANGED = ["job.failed", "cluster.error"]


def _list_packages(stage: Stage) -> list[Act]:
    wanted = {one.id for one in stage.emulator.account.world.packages.values()}

    def deed() -> str:
        found = {one.id for one in stage.ours.client.packages.list(page_size=1)}
        return unless(found == wanted, f"listed {found}, not {wanted}")

    return [act_of(deed)]


def _list_hooks(stage: Stage) -> list[Act]:
    wanted = {stage.ready_hook(0).id, stage.others.hook.id}

    def deed() -> str:
        found = {one.id for one in stage.ours.client.hooks.list(page_size=1)}
        return unless(found == wanted, f"listed {found}, not {wanted}")

    return [act_of(deed)]


def _get_hook(stage: Stage) -> list[Act]:
    def get(number: int) -> Act:
        return act_of(lambda: unless(stage.ours.client.hooks.get(number).type == "slack", "it is another one"))

    return [get(one.id) for one in (stage.ready_hook(0), stage.others.hook)]


def _create_hook(stage: Stage) -> list[Act]:
    def create(index: int) -> Act:
        def ours() -> list[int]:
            return stage.hooks(index)

        return reconciling(lambda: stage.ours.hooks.create(stage.hook_of(index)), known=ours, check=lambda: "")

    return [create(index) for index in range(2)]


def _update_hook(stage: Stage) -> list[Act]:
    def update(index: int, number: int) -> Act:
        return reconciling(
            lambda: stage.ours.hooks.update(number, stage.hook_of(index, events=CHANGED)),
            known=lambda: [number],
            check=lambda: unless(sorted(_events(stage, number)) == sorted(CHANGED), "it is as it was"),
        )

    return [update(index, stage.ready_hook(index).id) for index in range(2)]


def _events(stage: Stage, number: int) -> tuple[str, ...]:
    return next(one.events for one in stage.emulator.hooks() if one.id == number)


def _delete_hook(stage: Stage) -> list[Act]:
    def delete(index: int, number: int) -> Act:
        def deed() -> str:
            stage.ours.hooks.delete(number)
            return unless(stage.hooks(index) == [], "it is still there")

        return act_of(deed)

    return [delete(index, stage.ready_hook(index).id) for index in range(2)]


def _things(stage: Stage, kind: str) -> list[int]:
    """Return the ids of two things of ours of this kind."""
    if kind == "job":
        return [stage.running_job().id for _ in range(2)]
    return [stage.ready_cluster(index).id for index in range(2)]


def _is_watched(stage: Stage, kind: str, number: int) -> bool:
    return stage.emulator.job(number).watched if kind == "job" else stage.emulator.cluster(number).watched


def _list_watchers(kind: str) -> Callable[[Stage], list[Act]]:
    def prepare(stage: Stage) -> list[Act]:
        def look(number: int) -> Act:
            return act_of(lambda: unless(len(_calls(stage.ours.client, kind)(number)) == 1, "nobody watches"))

        return [look(number) for number in _things(stage, kind)]

    return prepare


def _calls(client: Client, kind: str) -> Callable[[int], tuple[object, ...]]:
    return client.jobs.watchers if kind == "job" else client.clusters.watchers


def _set_watched(kind: str, *, told: bool) -> Callable[[Stage], list[Act]]:
    def prepare(stage: Stage) -> list[Act]:
        numbers = _things(stage, kind)
        for number in numbers:
            stage.ours.watching[kind].set(number, notified=not told, resource=f"{kind} {number}")

        def change(number: int) -> Act:
            def deed() -> str:
                stage.ours.watching[kind].set(number, notified=told, resource=f"{kind} {number}")
                return unless(_is_watched(stage, kind, number) is told, "the list is as it was")

            return act_of(deed)

        return [change(number) for number in numbers]

    return prepare


TOLD_OPERATIONS = (
    Operation("listPackages", "read", _list_packages, call="GET packages", **READ),
    Operation("listHooks", "read", _list_hooks, call="GET hooks", **READ),
    Operation("getHook", "read", _get_hook, call="GET hooks/{id}", **READ),
    Operation("createHook", "create", _create_hook, call="POST hooks", **CREATE),
    Operation("updateHook", "write", _update_hook, call="PUT hooks/{id}", **WRITE),
    Operation("deleteHook", "write", _delete_hook, call="DELETE hooks/{id}", **WRITE),
    Operation("listClusterWatchers", "read", _list_watchers("cluster"), call="GET clusters/{id}/watchers", **READ),
    Operation("watchCluster", "write", _set_watched("cluster", told=True), call="POST clusters/{id}/watchers", **WRITE),
    Operation(
        "unwatchCluster", "write", _set_watched("cluster", told=False), call="DELETE clusters/{id}/watchers", **WRITE
    ),
    Operation("listJobWatchers", "read", _list_watchers("job"), call="GET jobs/{id}/watchers", **READ),
    Operation("watchJob", "write", _set_watched("job", told=True), call="POST jobs/{id}/watchers", **WRITE),
    Operation("unwatchJob", "write", _set_watched("job", told=False), call="DELETE jobs/{id}/watchers", **WRITE),
)

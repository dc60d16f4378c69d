"""The calls on the watchers of clusters, jobs and schedules: the one user of the account is among them, or nobody."""

from dataclasses import replace
from typing import TypeAlias

from xplenty_pulumi.emulator.calls import clusters
from xplenty_pulumi.emulator.calls.call import Call, Handler
from xplenty_pulumi.emulator.life.records import EmulatedCluster, EmulatedJob
from xplenty_pulumi.emulator.life.schedules import EmulatedSchedule
from xplenty_pulumi.emulator.wire.messages import USER_ID, USER_NAME, Answer, time_text

Watched: TypeAlias = EmulatedCluster | EmulatedJob | EmulatedSchedule


def _find(call: Call, kind: str) -> Watched:
    if kind == "cluster":
        return clusters.find(call)
    return call.find(call.world.jobs) if kind == "job" else call.find(call.world.schedules)


def lister(kind: str) -> Handler:
    """Return the handler of GET {kind}s/{id}/watchers."""

    def list_watchers(call: Call) -> Answer:
        record = _find(call, kind)
        return Answer([{"id": USER_ID, "display_name": USER_NAME}] if record.watched else [])

    return list_watchers


def adder(kind: str) -> Handler:
    """Return the handler of POST {kind}s/{id}/watchers; watching twice is watching."""

    def watch(call: Call) -> Answer:
        record = _find(call, kind)
        call.world.put(replace(record, watched=True))
        status = call.knobs.watch_job_status if kind == "job" else 200
        url = call.links.api(f"{kind}s/{record.id}")
        return Answer({"created_at": time_text(call.now), f"{kind}_url": url}, status=status)

    return watch


def remover(kind: str) -> Handler:
    """Return the handler of DELETE {kind}s/{id}/watchers; not watching is no error."""

    def unwatch(call: Call) -> Answer:
        record = _find(call, kind)
        call.world.put(replace(record, watched=False))
        return Answer(None, status=204)

    return unwatch

"""Which calls look at something unfinished: those that a client repeats until it is finished."""

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from xplenty_pulumi.emulator.life import clusters
from xplenty_pulumi.emulator.life.records import FINAL
from xplenty_pulumi.emulator.life.world import World
from xplenty_pulumi.emulator.wire.messages import Request

T = TypeVar("T")
_PATH = re.compile(r"/[^/]+/api/(clusters|jobs)(?:/(\d{1,18}))?/?")


def is_at_unfinished(request: Request, world: World) -> bool:
    """Return whether the request reads a cluster that is under way or a job that has not ended, alone or in a list.

    A list counts where any of the account's clusters, or jobs, is unfinished, whatever its filters leave out.
    """
    found = _PATH.fullmatch(request.path) if request.method == "GET" else None
    if found is None:
        return False
    kind, number = found.groups()
    if kind == "clusters":
        return any(clusters.is_under_way(cluster) for cluster in _read(world.clusters, number))
    return any(job.status not in FINAL for job in _read(world.jobs, number))


def _read(records: Mapping[int, T], number: str | None) -> Iterable[T]:
    if number is None:
        return records.values()
    record = records.get(int(number))
    return () if record is None else (record,)

"""The calls that fifty waiting clusters cost in an hour of the service, polled every five seconds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from benchmarks.figure import Figure
from benchmarks.plain.provider import Api, http_client
from benchmarks.shared_clock import SharedClock
from tests.support.faults.transport import in_process
from xplenty_pulumi.client import Client
from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.marker import Owner
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reconcile import ClusterReconciler, KnownClusters
from xplenty_pulumi.core.reconcile.clusters.create import DesiredCluster
from xplenty_pulumi.core.waiting.patience import Pace, Patience
from xplenty_pulumi.emulator import Emulator, Knobs

COUNT = 50
GOAL = 800
TICK = 5.0
_HOUR = 3_600.0
_SETTLED = 62.0
"""Seconds until the counting begins; no poll falls on that moment, or on the one at which it ends."""
_WINDOW = 600.0
_CREDITS = 1_000_000


def measure() -> list[Figure]:
    """Measure ours and plain, each in ten minutes in which all wait."""
    note = f"{_WINDOW:.0f} s of the service were run"
    return [
        Figure(f"calls an hour while {COUNT} wait", calls_an_hour(ours, COUNT), most=GOAL, note=note),
        Figure(f"plain: calls an hour while {COUNT} wait", calls_an_hour(plain, COUNT), note=note),
    ]


Wait = Callable[[Emulator, SharedClock, int], Callable[[int], object]]


def calls_an_hour(begin: Wait, count: int) -> float:
    """Return the calls of an hour, computed from those of ten minutes, with `count` who wait by what `begin` gives."""
    clock = SharedClock(count + 1)
    knobs = Knobs(creating_seconds=_SETTLED + _WINDOW, credits_per_hour=_CREDITS)
    emulator = Emulator(clock=clock, knobs=knobs)
    with ThreadPoolExecutor(count) as pool:
        wait = begin(emulator, clock, count)
        waiting = [pool.submit(_one, wait, number, clock) for number in range(count)]
        clock.sleep(_SETTLED)
        before = len(emulator.calls())
        clock.sleep(_WINDOW)
        after = len(emulator.calls())
        clock.leave()
        for one in waiting:
            one.result()
    return (after - before) * _HOUR / _WINDOW


def _one(wait: Callable[[int], object], number: int, clock: SharedClock) -> None:
    try:
        wait(number)
    finally:
        clock.leave()


def ours(emulator: Emulator, clock: SharedClock, _count: int) -> Callable[[int], object]:
    """Return what creates one cluster and waits for it, as one process of ours does."""
    client = Client(
        api_key=emulator.api_key,
        account_id=emulator.account_id,
        base_url=emulator.url,
        clock=clock,
        http=in_process(emulator.account),
    )
    clusters = ClusterReconciler(
        client, KnownClusters(client, clock), Patience(clock, Pace.fixed(TICK)), polls=Polls(client, clock)
    )
    inputs = check(CLUSTER, {"nodes": 2}).inputs

    def create(number: int) -> None:
        owner = Owner("bench", "bench", "bench", f"cluster-{number}")
        outcome = clusters.create(DesiredCluster(inputs, owner, timeout=_HOUR, terminate_timeout=_HOUR))
        assert outcome.problem is None, outcome.problem

    return create


def plain(emulator: Emulator, clock: SharedClock, _count: int) -> Callable[[int], object]:
    """Return what creates one cluster and waits for it, as the plain provider does."""

    def create(_number: int) -> None:
        account = emulator.url, emulator.account_id, emulator.api_key
        with closing(http_client(*account, transport=in_process(emulator.account))) as http:
            Api(http, sleep=clock.sleep).create(2)

    return create

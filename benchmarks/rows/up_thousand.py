"""`pulumi up` of a thousand new clusters, against as many resources that do nothing."""

from benchmarks.account import Account, Observed, Spec, served
from benchmarks.figure import Figure, in_turn
from benchmarks.stack import stack
from benchmarks.thousand import COUNT, FAST, TIME_SCALE
from benchmarks.two_writes import python_that_saves

GOAL = 2.5
SHARE = 2_500
"""Calls an hour that one process may send: half of what the service gives."""
_BOOT = 60.0
_ROUNDS = 3
_FAST = {**FAST, "PULUMI_PARALLEL": "256"}
"""With 64 at a time, most of the time is that of sixteen boots one after the other."""


def measure() -> list[Figure]:
    """Measure both in turn, and count the calls; each cluster is created, and signed once it is there."""
    seen: list[Observed] = []
    rounds = in_turn(_ROUNDS, lambda: ours(COUNT, seen), lambda: nothing(COUNT))
    calls = [one.all_calls for one in seen]
    writes = sum(count for method, count in seen[-1].calls.items() if method != "GET")
    return [
        Figure.ratio(f"up of {COUNT:,} new ones without checkpoints", rounds, most=GOAL, of="the floor"),
        Figure.of("its calls", calls, "", most=SHARE, note="half of an hour's calls"),
        Figure("its writes, of which each has two", writes, least=2 * COUNT),
    ]


def ours(count: int, seen: list[Observed]) -> float:
    """Return the seconds of an `up` of that many clusters in a new account, and add what that was asked."""
    spec = Spec(boot_seconds=_BOOT, time_scale=TIME_SCALE, past_clusters=0)
    with served(spec) as account, python_that_saves() as python:
        took = _up(account, count, python)
        seen.append(account.observed())
    return took


def nothing(count: int) -> float:
    """Return the seconds of an `up` of as many resources that do nothing."""
    with stack("floor", count) as made:
        return made.up(**_FAST)


def _up(account: Account, count: int, python: str) -> float:
    with stack("ours", count, {**account.environment, "PULUMI_PYTHON_CMD": python}) as made:
        return made.up(XPLENTY_POLL_SECONDS="0.5", **_FAST)

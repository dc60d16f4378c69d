"""How fast the emulator answers, in process and over a real connection."""

import base64
import time
from collections.abc import Callable
from statistics import median, quantiles

from benchmarks.account import Spec, served
from benchmarks.figure import Figure
from benchmarks.plain.provider import http_client
from xplenty_pulumi.emulator import Emulator, Knobs, Request

GOAL = 10_000
_CALLS = 10_000
_SERVED_CALLS = 3_000
_ROUNDS = 5
_CREDITS = 100_000_000


def measure() -> list[Figure]:
    """Measure the reading of one cluster, which is what clients ask for most."""
    rates = [calls_a_second(in_process(), _CALLS) for _ in range(_ROUNDS)]
    took = served_calls(_SERVED_CALLS)
    tail = quantiles(took, n=100)[98]
    note = f"median of {_ROUNDS} rounds of {_CALLS:,}"
    return [
        Figure("calls in process", median(rates), "/s", least=GOAL, note=note, spread=(min(rates), max(rates))),
        Figure("calls over loopback", len(took) / sum(took), "/s", note="one after the other, with httpx"),
        Figure("p50 over loopback", median(took) * 1000, "ms"),
        Figure("p99 over loopback", tail * 1000, "ms"),
    ]


def in_process() -> Callable[[], object]:
    """Return what reads a cluster without a connection."""
    emulator = Emulator(knobs=Knobs(credits_per_hour=_CREDITS))
    cluster = emulator.add_cluster()
    key = base64.b64encode(f"{emulator.api_key}:".encode()).decode()
    path = f"/{emulator.account_id}/api/clusters/{cluster.id}"
    request = Request(
        "GET", path, headers={"authorization": f"Basic {key}", "accept": "application/vnd.xplenty+json; version=2"}
    )
    assert emulator.account.handle(request).status == 200
    return lambda: emulator.account.handle(request)


def calls_a_second(call: Callable[[], object], count: int) -> float:
    """Return how many times a second `call` can be made, as `count` of them show."""
    began = time.perf_counter()
    for _ in range(count):
        call()
    return count / (time.perf_counter() - began)


def served_calls(count: int) -> list[float]:
    """Return how many seconds each of `count` calls took on one connection that is kept open."""
    with served(Spec(1, credits_per_hour=_CREDITS)) as account, http_client(*account.environment.values()) as http:
        cluster = http.post("clusters", json={"nodes": 2}).json()["id"]
        return [_seconds(lambda: http.get(f"clusters/{cluster}").raise_for_status()) for _ in range(count)]


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began

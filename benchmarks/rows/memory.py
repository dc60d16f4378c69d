"""The memory of a provider process while a thousand clusters are waited for."""

import threading
import time
from typing import Any

from benchmarks.account import Account, Spec, served
from benchmarks.figure import Figure
from benchmarks.floor.provider import NothingProvider
from benchmarks.provider_process import ProviderProcess, provider_process
from xplenty_pulumi import ClusterProvider
from xplenty_pulumi.dynamic.state import OWNER

COUNT = 1_000
GOAL = 100
_BOOT = 3_600.0
_QUIET_SECONDS = 10.0
_LONGEST = 180.0
_CREDITS = 1_000_000
_URN = "urn:pulumi:bench::bench::pulumi-python:dynamic/xplenty:Cluster::{}"


def measure() -> list[Figure]:
    """Measure a process that did nothing a thousand times, and one that waits a thousand times at once."""
    nothing = memory_of_nothing(COUNT)
    waiting, alive, threads = memory_of_waiting(COUNT)
    return [
        Figure("floor: process that did nothing", nothing, "MiB"),
        Figure(f"more with {COUNT:,} waits", waiting - nothing, "MiB", most=GOAL, note=f"{waiting:.0f} MiB at most"),
        Figure("clusters waited for at once", alive, least=COUNT, note=f"{threads} threads"),
    ]


def memory_of_nothing(count: int) -> float:
    """Return the memory of a provider process after that many creates that did nothing."""
    with provider_process({}) as process:
        process.configure()
        sent = [process.create(NothingProvider(), _URN.format(number), {"nodes": 2}) for number in range(count)]
        for one in sent:
            one.result(timeout=60)
        return process.mebibytes()


def memory_of_waiting(count: int, *, quiet: float = _QUIET_SECONDS) -> tuple[float, int, int]:
    """Return the memory of a provider process that waits that often, how many clusters were begun, and its threads."""
    spec = Spec(_BOOT, credits_per_hour=_CREDITS)
    with served(spec) as account, provider_process(account.environment) as process:
        process.configure()
        # The answers are never read, but a call whose answer nobody holds is called off.
        _sent = [_create(process, _URN.format(number)) for number in range(count)]
        alive = _settled(account, quiet=quiet)
        return process.mebibytes(), alive, process.threads()


def _create(process: ProviderProcess, urn: str) -> Any:
    return process.create(ClusterProvider(), urn, {"nodes": 2, OWNER: f"bench|{urn}"})


def _settled(account: Account, *, quiet: float) -> int:
    """Return how many clusters are waited for once there have been no more for a while, in which each is polled."""
    pause, end, count, since = threading.Event(), time.monotonic() + _LONGEST, 0, time.monotonic()
    while time.monotonic() < end and (count == 0 or time.monotonic() < since + quiet):
        pause.wait(0.2)
        living = _living(account)
        if living != count:
            count, since = living, time.monotonic()
    return count


def _living(account: Account) -> int:
    return sum(count for status, count in account.observed().clusters.items() if status in {"pending", "creating"})

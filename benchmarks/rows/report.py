"""How long the page of `usage --html` takes for a busy month, and how large it is."""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.account import Account, Spec, served
from benchmarks.figure import Figure

MOST_SECONDS, MOST_MEGABYTES = 5, 8
_A_NIGHT = 60
"""Runs that a nightly cluster has; with those of the other clusters they are more than 2,000 in thirty days."""
_ROUNDS = 5
_PAGE = ("-m", "xplenty_pulumi.cli", "usage", "--since", "30d", "--html")


def measure() -> list[Figure]:
    """Measure whole processes, their start and the reading of the account included."""
    with served(Spec(boot_seconds=1, runs_a_night=_A_NIGHT)) as account, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "usage.html"
        seconds, busy, said = zip(*(written(file, account) for _ in range(_ROUNDS)), strict=True)
        size = file.stat().st_size / 1e6
    note = f"median of {_ROUNDS} new processes, for {said[0]}"
    return [
        Figure.of("page of thirty days", seconds, "s", most=MOST_SECONDS, note=note),
        Figure.of("processor time of that", busy, "s"),
        Figure("its size", size, "MB", most=MOST_MEGABYTES),
    ]


def written(file: Path, account: Account) -> tuple[float, float, str]:
    """Return how long it takes to write the page, the processor time of that, and what is on the page."""
    command, environment = [sys.executable, *_PAGE, str(file)], {**os.environ, **account.environment}
    began, used = perf_counter(), _processor_seconds()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    took = perf_counter() - began
    return took, _processor_seconds() - used, done.stdout.partition(": ")[2].rpartition(", ")[0]


def _processor_seconds() -> float:
    """The time that the processes which this one has started, and which have ended, have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

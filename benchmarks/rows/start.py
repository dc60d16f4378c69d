"""How long the command line takes to print its version and its help, beside loading what it is built with."""

import subprocess
import sys
from time import perf_counter

from benchmarks.figure import Figure

GOAL = 1.5
_RUNS = 9
_PROGRAM = ("-m", "xplenty_pulumi.cli")
_ALONE = "import typer"
_OURS = {"--version": (*_PROGRAM, "--version"), "--help": (*_PROGRAM, "--help")}


def measure() -> list[Figure]:
    """Measure whole processes, each in turn; ours are given as multiples of `import typer`."""
    commands = {_ALONE: ("-c", _ALONE), **_OURS}
    rounds = [{name: milliseconds(*words) for name, words in commands.items()} for _ in range(_RUNS + 1)][1:]
    note = f"median of {_RUNS} new processes"
    alone = Figure.of(_ALONE, [one[_ALONE] for one in rounds], "ms", note=note)
    times = {name: [one[name] / one[_ALONE] for one in rounds] for name in _OURS}
    return [
        alone,
        *(Figure.of(f"{name}, beside that", values, "x", most=GOAL, note=note) for name, values in times.items()),
    ]


def milliseconds(*words: str) -> float:
    """Return how long a new interpreter takes with these words, its start included."""
    began = perf_counter()
    subprocess.run([sys.executable, *words], capture_output=True, timeout=60, check=True)
    return (perf_counter() - began) * 1000

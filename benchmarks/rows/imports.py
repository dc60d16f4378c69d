"""What `import xplenty_pulumi` costs a program that imports `pulumi` anyway."""

import subprocess
import sys

from benchmarks.figure import Figure

GOAL = 100
_RUNS = 9
_OURS = "from xplenty_pulumi import Cluster, JobRun"
_TIMED = "import time; began = time.perf_counter()\n{}\nprint(time.perf_counter() - began)"
_ALONE = "import pulumi"
_MORE = {
    "more for a program, after pulumi": f"{_ALONE}; {_OURS}",
    "more for a program, before pulumi": f"{_OURS}; {_ALONE}",
    "more for the provider process": f"{_ALONE}; from xplenty_pulumi import ClusterProvider",
}


def measure() -> list[Figure]:
    """Measure in new processes, each program in turn; ours are given as what they take beyond `import pulumi`."""
    programs = {_ALONE: _ALONE, **_MORE}
    rounds = [{name: milliseconds(program) for name, program in programs.items()} for _ in range(_RUNS + 1)][1:]
    note = f"median of {_RUNS} new processes"
    alone = Figure.of(_ALONE, [one[_ALONE] for one in rounds], "ms", note=note)
    more = {name: [one[name] - one[_ALONE] for one in rounds] for name in _MORE}
    return [alone, *(Figure.of(name, values, "ms", most=GOAL, note=note) for name, values in more.items())]


def milliseconds(program: str) -> float:
    """Return how long the program takes in a new interpreter, without the start of that."""
    command = [sys.executable, "-c", _TIMED.format(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return float(done.stdout) * 1000

"""`python -m benchmarks.run [NAME ...]`: run the benchmarks, print a table and write build/benchmarks.json."""

import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.load import LoadWatch
from benchmarks.rows import (
    commands,
    emulator,
    growth,
    imports,
    many,
    memory,
    packages,
    polls,
    preview,
    refresh,
    report,
    start,
    up,
    up_thousand,
)
from benchmarks.table import table

ROWS: Mapping[str, Callable[[], list[Figure]]] = {
    "up-10": up.ten_seconds,
    "up-60": up.sixty_seconds,
    "up-1000": up_thousand.measure,
    "polls": polls.measure,
    "many": many.measure,
    "preview": preview.measure,
    "definitions": preview.of_definitions,
    "packages": packages.measure,
    "refresh": refresh.measure,
    "commands": commands.measure,
    "growth": growth.measure,
    "import": imports.measure,
    "start": start.measure,
    "memory": memory.measure,
    "emulator": emulator.measure,
    "report": report.measure,
}
REPORT = Path("build/benchmarks.json")
BAD_INPUT = 2


def main(names: Sequence[str]) -> int:
    """Run what is named, or all; return an exit code, which is 0 whether or not the goals are reached."""
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        print(f"There is no benchmark {' or '.join(unknown)}; there are {', '.join(ROWS)}.", file=sys.stderr)
        return BAD_INPUT
    if shutil.which("pulumi") is None:
        print("There is no `pulumi` on PATH; `make bench` gets one.", file=sys.stderr)
        return BAD_INPUT
    found = {}
    for name in names or ROWS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        found[name] = measured(ROWS[name])
        _write(found)
    print(table(found))
    return 0


def measured(row: Callable[[], list[Figure]]) -> list[Figure]:
    """Return the figures of a benchmark, each with the load of the machine while they were taken."""
    watch = LoadWatch.begun()
    figures = row()
    load = watch.ended()
    return [replace(figure, load=load) for figure in figures]


def _write(figures: Mapping[str, Sequence[Figure]]) -> None:
    """Write what there is after each benchmark, so that a run that is stopped leaves something."""
    document = {
        "machine": {"processors": os.cpu_count(), "python": platform.python_version(), "pulumi": version("pulumi")},
        "benchmarks": {name: [figure.document() for figure in group] for name, group in figures.items()},
    }
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How long `status`, `drift` and `branch list` take as whole processes, compared with their calls alone."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.figure import Figure, in_turn
from benchmarks.stack import ROOT, Stack
from benchmarks.thousand import thousand_of_ours
from xplenty_pulumi.core.reports.branches import stack_name

GOAL = 1.3
COUNT, BRANCHES = 500, 20
_ROUNDS = 5
_FAMILY = "0a1b2c3"
_REPLAY, _RECORDED = (ROOT / "benchmarks" / "plain" / f"{name}.py" for name in ("replay", "recorded"))
_DRIFTED = 2


@dataclass(frozen=True)
class Command:
    """A command of ours, and the calls that it makes: processes of the engine, and paths of the service."""

    words: tuple[str, ...]
    engine: tuple[tuple[str, ...], ...]
    service: tuple[str, ...]


def measure() -> list[Figure]:
    """Measure each command and its calls in turn."""
    with thousand_of_ours(COUNT) as (made, _account, _up), branches(made, BRANCHES):
        return [
            compared(made, f"status of {COUNT}", "status"),
            compared(made, f"drift of {COUNT}", "drift"),
            compared(made, f"branch list of {BRANCHES}", "branch", "list"),
        ]


def compared(made: Stack, what: str, *words: str, rounds: int = _ROUNDS) -> Figure:
    """Return how much longer a command takes than its calls."""
    command = watched(made, *words)
    document = json.dumps({"engine": command.engine, "service": command.service})
    took = in_turn(
        rounds,
        lambda: seconds(made, "-m", "xplenty_pulumi.cli", *words),
        lambda: seconds(made, str(_REPLAY), given=document),
    )
    of = f"interpreter, libraries, {len(command.engine)} calls of `pulumi` and {len(command.service)} of the service"
    return Figure.ratio(what, took, most=GOAL, of=of)


def seconds(made: Stack, *words: str, given: str = "", **environment: str) -> float:
    """Return how long a new interpreter takes with these words, in the folder of the stack.

    Raises:
        ChildProcessError: it failed, with what it printed last.
    """
    began = perf_counter()
    done = subprocess.run(
        [sys.executable, *words],
        input=given,
        cwd=made.project,
        env={**made.environment, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    took = perf_counter() - began
    if done.returncode not in (0, _DRIFTED):
        raise ChildProcessError(f"{' '.join(words)} failed:\n{done.stderr[-3000:] or done.stdout[-3000:]}")
    return took


def watched(made: Stack, *words: str) -> Command:
    """Return a command with the calls that it makes when it runs once."""
    with tempfile.TemporaryDirectory(prefix="xplenty-bench-calls-") as name:
        folder = Path(name)
        path = _logging_engine(folder, made.environment["PATH"])
        seconds(made, str(_RECORDED), *words, PATH=path, BENCH_LOG=str(folder / "service"))
        engine = tuple(tuple(json.loads(line)) for line in _lines(folder / "engine"))
        return Command(words, engine, _lines(folder / "service"))


def _lines(file: Path) -> tuple[str, ...]:
    return tuple(file.read_text().splitlines()) if file.exists() else ()


def _logging_engine(folder: Path, path: str) -> str:
    """Return a PATH whose `pulumi` adds its words to a file of the folder before it runs."""
    program = folder / "pulumi"
    program.write_text(
        f"#!{sys.executable}\nimport json, os, sys\nos.environ['PATH'] = {path!r}\n"
        f"open({str(folder / 'engine')!r}, 'a').write(json.dumps(['pulumi', *sys.argv[1:]]) + '\\n')\n"
        "os.execvp('pulumi', ['pulumi', *sys.argv[1:]])\n"
    )
    program.chmod(0o700)
    return f"{folder}:{path}"


@contextmanager
def branches(made: Stack, count: int) -> Iterator[Sequence[str]]:
    """Give the names of that many branch stacks without resources, beside the stack that is there."""
    subprocess.run(["git", "init", "--quiet"], cwd=made.project, check=True)
    made.run("stack", "tag", "set", "xplenty:branches", _FAMILY)
    names = [stack_name(f"feature-{number}", _FAMILY) for number in range(count)]
    for number, name in enumerate(names):
        made.run("stack", "init", "--no-select", name)
        made.run("stack", "tag", "set", "xplenty:branch", f"feature-{number}", "--stack", name)
    yield names

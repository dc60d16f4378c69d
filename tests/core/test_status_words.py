"""Statuses are spelled in the tables and nowhere else, so that no decision hides from them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from xplenty_pulumi import core, dynamic
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN

TABLES = {"kinds/kind.py", "kinds/cluster.py", "kinds/job_run.py", "kinds/package.py"}
WORDS = {*CLUSTER.phases, *JOB_RUN.phases}
SPOKEN_BY = {"Goal", "say"}
"""Calls whose first argument is a text for people."""
SENT_AS = {"_STATUSES"}
"""Names of constants that go to the service as they are."""


def modules() -> list[Path]:
    """Return every file of the core and of the front end but the tables."""
    roots = [Path(str(package.__file__)).parent for package in (core, dynamic)]
    return [path for root in roots for path in sorted(root.rglob("*.py")) if place(path) not in TABLES]


def place(path: Path) -> str:
    """Return the name of a file with that of its folder."""
    return f"{path.parent.name}/{path.name}"


def spelled(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield every constant in `tree` that is a status."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in WORDS:
            yield node


def allowed(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield the statuses in `tree` that decide nothing: texts for people, and what is sent."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in SPOKEN_BY:
            for argument in node.args:
                yield from (one for one in [argument] if isinstance(one, ast.Constant))
            yield from (one.value for one in node.keywords if isinstance(one.value, ast.Constant))
        if isinstance(node, ast.Assign) and {getattr(one, "id", "") for one in node.targets} <= SENT_AS:
            yield from spelled(node.value)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def offences(source: str) -> list[int]:
    """Return the lines of `source` that spell a status where it could decide something."""
    tree = ast.parse(source)
    fine = set(map(id, allowed(tree)))
    return [one.lineno for one in spelled(tree) if id(one) not in fine]


@pytest.mark.parametrize("path", modules(), ids=place)
def test_no_status_is_spelled_outside_the_tables(path: Path) -> None:
    """Neither the core nor the front end compares with a status of its own spelling."""
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        'if cluster.status == "available": pass',
        'done = job.status in ("completed", "failed")',
        'match job.status:\n    case "stopped": pass',
        'ENDED = {"terminated": True}',
        'wait(status="idle")',
    ],
)
def test_the_guard_sees_a_status(source: str) -> None:
    """The rule above is able to fail."""
    assert offences(source)


@pytest.mark.parametrize("source", ['Goal("terminated", reached)', 'bridge.say(call, "terminated")', '"Is available."'])
def test_the_guard_lets_texts_pass(source: str) -> None:
    """A name of a goal, a word to the user and a sentence decide nothing."""
    assert not offences(source)


def test_the_guard_looks_at_all_there_is() -> None:
    """The files that decide most are among those it reads."""
    deciding = {"clusters/create.py", "runs/start.py", "kinds/compare.py", "providers/cluster.py"}
    assert deciding <= {*map(place, modules())}

"""What a quiet command of the engine answers, and how it is asked again."""

import sys
from pathlib import Path

import pytest

from xplenty_pulumi.cli.engine import command
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.errors import XplentyError

_PROGRAM = """\
#!{python}
import pathlib, sys
answers = pathlib.Path("answers")
first, *rest = answers.read_text().splitlines()
answers.write_text("\\n".join(rest))
sys.exit(first) if first.startswith("error") else print(first)
"""


CRASH = """fatal error: failed to reserve page summary memory

runtime stack:
runtime.throw({0x4759a2f?, 0x20000000?})
\t/usr/local/go/src/runtime/panic.go:1229 +0x48 fp=0x7ffc5728a020 sp=0x7ffc57289ff0 pc=0x48dba8

goroutine 1 [running]:
main.main()
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An engine that answers with the next line of the file `answers` in its folder, and pauses for nothing."""
    monkeypatch.setattr(command, "_WRITING", 0)
    program = tmp_path / "pulumi"
    program.write_text(_PROGRAM.format(python=sys.executable))
    program.chmod(0o700)
    return Engine(str(program), tmp_path, "dev")


@pytest.mark.parametrize(
    "words",
    [
        "failed to load checkpoint: EOF",
        "failed to load checkpoint: place 1: unexpected end of JSON input",
        "place 1: unexpected end of JSON input",
    ],
)
def test_a_state_that_is_being_written_is_read_once_more(engine: Engine, words: str) -> None:
    """Another `pulumi` writes its state in place, so that who reads it meanwhile finds a part."""
    (engine.folder / "answers").write_text(f"error: {words}\nwhole\n")

    assert engine.told("stack", "export") == "whole\n"


@pytest.mark.parametrize(
    "answers",
    [
        "error: no stack named 'dev' found\nnever\n",
        "error: failed to load checkpoint: EOF\nerror: failed to load checkpoint: EOF\nnever\n",
    ],
)
def test_what_stays_wrong_fails(engine: Engine, answers: str) -> None:
    """Another failure is not asked about again, and a state that stays cut off fails with the engine's words."""
    (engine.folder / "answers").write_text(answers)

    with pytest.raises(XplentyError, match=r"`pulumi stack` failed: (no stack named|failed to load checkpoint: EOF)"):
        engine.told("stack", "export")
    assert (engine.folder / "answers").read_text().strip() == "never"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (CRASH, "fatal error: failed to reserve page summary memory"),
        ("error: no stack named 'goroutine 1' found\n", "no stack named 'goroutine 1' found"),
    ],
)
def test_a_crash_of_the_engine_is_its_reason_alone(engine: Engine, told: str, shown: str) -> None:
    """The stacks of its threads help nobody who has started it."""
    (engine.folder / "words").write_text(told)
    Path(engine.command).write_text("#!/bin/sh\ncat words >&2\nexit 2\n")
    with pytest.raises(XplentyError) as caught:
        engine.told("stack", "ls")
    assert str(caught.value) == f"`pulumi stack` failed: {shown}"

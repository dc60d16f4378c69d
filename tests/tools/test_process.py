"""Running other programs."""

import os
import select
import subprocess
from pathlib import Path

import pytest

from tests.tools.fakes import command
from tools.engine.errors import Unusable
from tools.engine.process import end_group, last_line, run, run_logged, start


def test_output(tmp_path: Path) -> None:
    """Standard output is returned, and what goes to standard error stays out of it."""
    assert run([command(tmp_path / "tool", "echo answer; echo noise >&2")], seconds=30) == "answer\n"


def test_time_limit() -> None:
    """A program that takes too long is ended, and the reason tells the limit."""
    with pytest.raises(Unusable, match="not done within 0 s"):
        run(["sleep", "600"], seconds=0.01)


def test_failure_without_a_word(tmp_path: Path) -> None:
    """A program that fails silently is reported with its exit code."""
    with pytest.raises(Unusable, match=r"failed \(exit 7\)"):
        run([command(tmp_path / "tool", "exit 7")], seconds=30)


def test_log_grows(tmp_path: Path) -> None:
    """Everything printed by one run after the other is in the log."""
    for word in ("one", "two"):
        run_logged([command(tmp_path / "tool", f"echo {word} >&2")], seconds=30, log=tmp_path / "log", folder=tmp_path)
    assert (tmp_path / "log").read_text(encoding="utf-8") == "one\ntwo\n"


def test_log_gives_the_reason(tmp_path: Path) -> None:
    """The last line in the log is the reason of a failure."""
    tool = command(tmp_path / "tool", "echo compiling; echo 'no such module' >&2; exit 1")
    with pytest.raises(Unusable, match=r"failed \(no such module\)"):
        run_logged([tool], seconds=30, log=tmp_path / "log", folder=tmp_path)


def test_children_end_too(tmp_path: Path) -> None:
    """Ending a program ends what it started: nobody is left who could write into the pipe."""
    os.mkfifo(tmp_path / "pipe")
    tool = command(tmp_path / "tool", '(echo started; exec sleep 600) > "$1" &\nwait')
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    arguments = [tool, tmp_path / "pipe"]
    with start(
        arguments, output=subprocess.DEVNULL, errors=subprocess.DEVNULL, folder=None, environment=None
    ) as process:
        try:
            assert read_soon(reader) == b"started\n"
        finally:
            end_group(process)
    assert read_soon(reader) == b""
    os.close(reader)


def read_soon(reader: int) -> bytes:
    """Return what can be read within ten seconds; nothing when every writer has gone."""
    assert select.select([reader], [], [], 10)[0], "still waiting for a writer"
    return os.read(reader, 100)


def test_last_line() -> None:
    """Blank lines at the end do not count."""
    assert [last_line("one\n two \n\n"), last_line("")] == ["two", ""]

"""The command, and one tiny run on the real engine."""

import json
import sys
from pathlib import Path

import pytest

from benchmarks import run
from benchmarks.account import Observed, Spec, served
from benchmarks.figure import Figure
from benchmarks.load import Load, LoadWatch
from benchmarks.rows import commands, growth, imports, memory, report, up, up_thousand
from benchmarks.stack import stack
from benchmarks.thousand import thousand_of_ours

linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")


def test_unknown_name(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is none is refused, with those that there are."""
    assert run.main(["speed"]) == run.BAD_INPUT
    assert "There is no benchmark speed; there are up-10, " in capsys.readouterr().err


def test_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is measured is printed as a table and written as JSON."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "ROWS", {"one": lambda: [Figure("boots", 2, "x", most=1)]})
    monkeypatch.setattr(LoadWatch, "ended", lambda _watch: Load(0.1, 0.1, busy=0, processors=2))
    monkeypatch.setattr("shutil.which", lambda _name: "/bin/pulumi")
    assert run.main([]) == 0
    document = json.loads(run.REPORT.read_text())
    assert document["benchmarks"]["one"][0]["value"] == 2
    assert document["benchmarks"]["one"][0]["reached"] is False
    assert "boots" in capsys.readouterr().out


def test_import_is_timed() -> None:
    """An import that takes a while is seen to take at least that."""
    assert imports.milliseconds("import threading; threading.Event().wait(0.05)") >= 50


@pytest.mark.engine
def test_tiny_run() -> None:
    """Two clusters that boot for a second take at least that, and more than one call; the plain provider polls."""
    took, calls = up.ours(1, count=2, past=2)
    assert took >= 1
    assert calls > 2
    whole, wave = up.plain(1, count=2)
    assert whole.value >= 5
    assert wave.value == whole.value


@pytest.mark.engine
def test_tiny_run_with_two_writes() -> None:
    """Each new cluster is created and signed, although the engine writes its state only at the end."""
    seen: list[Observed] = []
    assert up_thousand.ours(2, seen) > 0
    assert {method: seen[0].calls[method] for method in ("POST", "PUT")} == {"POST": 2, "PUT": 2}


@pytest.mark.engine
def test_tiny_growth() -> None:
    """All four operations are measured on ours and on the floor."""
    found = growth.measured(1, rounds=1)
    assert [*found] == ["up", "preview", "refresh", "drift"]
    assert all(seconds > 0 for pair in found.values() for seconds in pair)


@pytest.mark.engine
def test_tiny_commands() -> None:
    """A command runs with its calls recorded, and these are made again without it."""
    with thousand_of_ours(1) as (made, _account, _up), commands.branches(made, 1):
        listed = commands.watched(made, "branch", "list")
        assert ("pulumi", "stack", "tag", "ls") in {one[:4] for one in listed.engine}
        assert any(path.startswith("/emulated-account/api/clusters?") for path in listed.service)
        assert commands.compared(made, "status", "status", rounds=1).value > 0


@pytest.mark.engine
def test_failed_command_is_told() -> None:
    """A command of the engine that fails ends the benchmark with what was printed."""
    with (
        served(Spec(1)) as account,
        stack("ours", 1, {**account.environment, "XPLENTY_API_KEY": "wrong"}) as clusters,
        pytest.raises(ChildProcessError, match="pulumi up failed"),
    ):
        clusters.up()


def test_page_of_a_past(tmp_path: Path) -> None:
    """The page of an account with a past is written, and what is on it is counted."""
    with served(Spec(1, runs_a_night=1)) as account:
        took, busy, said = report.written(tmp_path / "usage.html", account)
    assert took > 0
    assert busy > 0
    clusters, runs = (int(part.split()[0]) for part in said.split(", "))
    assert runs > clusters > 30


@linux
def test_memory_of_waits() -> None:
    """A provider process holds as many clusters as were asked for, and its memory is known."""
    mebibytes, alive, threads = memory.memory_of_waiting(8, quiet=1)
    assert alive == 8
    assert threads > 8
    assert 20 < mebibytes < 1_000

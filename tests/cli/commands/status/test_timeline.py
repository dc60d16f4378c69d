"""`xplenty-pulumi status --timeline`: the last hours of clusters as lines."""

import pytest

from tests.support.accounts.command_line import Scene

HOUR = 3600


@pytest.fixture
def lived(scene: Scene) -> Scene:
    """Return an account in which a cluster was idle, ran a job that failed after an hour, and was idle again."""
    scene.clock.advance(4 * HOUR)
    now = scene.clock.now().timestamp()
    etl = scene.owned_cluster(name="nightly", time_to_idle=10**6, launched_at=now - 4 * HOUR, created_at=now - 4 * HOUR)
    scene.emulator.add_job(
        cluster_id=etl.id,
        package_id=101,
        status="failed",
        created_at=now - 3 * HOUR,
        started_at=now - 2 * HOUR,
        completed_at=now - HOUR,
        errors="no such path",
    )
    scene.emulator.add_cluster(name="adhoc", status="creating", created_at=now, available_since=None, launched_at=None)
    return scene


def cells(line: str) -> str:
    """Return the cells of a line, behind the label of a cluster."""
    return line[12:]


def test_each_cluster_has_a_line(lived: Scene) -> None:
    """The cells say what it did; the end of a failed run is marked."""
    lived.clock.advance(60)
    lines = lived.run("status", "--timeline", "--since", "4h", COLUMNS="52").lines
    assert f"{' ' * 12}{' ' * 9}01:00     02:00     03:00" in lines
    (nightly,) = [line for line in lines if line.startswith("501 nightly")]
    assert cells(nightly) == "░" * 19 + "█" * 10 + "x" + "░" * 10
    (adhoc,) = [line for line in lines if line.startswith("502 adhoc")]
    assert adhoc.endswith("▒")
    assert "▒ building   █ busy   ░ idle   ! in error   ▓ ending" in " ".join(lines)


def test_a_mark_says_which_run_failed(lived: Scene) -> None:
    """Below the lines of all clusters each mark has its run, and the header is set apart."""
    lines = lived.run("status", "--timeline", COLUMNS="120").lines
    assert lines[1] == ""
    assert lines[-1] == "x job 9001 on cluster 501 failed at 2026-01-01T03:00:00Z: no such path"


def test_one_cluster_has_a_line_for_each_run(lived: Scene) -> None:
    """A run waits, works and ends, and its error is told."""
    lines = lived.run("status", "cluster", 501, "--timeline", "--since", "4h", COLUMNS="80").lines
    (run,) = [line for line in lines if line.startswith("  9001 Daily sales")]
    shape = "".join(dict.fromkeys(run.removeprefix("  9001 Daily sales").strip()))
    assert shape == "─█x"
    assert "502" not in "".join(lines)
    assert lines[-1] == "job 9001 failed: no such path"


def test_an_estimate_is_said(lived: Scene) -> None:
    """A cluster whose record does not have a moment that is drawn is named."""
    assert "estimated" not in lived.run("status", "--timeline").out
    broken = lived.emulator.fail_cluster(501)
    lived.clock.advance(600)
    lines = lived.run("status", "--timeline").lines
    assert f"partly estimated, since the service does not record it: {broken.id}" in lines


def test_filters_choose_clusters(lived: Scene) -> None:
    """The filters of `status` hold."""
    lived.clock.advance(60)
    out = lived.run("status", "--timeline", "--owner", "unmanaged").out
    assert ("nightly" in out, "adhoc" in out) == (False, True)


def test_nothing_to_show(scene: Scene) -> None:
    """An account without clusters is said to have none."""
    assert scene.run("status", "--timeline").lines[-1] == "no cluster to show"


@pytest.mark.parametrize("width", [30, 60, 100, 200])
def test_no_line_is_longer_than_the_screen(lived: Scene, width: int) -> None:
    """A narrow terminal cuts names, and draws fewer cells."""
    lines = lived.run("status", "cluster", 501, "--timeline", COLUMNS=str(width)).out.splitlines()
    assert max(map(len, lines)) <= width


def test_no_colour(lived: Scene) -> None:
    """NO_COLOR leaves no escape, and the cells still differ."""
    assert "\x1b[" in lived.run("status", "--timeline", FORCE_COLOR="1").out
    plain = lived.run("status", "--timeline", FORCE_COLOR="1", NO_COLOR="1").out
    assert "\x1b" not in plain
    assert {"█", "░", "x"} <= set(plain)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["jobs", "--timeline"], "--timeline goes with"),
        (["--timeline", "--package", "101"], "--timeline goes with"),
        (["--timeline", "--watch"], "--timeline is one picture"),
        (["--timeline", "--json"], "--timeline is one picture"),
        (["--since", "2h"], "--since goes with --timeline"),
        (["--timeline", "--since", "soon"], "--since must be a time above zero"),
    ],
)
def test_what_does_not_fit(scene: Scene, words: list[str], problem: str) -> None:
    """Options that do not fit together are exit code 2."""
    ended = scene.run("status", *words)
    assert ended.code == 2
    assert problem in ended.err


def test_unknown_cluster(scene: Scene) -> None:
    """A cluster that the service does not know is an error."""
    ended = scene.run("status", "cluster", 999, "--timeline")
    assert ended.code == 1
    assert "cluster 999" in ended.err

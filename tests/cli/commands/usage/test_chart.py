"""`xplenty-pulumi usage --chart`: bars that fit the terminal."""

import pytest

from tests.support.accounts.command_line import SCOPE, Scene

HOUR = 3600


def some_use(scene: Scene) -> None:
    """Let an owned cluster of four nodes live for two hours, and one of two nodes for three."""
    owned = scene.owned_cluster(nodes=4)
    scene.emulator.add_cluster(nodes=2, time_to_idle=86_400)
    scene.clock.advance(2 * HOUR)
    scene.emulator.end_cluster(owned.id)
    scene.clock.advance(HOUR)


def test_bars(scene: Scene) -> None:
    """Each owner and each hour has a bar, the longest of each part as long as there is room."""
    some_use(scene)
    lines = scene.run("usage", "--chart", "--since", "3h", COLUMNS="48").lines
    assert lines[0] == "emulated-account  node-hours from"
    assert lines[3:-3] == [
        "OWNER        NODE-HOURS",
        f"{SCOPE}         8.0  {'█' * 23}",
        f"unmanaged           6.0  {'█' * 17}▎",
        "",
        "HOUR              NODE-HOURS",
        f"2026-01-01 00:00         6.0  {'█' * 18}",
        f"2026-01-01 01:00         6.0  {'█' * 18}",
        f"2026-01-01 02:00         2.0  {'█' * 6}",
    ]


def test_days(scene: Scene) -> None:
    """From two days on there is a bar for each day in UTC."""
    scene.emulator.add_cluster(nodes=1, time_to_idle=10**7)
    scene.clock.advance(60 * HOUR)
    days = [line.split()[:2] for line in scene.run("usage", "--chart", "--since", "3d").lines if line[:4] == "2026"]
    assert days == [["2026-01-01", "24.0"], ["2026-01-02", "24.0"], ["2026-01-03", "12.0"]]


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_no_line_is_longer_than_the_terminal(scene: Scene, width: int) -> None:
    """A narrow terminal gets short bars."""
    some_use(scene)
    lines = scene.run("usage", "--chart", "--since", "3h", COLUMNS=str(width)).out.splitlines()
    assert max(map(len, lines)) <= width


def test_colours_only_where_they_are_wanted(scene: Scene) -> None:
    """A day shows its owners by colour on a terminal, and NO_COLOR leaves no escape."""
    some_use(scene)
    coloured = scene.run("usage", "--chart", FORCE_COLOR="1").out
    assert "\x1b[34m" in coloured
    assert "\x1b[33m" in coloured
    assert "\x1b" not in scene.run("usage", "--chart", FORCE_COLOR="1", NO_COLOR="1").out


def test_bars_begin_with_the_first_cluster(scene: Scene) -> None:
    """A young account has no row for the days before its first cluster, and one for each day since."""
    scene.clock.advance(50 * HOUR)
    first = scene.emulator.add_cluster(nodes=1)
    scene.clock.advance(HOUR)
    scene.emulator.end_cluster(first.id)
    scene.clock.advance(50 * HOUR)
    days = [line.split()[:2] for line in scene.run("usage", "--chart").lines if line[:4] == "2026"]
    assert days == [["2026-01-03", "1.0"], ["2026-01-04", "0.0"], ["2026-01-05", "0.0"]]


def test_nothing_used(scene: Scene) -> None:
    """Without a cluster there is no bar, and no error."""
    ended = scene.run("usage", "--chart", "--since", "2h")
    assert ended.code == 0
    assert ended.lines[-1] == "no cluster was up"


def test_little_use_is_seen(scene: Scene) -> None:
    """Beside a large bar the least use is not nothing."""
    scene.emulator.end_cluster(scene.emulator.add_cluster(nodes=200, time_to_idle=10**7).id)
    scene.owned_cluster(nodes=1, time_to_idle=10**7)
    big = scene.emulator.add_cluster(nodes=5000, time_to_idle=10**7)
    scene.clock.advance(HOUR)
    assert big.nodes == 5000
    (line,) = [line for line in scene.run("usage", "--chart", COLUMNS="60").lines if line.startswith(SCOPE)]
    assert line.endswith("1.0  \u258f")

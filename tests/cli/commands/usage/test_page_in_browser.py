"""The page of `usage --html` in a headless Chromium: its lanes, bars and numbers are those of the account."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support import browser
from tests.support.accounts.command_line import Scene, opened_scene
from tests.support.browser import Browser
from tools.demo.past import fill
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, sign
from xplenty_pulumi.core.reports.owners import UNMANAGED, owner_of
from xplenty_pulumi.emulator import EmulatedCluster, EmulatedJob

NO_BROWSER = "there is no Chromium here: apt-get install chromium"
PERIOD = timedelta(days=5)

pytestmark = [pytest.mark.slow, pytest.mark.skipif(browser.found() is None, reason=NO_BROWSER)]


@dataclass
class Shown:
    """A page that is open, and the account that it is about, as the emulator itself knows it."""

    tab: Browser
    scene: Scene

    def __post_init__(self) -> None:
        self.now = self.scene.clock.now().timestamp()
        self.since = self.now - PERIOD.total_seconds()

    def clusters(self, owner: str | None = None) -> list[EmulatedCluster]:
        """Return the clusters of the period."""
        found = [one for one in self.scene.emulator.clusters() if (one.terminated_at or self.now) > self.since]
        return [one for one in found if owner in (None, owner_of(one.description))]

    def runs(self, owner: str | None = None) -> list[EmulatedJob]:
        """Return the runs of the period."""
        numbers = {one.id for one in self.clusters(owner)}
        runs = [one for one in self.scene.emulator.jobs() if (one.completed_at or self.now) >= self.since]
        return [one for one in runs if one.cluster_id in numbers]

    def up(self, cluster: EmulatedCluster) -> tuple[float, float]:
        """Return from when to when a cluster counts."""
        start = self.now if cluster.launched_at is None else max(cluster.launched_at, self.since)
        return start, max(start, cluster.terminated_at or self.now)

    def node_hours(self, owner: str | None = None) -> float:
        """Return the node-hours of the period."""
        spans = [(one.nodes, *self.up(one)) for one in self.clusters(owner)]
        return sum(nodes * (end - begin) / 3600 for nodes, begin, end in spans)

    def idle_node_hours(self, owner: str | None = None) -> float:
        """Return those in which nothing ran, counted minute by minute; ending clusters are not idle."""
        total = 0.0
        for cluster in self.clusters(owner):
            begin, end = self.up(cluster)
            end = min(end, cluster.updated_at) if cluster.status == "terminating" else end
            own = [one for one in self.runs() if one.cluster_id == cluster.id and one.started_at is not None]
            spans = [(one.started_at or 0.0, one.completed_at or self.now) for one in own]
            minutes = [begin + 30 + 60 * number for number in range(int((end - begin) // 60))]
            quiet = sum(not any(first <= at < last for first, last in spans) for at in minutes)
            total += cluster.nodes * quiet / 60
        return total

    def figure(self, name: str) -> float:
        """Return a number of those at the top."""
        text: str = self.tab.value(f"document.getElementById('{name}-figure').textContent")
        return float(text.replace(",", ""))

    def rows(self, table: str) -> list[list[str]]:
        """Return the cells of a table."""
        cells = "[...row.cells].map(one => one.innerText.trim())"
        found: list[list[str]] = self.tab.value(
            f"[...document.querySelectorAll('#{table} tbody tr')].map(row => {cells})"
        )
        return found

    def labels(self) -> list[str]:
        """Return the labels of the lanes, as they are drawn."""
        found: list[str] = self.tab.value(
            "[...document.querySelectorAll('#lanes .ytick text')].map(one => one.textContent)"
        )
        return found

    def lanes(self) -> list[int]:
        """Return the ids of the clusters that have a lane."""
        return [int(label.partition(" ")[2].partition("\u25cf")[0]) for label in self.labels()]

    def bars(self) -> Counter[str]:
        """Return how many bars there are of each kind, as they are drawn."""
        one = "[one.__data__[0].trace.name, one.querySelectorAll('.point').length]"
        drawn = "document.querySelectorAll('#lanes .barlayer .trace')"
        return Counter(dict(self.tab.value(f"[...{drawn}].map(one => {one})")))

    def choose(self, select: str, text: str) -> None:
        """Set a filter."""
        of = f"[...document.getElementById('{select}').options].findIndex(one => one.text === {text!r})"
        self.tab.value(
            f"(list => {{ list.selectedIndex = {of}; list.onchange(); }})(document.getElementById('{select}'))"
        )


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The page of an account with a past of five days."""
    folder = tmp_path_factory.mktemp("usage")
    with pytest.MonkeyPatch.context() as patch, opened_scene(patch) as scene:
        scene.clock.advance(14 * 3600 + 20 * 60)
        fill(scene.emulator, days=5, runs_a_night=6)
        assert scene.run("usage", "--since", "5d", "--html", folder / "usage.html").code == 0
        with browser.browsing(browser.found() or "", folder / "profile") as tab:
            tab.resize(1400, 1000)
            tab.open((folder / "usage.html").as_uri(), until="document.body?.dataset.drawn")
            yield Shown(tab, scene)


@pytest.fixture
def shown(page: Shown) -> Iterator[Shown]:
    """The same page, whose filters are taken back after a test, and none of whose scripts has failed."""
    yield page
    page.choose("owner", "all")
    page.choose("age", "any")
    assert page.tab.errors == []


def test_each_cluster_has_a_lane(shown: Shown) -> None:
    """The lanes are those of the clusters of the period, each with its owner."""
    expected = {one.id: owner_of(one.description) for one in shown.clusters()}
    assert len(expected) > 10
    assert sorted(shown.lanes()) == sorted(expected)
    assert {label.rpartition(" ")[2] for label in shown.labels()} == set(expected.values())


def test_each_run_has_a_bar(shown: Shown) -> None:
    """The bars of each outcome are as many as the runs that began, and each failed run has a mark."""
    began = Counter(one.status for one in shown.runs() if one.started_at is not None)
    bars, outcomes = shown.bars(), ("completed", "failed", "running", "stopped")
    assert [bars[name] for name in outcomes] == [began[name] for name in outcomes]
    marks = shown.tab.value("document.querySelectorAll('#lanes .scatterlayer .point').length")
    assert marks == began["failed"] > 0


def test_each_life_is_drawn(shown: Shown) -> None:
    """What is being built, in error and ending now has its colour, and every cluster that was built within the time."""
    bars = shown.bars()
    built = [one for one in shown.clusters() if one.created_at > shown.since]
    assert (bars["building"], bars["broken"], bars["ending"]) == (len(built), 1, 1)
    assert bars["busy"] > 0
    assert bars["idle"] > 0


def test_figures(shown: Shown) -> None:
    """The numbers at the top are those of the account."""
    assert shown.figure("hours") == pytest.approx(shown.node_hours(), abs=0.06)
    assert shown.figure("idle") == pytest.approx(shown.idle_node_hours(), rel=0.01)
    assert shown.figure("runs") == len(shown.runs())
    assert shown.figure("failed") == sum(one.status == "failed" for one in shown.runs())


def test_figures_are_those_of_the_command(shown: Shown) -> None:
    """The page and `usage --json` say the same of each owner."""
    printed = shown.scene.run("usage", "--since", "5d", "--json").json
    told = {row[0].split("\n")[0]: float(row[2].replace(",", "")) for row in shown.rows("idle")}
    assert told == {one["owner"]: pytest.approx(one["node_hours"], abs=0.06) for one in printed["owners"]}
    assert shown.figure("hours") == pytest.approx(printed["total"]["node_hours"], abs=0.06)


def test_days_are_stacked_by_owner(shown: Shown) -> None:
    """The bars of an owner sum up to its node-hours, those of a day to no more than all."""
    script = "document.getElementById('days').data.map(one => [one.name, one.y])"
    days: dict[str, list[float]] = dict(shown.tab.value(script))
    owners = {owner_of(one.description) for one in shown.clusters()}
    assert set(days) == owners
    for owner, values in days.items():
        assert sum(values) == pytest.approx(shown.node_hours(owner), abs=0.01)
        assert len(values) == PERIOD.days + 1


def test_waste(shown: Shown) -> None:
    """The clusters without a run are named with their cost, and so are the runs that waited longest."""
    used = {one.cluster_id for one in shown.runs()}
    unused = [one for one in shown.clusters() if one.id not in used and one.status != "creating"]
    cells = shown.rows("unused")
    assert [row[0].split("\n")[0] for row in cells[:1]] == ["load-test"]
    assert len(cells) == len(unused) == shown.figure("never")
    waited = max(shown.runs(), key=lambda one: (one.started_at or one.completed_at or shown.now) - one.created_at)
    assert f"job {waited.id} on" in shown.rows("waits")[0][0]


def test_a_share_that_is_not_whole_is_not_shown_as_whole(shown: Shown) -> None:
    """Only nothing is 0% and only all is 100%."""
    shares = shown.tab.value("[[0, 9], [1, 900], [5, 10], [899, 900], [9, 9], [0, 0]].map(one => percent(...one))")
    assert shares == ["0%", "&lt;1%", "50%", "&gt;99%", "100%", "0%"]


def test_owner_filter(shown: Shown) -> None:
    """One owner's clusters are left, in every part of the page."""
    shown.choose("owner", UNMANAGED)
    assert sorted(shown.lanes()) == [one.id for one in shown.clusters(UNMANAGED)]
    assert shown.figure("hours") == pytest.approx(shown.node_hours(UNMANAGED), abs=0.06)
    assert len(shown.rows("idle")) == 1
    assert shown.tab.value("document.getElementById('days').data.map(one => one.name)") == [UNMANAGED]


def test_age_filter(shown: Shown) -> None:
    """Clusters that were created within a day are left, or those that are older."""
    young = [one.id for one in shown.clusters() if shown.now - one.created_at <= 86_400]
    shown.choose("age", "up to 1 day")
    assert sorted(shown.lanes()) == young
    shown.choose("age", "more than 1 day")
    assert sorted([*shown.lanes(), *young]) == [one.id for one in shown.clusters()]


def test_the_last_hours_show_what_lived_then(shown: Shown) -> None:
    """A shorter time leaves out the lanes of clusters that had ended before it, and comes back."""
    press = "[...document.querySelectorAll('#ranges button')].find(one => one.textContent === {!r}).click()"
    shown.tab.value(press.format("24 hours"))
    then = [one.id for one in shown.clusters() if (one.terminated_at or shown.now) > shown.now - 86_400]
    assert sorted(shown.lanes()) == then
    shown.tab.value(press.format("all"))
    assert len(shown.lanes()) == len(shown.clusters())


def test_hover_tells_what_failed(shown: Shown) -> None:
    """A failed run says its package, its owner and its error."""
    failed = [one for one in shown.runs() if one.status == "failed"]
    place: dict[str, Any] = shown.tab.value(
        "(mark => { mark.scrollIntoView({block: 'center'}); const box = mark.getBoundingClientRect();"
        " return {x: box.x + box.width / 2, y: box.y + box.height / 2}; })"
        "(document.querySelector('#lanes .scatterlayer .point'))"
    )
    shown.tab.point(place["x"], place["y"] - 40)
    shown.tab.point(place["x"], place["y"])
    text = shown.tab.until("document.querySelector('#lanes .hoverlayer')?.textContent")
    job = next(one for one in failed if f"job {one.id} on" in text)
    package = {one.id: one.name for one in shown.scene.emulator.packages()}[job.package_id]
    owner = owner_of(shown.scene.emulator.cluster(job.cluster_id).description)
    for part in (f"{package} failed", f"owner {owner}", job.errors or "?"):
        assert part in text


def test_narrow_window(shown: Shown) -> None:
    """The pictures follow the width of the window, and keep their height."""
    size = "(box => [box.width, box.height])(document.querySelector('#lanes .main-svg').getBoundingClientRect())"
    width, height = shown.tab.value(size)
    shown.tab.resize(700, 1000)
    shown.tab.until(f"{size}[0] < 700")
    assert shown.tab.value(size)[1] == height
    shown.tab.resize(1400, 1000)
    assert shown.tab.until(f"{size}[0] > 1000 && {size}") == [width, height]


def test_nothing_is_loaded(shown: Shown) -> None:
    """The page is all that the browser has read."""
    assert shown.tab.value("performance.getEntriesByType('resource').length") == 0


def test_many_owners_with_hostile_names(scene: Scene, tmp_path: Path) -> None:
    """Names are shown as they are written, and owners beyond the colours are one of their own."""
    name = "<b>A & 'B'</b> <script>"
    for number in range(10):
        marker = marker_of(Owner("acme", "loads", f"stack-{number}", "etl"))
        scene.emulator.add_cluster(name=name, nodes=1 + number, description=sign("", marker), time_to_idle=10**6)
    scene.clock.advance(7200)
    assert scene.run("usage", "--since", "1h", "--html", tmp_path / "usage.html").code == 0
    with browser.browsing(browser.found() or "", tmp_path / "profile") as tab:
        tab.open((tmp_path / "usage.html").as_uri(), until="document.body?.dataset.drawn")
        shown = Shown(tab, scene)
        assert {label[: len(name)] for label in shown.labels()} == {name}
        assert {row[0].split("\n")[0] for row in shown.rows("unused")} == {name}
        days = tab.value("document.getElementById('days').data.map(one => [one.name, one.y[0]])")
        assert days[-1] == ["2 other owners", pytest.approx(1 + 2)]
        assert sum(hours for _, hours in days) == pytest.approx(shown.figure("hours")) == 55
        assert tab.errors == []

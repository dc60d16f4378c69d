"""The pages of `xplenty-pulumi status` for people: moments, ends, and the runs that have failed."""

import pytest

from tests.support.accounts.command_line import OWNER, SCOPE, Scene, at
from xplenty_pulumi.cli.engine.names import SELECTED_NOTE, StackNames
from xplenty_pulumi.cli.ui.table import status
from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.kinds.job_run import RUN_KEY
from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.core.reports.overview import cluster_row
from xplenty_pulumi.emulator import EmulatedCluster

HOUR = 3600


def facts(scene: Scene, *words: object) -> dict[str, str]:
    """Return the facts of one cluster or job run by their names."""
    pairs = (line.partition("  ") for line in scene.run("status", *words).lines)
    return {name: value.strip() for name, _, value in pairs}


def test_moments_have_one_form(scene: Scene) -> None:
    """A moment is shown as such, and in parentheses how long ago it was."""
    cluster = scene.emulator.add_cluster(time_to_idle=HOUR)
    scene.clock.advance(HOUR + 60)
    shown = facts(scene, "cluster", cluster.id)
    assert shown["created"] == shown["available since"] == f"{at(0)} (1h01m ago)"
    assert shown["idle since"].endswith(" ago)")
    job = scene.job(cluster, 101)
    scene.clock.advance(120)
    assert facts(scene, "job", job)["created"] == f"{at(HOUR + 60)} (2m ago)"


def test_cluster_that_has_ended_is_not_idle(scene: Scene) -> None:
    """What it does when it is idle, and what runs on it, is left out."""
    cluster = scene.emulator.add_cluster()
    assert {"idle since", "when idle", "jobs"} <= set(facts(scene, "cluster", cluster.id))
    scene.emulator.end_cluster(cluster.id)
    scene.clock.advance(60)
    shown = facts(scene, "cluster", cluster.id)
    assert shown["ended"] == f"{at(0)} (1m ago)"
    assert not {"idle since", "when idle", "jobs"} & set(shown)


@pytest.mark.parametrize(
    ("failed", "command"),
    [
        (1, "its log, and what to do next: `xplenty-pulumi status job 9001`"),
        (2, "a log, and what to do next: `xplenty-pulumi status job ID`, with the ID 9002 or 9001"),
        (3, "a log, and what to do next: `xplenty-pulumi status job ID`, with the ID 9003, 9002 or 9001"),
        (
            7,
            "a log, and what to do next: `xplenty-pulumi status job ID`, with the ID 9007, 9006, 9005, 9004, 9003 and "
            "2 more",
        ),
    ],
)
def test_each_failed_run_is_named(scene: Scene, failed: int, command: str) -> None:
    """The command that shows a log has the ids of the runs that have failed."""
    cluster = scene.emulator.add_cluster()
    for _ in range(failed):
        scene.job(cluster, 103)
    scene.clock.advance(HOUR)
    assert scene.run("status", "jobs").lines[-1] == command


def replaced(scene: Scene, *, day: str, cluster: EmulatedCluster | None = None) -> tuple[int, int]:
    """Let a run fail and a later one of the same package complete, and return their ids."""
    on = cluster or scene.owned_cluster(name="nightly")
    failed = scene.job(on, 101, day="'2026-01-31'")
    scene.emulator.fail_job(failed, errors="no table")
    scene.clock.advance(60)
    later = scene.job(on, 101, day=day)
    scene.clock.advance(HOUR)
    return failed, later


def test_a_run_that_was_replaced_is_no_alarm(scene: Scene) -> None:
    """The list and the page of the run name the one in its place, and nothing is asked for."""
    failed, later = replaced(scene, day="'2026-01-31'")
    text = f"failed; job {later}, a later run of the same stack, has completed in its place"
    lines = scene.run("status", "jobs").lines
    assert (lines[-2], lines[-1]) == ("", f"job {failed} {text}")
    page = scene.run("status", "job", failed).out
    assert f"next: nothing, if that run has done its work: it {text}" in " ".join(page.split())
    assert scene.run("status", "job", failed, "--json").json["job"]["replaced_by"] == later


@pytest.mark.parametrize("words", [[], ["jobs"], ["job", "9001"], ["cluster", "501"], ["--status", "failed"]])
def test_a_run_that_was_replaced_fails_no_command(scene: Scene, words: list[str]) -> None:
    """Once the run in its place has completed, and not before; in each view that shows the failed one."""
    on = scene.owned_cluster(name="nightly")
    scene.emulator.fail_job(scene.job(on, 101), errors="no table")
    scene.clock.advance(60)
    scene.emulator.fail_job(scene.job(on, 101), errors="no table")
    scene.clock.advance(60)
    looked = ["status", *words, "--fail-on-error"]
    assert scene.run(*looked).code == 3
    scene.job(on, 101)
    assert scene.run(*looked).code == 3
    scene.clock.advance(HOUR)
    ended = scene.run(*looked)
    assert (ended.code, "9001" in ended.out) == (0, True)


def test_other_work_of_the_same_stack_replaces_nothing(scene: Scene) -> None:
    """A run with other variables does not do the work of the failed one, nor does one that nobody's stack started."""
    failed, _ = replaced(scene, day="'2026-02-28'")
    assert f"job {failed} failed: no table" in scene.run("status", "jobs").lines
    adhoc, _ = replaced(scene, day="'2026-01-31'", cluster=scene.emulator.add_cluster(name="adhoc"))
    assert f"job {adhoc} failed: no table" in scene.run("status", "jobs").lines


def test_a_run_of_the_same_resource_replaces_whatever_it_runs(scene: Scene) -> None:
    """Its key says so, although it has other variables, another package, and a cluster without a marker."""
    on, key = scene.emulator.add_cluster(), marker_of(OWNER)
    failed, later = (scene.job(on, package, **{RUN_KEY: f"'{key}'"}) for package in (103, 101))
    assert scene.run("status", "job", failed, "--json").json["job"]["replaced_by"] is None
    scene.clock.advance(HOUR)
    anew = scene.job(on, 101, day="'2026-02-28'", **{RUN_KEY: f"'{key}'"})
    scene.clock.advance(HOUR)
    assert later < anew == scene.run("status", "job", failed, "--json").json["job"]["replaced_by"]


def test_only_a_failed_run_of_a_stack_costs_the_list(scene: Scene) -> None:
    """Whether it was replaced is read with one call more; for other runs nothing is."""
    failed, later = replaced(scene, day="'2026-01-31'")
    adhoc, _ = replaced(scene, day="'2026-01-31'", cluster=scene.emulator.add_cluster(name="adhoc"))
    lists = [scene.calls_of("status", "job", number).count("GET jobs") for number in (failed, later, adhoc)]
    assert lists == [1, 0, 0]


def test_a_cluster_says_that_it_ended_because_it_was_idle(scene: Scene) -> None:
    """The service records it, so the page says it."""
    cluster = scene.emulator.add_cluster(terminate_on_idle=True, time_to_idle=HOUR)
    scene.clock.advance(2 * HOUR)
    assert facts(scene, "cluster", cluster.id)["ended"].endswith(" ago), after it had been idle")


def test_a_cluster_without_work_says_when_idle_counts(scene: Scene) -> None:
    """Below the table, as long as the service does not count the cluster as idle."""
    scene.emulator.add_cluster(time_to_idle=HOUR)
    scene.clock.advance(HOUR / 2)
    note = "IDLE counts only after the cluster's time_to_idle without work"
    assert scene.run("status", "clusters").lines[-1] == note
    scene.clock.advance(HOUR)
    assert note not in scene.run("status", "clusters").out


def test_idle_is_not_shown_as_all_is_well() -> None:
    """An idle cluster costs as much as one that works."""
    row = cluster_row(Cluster(id=7, status="idle"))
    assert (status(row).style, status(cluster_row(Cluster(id=7, status="available"))).style) == ("yellow", "green")


def test_a_run_that_has_not_begun_has_no_runtime(scene: Scene) -> None:
    """The page shows what the list shows."""
    number = scene.job(scene.emulator.add_cluster(), 101)
    assert facts(scene, "job", number)["runtime"] == "-"


@pytest.mark.parametrize(("columns", "places"), [(120, [1]), (80, [1]), (60, [])])
def test_the_mark_is_explained_directly_below_its_table(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, columns: int, places: list[int]
) -> None:
    """The line stands below the last cluster, once, and not where no column names owners."""
    monkeypatch.setattr(StackNames, "marks", lambda _, owners: SCOPE in owners)
    cluster = scene.owned_cluster(name="nightly")
    scene.job(cluster)
    lines = scene.run("status", COLUMNS=str(columns)).lines
    row = next(place for place, line in enumerate(lines) if line.startswith(str(cluster.id)))
    assert [place - row for place, line in enumerate(lines) if line == SELECTED_NOTE] == places

"""`xplenty-pulumi wait`: what is reached, what cannot be, and what is said meanwhile."""

from datetime import datetime
from functools import partial
from itertools import pairwise

import pytest

from tests.support.accounts.command_line import Scene, at
from xplenty_pulumi.cli.commands.ending import ClusterGoal, JobGoal
from xplenty_pulumi.cli.ui.options import read_span
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.reports.script_goals import CLUSTER_GOALS, JOB_GOALS
from xplenty_pulumi.emulator.backstage import KindName


def test_cluster_that_becomes_available(scene: Scene) -> None:
    """Each step is a line, and reaching the goal is exit code 0."""
    with scene.client() as client:
        number = client.clusters.create({"nodes": 2}).id

    ended = scene.run("wait", "cluster", number)

    assert (ended.code, ended.err) == (0, "")
    assert [line.partition(" \u00b7 ")[0].partition(" ")[2] for line in ended.lines] == [
        f"cluster {number} [1/2] pending",
        f"cluster {number} [2/2] creating",
        f"cluster {number} available",
    ]


def test_silence_is_broken_each_minute_in_a_ci_system(scene: Scene) -> None:
    """A log hears of every step, and at least each minute that it still goes on; no escape code is in it."""
    calm, told = (_lines_of_a_wait(scene, CI=text) for text in ("", "true"))

    seconds = [datetime.fromisoformat(line.split()[0]).timestamp() for line in told]
    assert len(told) > len(calm)
    assert max(later - sooner for sooner, later in pairwise(seconds)) <= 60 + 15
    assert "\x1b" not in "".join(told)


def test_cluster_that_is_terminated(scene: Scene) -> None:
    """Its end can be waited for as well."""
    number = scene.emulator.add_cluster().id
    with scene.client() as client:
        client.clusters.terminate(number)

    assert scene.run("wait", "cluster", number, "--for", "terminated").code == 0
    assert scene.emulator.cluster(number).status == "terminated"


@pytest.mark.parametrize(("goal", "status"), [("completed", "completed"), ("begun", "running"), ("ended", "completed")])
def test_job_that_goes_well(scene: Scene, goal: str, status: str) -> None:
    """The command ends when the goal is reached, and not before."""
    number = scene.job(scene.emulator.add_cluster())
    assert scene.run("wait", "job", number, "--for", goal).code == 0
    assert scene.emulator.job(number).status == status


@pytest.mark.parametrize(("goal", "code"), [("completed", 1), ("begun", 1), ("ended", 0)])
def test_job_that_fails(scene: Scene, goal: str, code: int) -> None:
    """It cannot complete any more, and its own error says why; but it has ended."""
    number = scene.job(scene.emulator.add_cluster(), 103)
    scene.clock.advance(60)

    ended = scene.run("wait", "job", number, "--for", goal)

    assert ended.code == code
    told = "cannot become completed: it failed: Package failed to execute: input path not found"
    assert (told.replace("completed", goal) in ended.err) == (code == 1)


def test_cluster_in_error(scene: Scene) -> None:
    """What cannot become available is not waited for."""
    number = scene.emulator.fail_cluster(scene.emulator.add_cluster().id).id
    ended = scene.run("wait", "cluster", number)
    assert (ended.code, scene.clock.now().isoformat()) == (1, "2026-01-01T00:00:00+00:00")
    assert "cannot become available: its status is error" in ended.err
    assert "goes on" not in ended.err


def test_time_out(scene: Scene) -> None:
    """When time is over the exit code is 1, and the text says that it goes on."""
    number = scene.job(scene.emulator.add_cluster())
    ended = scene.run("wait", "job", number, "--timeout", "20s")
    assert ended.code == 1
    assert f"job {number}: not completed after 20s; last seen running. It goes on; run the same command" in ended.err
    assert scene.emulator.job(number).status == "running"


@pytest.mark.parametrize("words", [["cluster", "7"], ["cluster", "7", "--for", "terminated"], ["job", "7"]])
def test_unknown_id(scene: Scene, words: list[str]) -> None:
    """A wrong id is an error at once, even where an end is waited for."""
    ended = scene.run("wait", *words)
    assert ended.code == 1
    assert "7: the service does not know it (404). Check the id" in ended.err


def test_what_is_forgotten_on_the_way_has_ended(scene: Scene) -> None:
    """A cluster that the service does not know any more is gone, and so is a run; but a run has not completed."""
    cluster = scene.emulator.add_cluster()
    first, second = scene.job(cluster), scene.job(cluster)
    goals: list[tuple[KindName, int, str]] = [
        ("job", first, "ended"),
        ("job", second, "completed"),
        ("cluster", cluster.id, "terminated"),
    ]
    lines = []
    for kind, number, goal in goals:
        scene.clock.script = [partial(scene.emulator.delete_record, kind, number), *[lambda: None] * 200]
        lines.append(scene.run("wait", kind, number, "--for", goal))

    assert [one.code for one in lines] == [0, 1, 0]
    assert lines[0].lines[-1].endswith(f"job {first} is not known to the service any more (404)")
    assert "cannot become completed: the service does not know it (404)" in lines[1].err


def test_ctrl_c(scene: Scene) -> None:
    """It ends the waiting with exit code 1 and one line, and nothing is changed."""
    number = scene.job(scene.emulator.add_cluster())
    scene.clock.script = [lambda: None]

    ended = scene.run("wait", "job", number)

    assert ended.code == 1
    assert ended.err == (
        "xplenty-pulumi wait job: ended by Ctrl-C; nothing was changed, and what was waited for goes on\n"
    )


def test_few_calls_left_are_said(scene: Scene) -> None:
    """While calls are kept for changes, the line says why nothing is looked at."""
    number = scene.job(scene.emulator.add_cluster())
    scene.emulator.set_credits_used(4_900)
    ended = scene.run("wait", "job", number, "--timeout", "30s")
    assert f"{at(1)} job {number} waiting \u00b7 2% of the hour's calls left" in ended.lines


@pytest.mark.parametrize(
    "words", [["cluster", "7", "--for", "happy"], ["job"], ["job", "0"], ["job", "7", "--for", "x"]]
)
def test_bad_usage(scene: Scene, words: list[str]) -> None:
    """What cannot be meant is exit code 2."""
    assert scene.run("wait", *words).code == 2


def test_goals_and_choices_are_the_same() -> None:
    """Every goal can be chosen, every choice is a goal, and the times are those of the resources."""
    assert {*CLUSTER_GOALS} == {*ClusterGoal}
    assert {*JOB_GOALS} == {*JobGoal}
    assert read_span("", "30m").total_seconds() == CLUSTER.by_name["ready_timeout"].default
    assert read_span("", "24h").total_seconds() == JOB_RUN.by_name["timeout"].default
    assert read_span("", "20m").total_seconds() == CLUSTER.by_name["terminate_timeout"].default


def _lines_of_a_wait(scene: Scene, **environment: str) -> list[str]:
    """Return what is said of a new cluster in its first two minutes."""
    with scene.client() as client:
        number = client.clusters.create({"nodes": 2}).id
    return scene.run("wait", "cluster", number, "--timeout", "2m", **environment).lines

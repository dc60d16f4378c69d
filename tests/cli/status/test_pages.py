"""The pages of `xplenty-pulumi status` for people: moments, ends, and the runs that have failed."""

import pytest

from tests.support.accounts.command_line import Scene, at

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

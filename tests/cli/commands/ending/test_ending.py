"""`xplenty-pulumi stop` and `terminate`: what they ask, what they refuse, and that the end is seen."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.accounts.command_line import KEY, OWNER, SCOPE, Scene, opened_scene
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, sign
from xplenty_pulumi.emulator import EmulatedCluster, Emulator, FaultRule, Faults, Seed


@pytest.fixture
def spare(scene: Scene) -> EmulatedCluster:
    """A cluster of no stack."""
    return scene.emulator.add_cluster(name="spare")


def changes_of(scene: Scene) -> list[str]:
    """Return the calls that ask for an end."""
    return [call for call in scene.calls() if call.startswith("DELETE")]


def test_job_is_stopped_and_seen_stopped(scene: Scene, spare: EmulatedCluster) -> None:
    """The command ends when the service shows that the run has ended."""
    number = scene.job(spare)
    ended = scene.run("stop", "job", number, "--yes")
    assert (ended.code, ended.lines[-1].partition(" ")[2]) == (0, f"job {number} stopped")
    assert scene.emulator.job(number).status == "stopped"


def test_cluster_is_terminated_and_seen_terminated(scene: Scene, spare: EmulatedCluster) -> None:
    """The command ends when the service shows that the cluster is gone."""
    ended = scene.run("terminate", "cluster", spare.id, "--yes")
    assert (ended.code, ended.lines[-1].partition(" ")[2]) == (0, f"cluster {spare.id} terminated")
    assert scene.emulator.cluster(spare.id).status == "terminated"


def test_cluster_that_is_being_built_is_waited_for_first(scene: Scene) -> None:
    """The service refuses to end it before it is built, so that comes first."""
    with scene.client() as client:
        number = client.clusters.create({"nodes": 2}).id
    assert scene.run("terminate", "cluster", number, "--yes").code == 0
    assert scene.emulator.cluster(number).status == "terminated"


@pytest.mark.parametrize("kind", ["job", "cluster"])
def test_what_belongs_to_a_stack_needs_force(scene: Scene, kind: str) -> None:
    """Without it nothing is sent; with it the thing is ended."""
    cluster = scene.owned_cluster()
    number = scene.job(cluster) if kind == "job" else cluster.id
    command = ["stop", "job"] if kind == "job" else ["terminate", "cluster"]

    refused = scene.run(*command, number, "--yes")
    assert refused.code == 1
    assert f"{kind} {number}: it belongs to the stack with the scope {SCOPE}" in refused.err
    assert not changes_of(scene)

    assert scene.run(*command, number, "--yes", "--force").code == 0
    assert len(changes_of(scene)) == 1


def test_a_stack_of_this_backend_is_named(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """People know it by its name, as `status` shows it."""
    state = tmp_path / ".pulumi" / "stacks" / "loads" / "dev.json"
    state.parent.mkdir(parents=True)
    state.write_text("{}", encoding="utf-8")
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    marker = marker_of(Owner("organization", "loads", "dev", "nightly"))
    cluster = scene.owned_cluster(description=sign("", marker))

    refused = scene.run("terminate", "cluster", cluster.id, "--yes")

    assert "it belongs to stack loads/dev, whose state would not show its end" in refused.err


def test_what_a_stack_adopts_until_it_can_be_ended_needs_force(scene: Scene) -> None:
    """A cluster that is being built is waited for, and who adopts it meanwhile does not lose it."""
    with scene.client() as client:
        number = client.clusters.create({"nodes": 2}).id
    theirs = sign("loads", marker_of(OWNER))
    scene.clock.script = [lambda: scene.emulator.edit_cluster(number, description=theirs)] + [lambda: None] * 40
    refused = scene.run("terminate", "cluster", number, "--yes")
    assert (refused.code, changes_of(scene)) == (1, [])
    assert f"cluster {number}: it has changed hands meanwhile; it was not ended" in refused.err
    scene.clock.script = None
    assert scene.run("terminate", "cluster", number, "--yes", "--force").code == 0


def test_run_that_becomes_a_stacks_during_the_question_is_not_stopped(
    scene: Scene, spare: EmulatedCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its cluster was adopted before the answer, and the yes was to the run of a cluster of nobody."""
    number, theirs = scene.job(spare), sign("loads", marker_of(OWNER))
    monkeypatch.setattr(Screen, "ask", lambda *_, **__: scene.emulator.edit_cluster(spare.id, description=theirs))
    refused = scene.run("stop", "job", number)
    assert (refused.code, changes_of(scene)) == (1, [])
    assert f"job {number}: it belongs to the stack with the scope {SCOPE}" in refused.err


def test_all_that_is_to_be_insisted_on_is_said_at_once(scene: Scene) -> None:
    """A stack's cluster with active jobs needs two options, and the first refusal names both."""
    cluster = scene.owned_cluster()
    scene.job(cluster)
    refused = scene.run("terminate", "cluster", cluster.id, "--yes")
    assert "insist with --force, and with --active-jobs, as jobs are active on it" in " ".join(refused.err.split())


def test_force_is_no_yes(scene: Scene) -> None:
    """Whoever insists is still asked."""
    assert scene.run("terminate", "cluster", scene.owned_cluster().id, "--force").code == 2
    assert not changes_of(scene)


def test_without_a_terminal_it_needs_yes(scene: Scene, spare: EmulatedCluster) -> None:
    """It says what it would do, and does nothing."""
    number = scene.job(spare)
    for words in (["stop", "job", number], ["terminate", "cluster", spare.id, "--active-jobs", "stop"]):
        ended = scene.run(*words)
        assert ended.code == 2
        assert "There is no terminal to ask on, so nothing was ended. Run it with --yes" in ended.err
    assert not changes_of(scene)


def test_active_jobs_are_a_reason_not_to(scene: Scene, spare: EmulatedCluster) -> None:
    """Runs that were not named are not ended along, unless that is asked for."""
    number = scene.job(spare)

    refused = scene.run("terminate", "cluster", spare.id, "--yes")
    assert refused.code == 1
    assert f"jobs are still active on it: {number} (idle); nothing was stopped or ended" in refused.err
    assert not changes_of(scene)

    ended = scene.run("terminate", "cluster", spare.id, "--yes", "--active-jobs", "stop")
    assert ended.code == 0
    assert f"stopped job {number}, which was still active on cluster {spare.id}" in ended.err


def test_active_jobs_can_be_waited_for(scene: Scene, spare: EmulatedCluster) -> None:
    """They complete before the cluster ends."""
    number = scene.job(spare)
    assert scene.run("terminate", "cluster", spare.id, "--yes", "--active-jobs", "wait").code == 0
    assert scene.emulator.job(number).status == "completed"


def test_what_has_ended_is_left_alone(scene: Scene, spare: EmulatedCluster) -> None:
    """It is said, needs no --yes, and is no error."""
    number = scene.job(spare)
    scene.emulator.complete_job(number)
    assert scene.run("stop", "job", number).lines == [f"job {number} has ended already: completed"]

    scene.emulator.end_cluster(spare.id)
    assert scene.run("terminate", "cluster", spare.id).lines == [f"cluster {spare.id} has ended already: terminated"]
    assert not changes_of(scene)


def test_job_that_completes_before_it_is_stopped(scene: Scene, spare: EmulatedCluster) -> None:
    """What has become of it is told as it is."""
    number = scene.job(spare)
    with scene.client() as client:
        client.jobs.stop(number)
    scene.clock.script = [lambda: scene.emulator.complete_job(number)] + [lambda: None] * 20
    assert f"job {number} completed, before it could be stopped" in scene.run("stop", "job", number, "--yes").out


def test_end_that_is_under_way_is_only_waited_for(scene: Scene, spare: EmulatedCluster) -> None:
    """A cluster that is ending already is not ended twice, and nobody is asked."""
    with scene.client() as client:
        client.clusters.terminate(spare.id)
    assert scene.run("terminate", "cluster", spare.id).code == 0
    assert len(changes_of(scene)) == 1


@pytest.mark.parametrize("words", [["stop", "job", "7"], ["terminate", "cluster", "7"]])
def test_unknown_id(scene: Scene, words: list[str]) -> None:
    """A wrong id is an error, not a success."""
    ended = scene.run(*words, "--yes")
    assert ended.code == 1
    assert "7: the service does not know it (404). Check the id" in ended.err


def test_time_out(scene: Scene, spare: EmulatedCluster) -> None:
    """Time that is over before the end is seen is exit code 1."""
    ended = scene.run("terminate", "cluster", spare.id, "--yes", "--timeout", "10s")
    assert ended.code == 1
    assert "not terminated after 10s" in ended.err


def test_ctrl_c_says_what_goes_on(scene: Scene, spare: EmulatedCluster) -> None:
    """A stop that was sent is not taken back."""
    scene.clock.script = [lambda: None]
    ended = scene.run("terminate", "cluster", spare.id, "--yes")
    assert ended.code == 1
    assert "ended by Ctrl-C; an end that was sent goes on: look with `xplenty-pulumi status`" in ended.err


@pytest.mark.parametrize(("answer", "code", "status"), [("y", 0, "terminated"), ("n", 1, "available")])
def test_on_a_terminal_it_asks(answer: str, code: int, status: str) -> None:
    """The question names the cluster, without a key that is in its name, and only a yes is one."""
    with Emulator(Seed(api_key=KEY), step=30) as account:
        number = account.add_cluster(name=f"spare {KEY}").id
        settings = {"XPLENTY_API_KEY": KEY, "XPLENTY_ACCOUNT_ID": account.account_id, "XPLENTY_API_URL": account.url}
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "-m", "xplenty_pulumi.cli", "terminate", "cluster", str(number)],
            env={**os.environ, **settings, "XPLENTY_POLL_SECONDS": "0.1"},
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            os.close(theirs)
            os.write(ours, f"{answer}\n".encode())
            output, _ = process.communicate(timeout=60)
            os.close(ours)

        assert f"Terminate cluster {number} (spare ***: available, 2 nodes)?".encode() in output
        assert (process.returncode, account.cluster(number).status) == (code, status), output


def test_an_end_whose_reads_fail_is_not_said_to_be_none(
    monkeypatch: pytest.MonkeyPatch, schema_watch: SchemaWatch
) -> None:
    """The cluster has ended, so that only the failed read changed nothing."""
    schema_watch.look_away()
    lost = FaultRule("DELETE clusters/{id}", "504 after")
    unread = FaultRule("GET clusters/{id}", "502 before", calls=range(3, 100))
    with opened_scene(monkeypatch, gates=[Faults(lost, unread)]) as scene:
        number = scene.emulator.add_cluster(name="spare").id
        ended = scene.run("terminate", "cluster", number, "--yes")
        assert scene.emulator.cluster(number).status != "available"
    assert (ended.code, len(changes_of(scene)) >= 1) == (1, True)
    assert "Reading changes nothing; run again" in ended.err
    assert "othing was changed" not in ended.err

"""Who is told of clusters and runs, and that a run of which nothing is told is neither lost nor run twice."""

import pytest

from tests.core.reconcile.runs.test_jobs import wanted
from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired
from tests.support.faults.behaviours import answers, lost_after, lost_before, rewritten
from tests.support.faults.exchange import Behaviour
from xplenty_pulumi.errors import AuthError, ReadyFailed, UnsureError


@pytest.mark.parametrize("told", [True, False])
def test_a_cluster_is_watched_as_declared(bench: Bench, told: bool) -> None:
    """Whoever watched it before, the user of the key is told of it or not, from its creation on."""
    outcome = bench.clusters.create(desired(notify=told))
    assert outcome.problem is None
    assert bench.emulator.cluster(outcome.record.id).watched is told
    assert bool(bench.emulator.mail()) is told


def test_without_notify_nobody_asks(bench: Bench) -> None:
    """Watchers are neither read nor changed, so that states of old are as they were."""
    bench.clusters.create(desired())
    bench.job_runs.create(wanted(bench))
    assert bench.wire.count(".*/watchers") == 0
    assert [path for _, path, _ in bench.wire.requests if path.endswith("watchers")] == []


def test_switching_off_and_on_is_seen(bench: Bench) -> None:
    """An update changes the watchers and nothing else."""
    made = bench.clusters.create(desired()).record
    signed = bench.wire.count("PUT .*")
    for told in (False, True, True):
        assert bench.clusters.update(made.id, desired(notify=told)).problem is None
        assert bench.emulator.cluster(made.id).watched is told
    assert bench.wire.count("PUT .*") == signed
    assert bench.wire.count("POST clusters/.*/watchers") == 1


@pytest.mark.parametrize("behaviour", [lost_before, lost_after])
def test_a_lost_answer_is_looked_for(bench: Bench, behaviour: Behaviour) -> None:
    """Whether it took effect is seen from the list, and it is done once more if not."""
    bench.wire.on("DELETE clusters/.*/watchers", behaviour, calls={1})
    outcome = bench.clusters.create(desired(notify=False))
    assert (outcome.problem, bench.emulator.cluster(outcome.record.id).watched) == (None, False)


def test_a_list_that_stays_is_a_problem(bench: Bench) -> None:
    """The cluster is kept, and the text says what is not so."""
    bench.wire.on("GET clusters/.*/watchers", rewritten(lambda record: record.update(id=999)))
    outcome = bench.clusters.create(desired(notify=True))
    assert isinstance(outcome.problem, ReadyFailed)
    assert "put on its watchers, but the service shows otherwise" in str(outcome.problem)


def test_a_refusal_is_a_problem_that_keeps_the_cluster(bench: Bench) -> None:
    """A key that may not see watchers says so; the id is not lost."""
    bench.wire.on("GET clusters/.*/watchers", answers(403))
    outcome = bench.clusters.create(desired(notify=False))
    assert isinstance(outcome.problem, AuthError)
    assert outcome.record.id == bench.emulator.clusters()[0].id


def test_a_run_is_unwatched_while_it_is_active_only(bench: Bench) -> None:
    """No mail is written of its end; once it has succeeded it is watched, as what a resource holds must be."""
    run = bench.job_runs.create(wanted(bench, notify=False)).record
    assert f"job {run.id}" not in {mail.about for mail in bench.emulator.mail()}
    assert bench.emulator.job(run.id).watched


def test_a_silent_run_that_was_let_go_is_not_taken_for_a_lost_one(bench: Bench) -> None:
    """Destroyed and declared again, now with word of it, an equal run is a new run."""
    first = bench.job_runs.create(wanted(bench, notify=False)).record
    bench.job_runs.stop(first.id, timeout=60)
    second = bench.another_process().job_runs.create(wanted(bench)).record
    assert second.id != first.id


def test_a_silent_run_that_the_state_lost_is_taken_up(bench: Bench) -> None:
    """The provider has seen it succeed, so it is watched, and is not run twice."""
    first = bench.job_runs.create(wanted(bench, notify=False)).record
    assert bench.another_process().job_runs.create(wanted(bench, notify=False)).record.id == first.id


def test_an_unwatched_success_is_not_run_twice_on_a_guess(bench: Bench) -> None:
    """Of a crash while it was active nothing is left but an unwatched success: the user decides."""
    run = bench.job_runs.create(wanted(bench, notify=False)).record
    bench.client.jobs.unwatch(run.id)
    with pytest.raises(UnsureError, match="does not tell a run that an earlier attempt lost from") as caught:
        bench.another_process().job_runs.create(wanted(bench, notify=False))
    assert caught.value.candidates == (str(run.id),)
    again = bench.another_process().job_runs.create(wanted(bench, notify=False, on_unsure="rerun"))
    assert again.record.id != run.id


def test_an_active_silent_run_is_taken_up(bench: Bench) -> None:
    """Watchers decide nothing about a run that is still going."""
    bench.cancel_at("POST jobs")
    going = bench.job_runs.create(wanted(bench, notify=False)).record
    assert not bench.emulator.job(going.id).watched
    process = bench.another_process()
    process.interruption = ""
    assert process.job_runs.create(wanted(bench, notify=False)).record.id == going.id
    assert len(bench.emulator.jobs()) == 1


def test_a_held_run_that_can_not_be_noted_is_a_warning(bench: Bench) -> None:
    """The run has succeeded all the same."""
    bench.wire.on("POST jobs/.*/watchers", answers(403))
    outcome = bench.job_runs.create(wanted(bench, notify=False))
    assert outcome.problem is None
    assert "could not be noted as held" in bench.warned[0]


def test_a_run_whose_watchers_are_refused_is_kept(bench: Bench) -> None:
    """It goes on, its id is in the outcome, and the next attempt follows it."""
    bench.wire.on("GET jobs/.*/watchers", answers(403), calls={1})
    desired_run = wanted(bench, notify=True)
    outcome = bench.job_runs.create(desired_run)
    assert isinstance(outcome.problem, AuthError)
    assert bench.job_runs.resume(outcome.record.id, desired_run).problem is None


@pytest.mark.parametrize("told", [True, False])
def test_a_look_shows_who_is_told(bench: Bench, told: bool) -> None:
    """Where `notify` is declared, a look at the cluster and at an active run is a look at their watchers too."""
    cluster = bench.clusters.create(desired(notify=told)).record.id
    run = wanted(bench, notify=told, wait_for="running")
    number = bench.job_runs.create(run).record.id
    for change in (None, bench.client.jobs.unwatch if told else bench.client.jobs.watch):
        if change is not None:
            change(number)
            (bench.client.clusters.unwatch if told else bench.client.clusters.watch)(cluster)
        expected = told if change is None else not told
        assert bench.job_runs.read(number, last_status="running", desired=run).notified is expected
        assert bench.clusters.read(cluster, inputs={"notify": told}).notified is expected


def test_a_look_without_notify_asks_nothing_more(bench: Bench) -> None:
    """Nor does one at a run that has ended, of which there is nothing more to be told."""
    cluster = bench.clusters.create(desired()).record.id
    run = wanted(bench, notify=True)
    ended = bench.job_runs.create(run).record.id
    asked = bench.wire.count("GET .*/watchers")
    assert bench.clusters.read(cluster, inputs={"nodes": 2}).notified is None
    assert bench.job_runs.read(ended, last_status="completed", desired=run).notified is None
    assert bench.wire.count("GET .*/watchers") == asked


def test_a_thing_that_is_gone_is_told_to_nobody(bench: Bench) -> None:
    """What vanishes between two calls is left to the next look."""
    cluster = bench.clusters.create(desired(notify=True)).record.id
    bench.wire.on("GET clusters/.*/watchers", answers(404))
    assert bench.clusters.read(cluster, inputs={"notify": True}).notified is None
    bench.emulator.end_cluster(cluster)
    asked = bench.wire.count("GET .*/watchers")
    assert bench.clusters.read(cluster, inputs={"notify": True}).gone
    assert bench.wire.count("GET .*/watchers") == asked


def test_who_the_user_is_is_asked_once(bench: Bench) -> None:
    """A refresh of many costs a call for the watchers of each, and one for all of them together."""
    numbers = [bench.emulator.add_cluster().id for _ in range(5)]
    for number in numbers:
        bench.clusters.read(number, inputs={"notify": True})
    assert (bench.wire.count("GET .*/watchers"), bench.wire.count("GET /user")) == (5, 1)

"""The account's own past says how long things usually take."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.accounts.bench import BUILDING_TIME, Bench
from tests.support.accounts.desired import OWNER, desired, desired_run
from xplenty_pulumi.client import Cluster, Job
from xplenty_pulumi.core.kinds.cluster import built_at
from xplenty_pulumi.core.reconcile.runs.known import usual_seconds
from xplenty_pulumi.core.waiting.patience import usual

START = datetime(2026, 1, 1, tzinfo=UTC)
OTHER = replace(OWNER, name="other")


def span(seconds: float) -> tuple[datetime, datetime]:
    """Return a span of that length."""
    return START, START + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("lengths", "seconds"), [([], None), ([60], 60), ([60, 70, 500], 70), ([-5, 0, 90_000], None), ([0, 60], 60)]
)
def test_the_median_counts(lengths: list[float], seconds: float | None) -> None:
    """One that took much longer, and times that make no sense, change nothing."""
    assert usual(map(span, lengths)) == seconds


def test_only_the_newest_count() -> None:
    """What took long years ago says nothing about today."""
    assert usual(map(span, [60] * 20 + [600] * 200)) == 60


def test_spans_without_an_end_say_nothing() -> None:
    """A cluster that never became available has no such time."""
    assert usual([(START, None), (None, START)]) is None


def test_the_row_of_a_new_cluster_says_what_is_usual(bench: Bench) -> None:
    """The second cluster of a type is told the time of the first."""
    bench.clusters.create(desired())
    bench.told.clear()
    bench.another_process()
    other = bench.another_process()
    other.clusters.create(desired(name="other", owner=OTHER))
    assert BUILDING_TIME == 180
    assert {detail.endswith("of 30m · usually 3m") for _, detail in other.told} == {True}


def test_a_cluster_that_has_been_idle_since_says_how_long_its_create_took(bench: Bench) -> None:
    """A run on an idle cluster moves the time since which it is available, and not that of its launch."""
    made = bench.emulator.cluster(bench.clusters.create(desired(time_to_idle=600)).record.id)
    bench.clock.advance(36_000)
    bench.job_runs.create(desired_run(made))
    assert bench.emulator.cluster(made.id).available_since != made.available_since
    bench.told.clear()
    other = bench.another_process()
    other.clusters.create(desired(name="other", owner=OTHER))
    assert {detail.endswith("of 30m · usually 3m") for _, detail in other.told} == {True}


@pytest.mark.parametrize(("minutes", "time_to_idle", "is_known"), [(5, 600, True), (620, 600, False), (5, None, False)])
def test_a_record_without_the_launch(minutes: int, time_to_idle: int | None, *, is_known: bool) -> None:
    """It counts only where it cannot have been idle before."""
    created, available = span(minutes * 60)
    one = Cluster(id=7, status="idle", created_at=created, available_since=available, time_to_idle=time_to_idle)
    assert built_at(one) == (available if is_known else None)


def test_those_of_the_same_up_say_what_is_usual(bench: Bench) -> None:
    """In an account without a past, a cluster that is ready tells those that are still waited for."""
    made = [bench.client.clusters.create({"nodes": 2}) for _ in range(3)]
    with ExitStack() as waits:
        first, *_ = [waits.enter_context(bench.polls.clusters.poller.following(one.id)) for one in made]
        first.poll()
        assert bench.known_clusters.usual_seconds(made[0].type, polled=bench.polls.clusters.poller.latest) is None
        bench.clock.advance(BUILDING_TIME)
        first.poll()
    assert bench.known_clusters.usual_seconds(made[0].type, polled=bench.polls.clusters.poller.latest) == BUILDING_TIME
    assert bench.known_clusters.usual_seconds("another", polled=bench.polls.clusters.poller.latest) is None


def test_another_type_says_nothing(bench: Bench) -> None:
    """A sandbox takes another time than a cluster of many nodes."""
    bench.clusters.create(desired())
    other = bench.another_process()
    other.clusters.create(desired(nodes=1, type="sandbox", owner=OTHER))
    assert {"usually" in detail for _, detail in other.told} == {False}


def test_a_queue_says_nothing_of_the_next_run() -> None:
    """Only the time in which a run was running counts; a record without its start counts from its submission."""
    created, started = span(1500)
    completed = started + timedelta(seconds=600)
    one = Job(id=7, status="completed", created_at=created, started_at=started, completed_at=completed)
    assert usual_seconds([one]) == 600
    assert usual_seconds([one.model_copy(update={"started_at": None})]) == 2100


def test_runs_of_a_package_have_their_usual_time(bench: Bench) -> None:
    """A run is told how long the package's runs took that have succeeded."""
    cluster = bench.ready_cluster()
    bench.job_runs.create(desired_run(cluster, variables={"day": "1"}))
    bench.told.clear()
    bench.job_runs.create(desired_run(cluster, variables={"day": "2"}, owner="other"))
    assert any("usually" in detail for _, detail in bench.told)

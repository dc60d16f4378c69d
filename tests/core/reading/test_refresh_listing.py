"""Many things that are read together cost the pages of the list that they are on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.crowd import TOGETHER, Crowd
from tests.support.accounts.desired import OWNER, signed
from tests.support.faults.behaviours import answers, preceded_by
from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reading.snapshots import RefreshListing


@pytest.fixture
def crowd() -> Crowd:
    """The clock of those who ask together."""
    return Crowd()


@pytest.fixture
def survey(bench: Bench, crowd: Crowd) -> RefreshListing[Cluster]:
    """The survey of the clusters."""
    return Polls(bench.client, crowd).clusters.listing


def clusters(bench: Bench, count: int) -> list[int]:
    """Return the ids of that many clusters, the oldest first."""
    return [bench.emulator.add_cluster().id for _ in range(count)]


def test_one_alone_is_read_singly(bench: Bench) -> None:
    """Who is still alone after a moment is told to read singly."""
    (one,) = clusters(bench, 1)
    assert Polls(bench.client, bench.clock).clusters.listing.find(one) is None
    assert bench.wire.count("GET .*") == 0


def test_a_thousand_cost_ten_pages(bench: Bench, survey: RefreshListing[Cluster], threads: ThreadPoolExecutor) -> None:
    """In whatever order they are asked for, and however many are asked for at once."""
    ids = clusters(bench, 1_000)
    found = [*threads.map(survey.find, ids[:TOGETHER]), *map(survey.find, ids[TOGETHER:])]
    assert [one.id if one else None for one in found] == ids
    assert bench.wire.count("GET .*") == 10


def test_what_is_unfinished_is_told_by_its_owner(
    bench: Bench, survey: RefreshListing[Cluster], threads: ThreadPoolExecutor
) -> None:
    """Of the pages that were read so far, and of those that are read later as well."""
    older = bench.emulator.add_cluster(description=signed()).id
    clusters(bench, 100)
    bench.emulator.add_cluster(description=signed(held=True))
    newer = bench.emulator.add_cluster(description=signed(seed=2)).id
    ids = clusters(bench, TOGETHER)
    assert survey.unfinished_of(marker_of(OWNER)) is None
    assert all(threads.map(survey.find, ids))
    assert [one.id for one in survey.unfinished_of(marker_of(OWNER)) or ()] == [newer]
    assert survey.unfinished_of(marker_of(replace(OWNER, name="other"))) == []
    survey.find(older)
    assert [one.id for one in survey.unfinished_of(marker_of(OWNER)) or ()] == [newer, older]


def test_slow_pages_are_read_once(bench: Bench, crowd: Crowd, threads: ThreadPoolExecutor) -> None:
    """However long the list takes, those who have waited for it ask for no other one."""
    ids = clusters(bench, 1_000)
    listing = Polls(bench.client, crowd).clusters.listing
    bench.wire.on("GET clusters", preceded_by(lambda: crowd.advance(3.0)))
    found = [*threads.map(listing.find, ids[:TOGETHER]), *map(listing.find, ids[TOGETHER:])]
    assert [one.id if one else None for one in found] == ids
    assert bench.wire.count("GET .*") == 10


def test_a_long_past_is_not_read_for_a_few(
    bench: Bench, survey: RefreshListing[Cluster], threads: ThreadPoolExecutor
) -> None:
    """Things that are further down than ten pages, and one more for each of them, are read singly."""
    ids = clusters(bench, TOGETHER)
    clusters(bench, 2_000)
    assert list(threads.map(survey.find, ids)) == [None] * TOGETHER
    assert bench.wire.count("GET .*") == 10 + TOGETHER


@pytest.mark.parametrize("pauses", [[2.5], [1.9] * 64], ids=["after a pause", "after two minutes"])
def test_a_list_that_is_old_is_read_anew(
    bench: Bench, crowd: Crowd, survey: RefreshListing[Cluster], threads: ThreadPoolExecutor, pauses: list[float]
) -> None:
    """Who asks after a pause, or after two minutes of asking, is not shown what was seen before."""
    ids = clusters(bench, TOGETHER)
    list(threads.map(survey.find, ids))
    for pause in pauses[:-1]:
        crowd.advance(pause)
        assert survey.find(ids[0]) is not None
    crowd.advance(pauses[-1])
    bench.emulator.edit_cluster(ids[0], name="changed")
    found = next(iter(threads.map(survey.find, ids)))
    assert found is not None
    assert found.name == "changed"


def test_a_list_that_can_not_be_read_is_asked_once(
    bench: Bench, survey: RefreshListing[Cluster], threads: ThreadPoolExecutor
) -> None:
    """All are read singly then, and what is wrong comes to light there."""
    ids = clusters(bench, TOGETHER)
    bench.wire.on("GET clusters", answers(404))
    assert list(threads.map(survey.find, ids)) == [None] * TOGETHER
    assert bench.wire.count("GET .*") == 1

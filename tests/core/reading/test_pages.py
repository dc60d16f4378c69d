"""A list is read page by page, and says whether all of it was read."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.accounts.bench import Bench
from tests.support.faults.behaviours import answers
from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.reading.pages import PAGE, PagedList, first_page, newest_first
from xplenty_pulumi.errors import ServerError

Listed = Callable[[int], PagedList[Cluster]]


@pytest.fixture
def listed(bench: Bench) -> Listed:
    """A maker of accounts with that many clusters, which gives their list."""

    def make(count: int) -> PagedList[Cluster]:
        for _ in range(count):
            bench.emulator.add_cluster()
        return PagedList(newest_first(bench.client, "clusters"))

    return make


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (99, 1), (101, 2), (250, 3)])
def test_list_is_complete_at_its_end(bench: Bench, listed: Listed, count: int, calls: int) -> None:
    """Each page costs a call, none is read twice, and each record is there once, the newest first."""
    clusters = listed(count)
    clusters.read_all()
    assert clusters.is_complete
    assert (len(clusters.found), list(clusters.found)) == (count, sorted(clusters.found, reverse=True))
    assert clusters.more() == {}
    assert bench.wire.count("GET clusters") == calls


def test_full_page_is_not_known_to_be_the_last(bench: Bench, listed: Listed) -> None:
    """Whether something follows on it would cost a call."""
    clusters = listed(PAGE)
    assert len(clusters.more()) == PAGE
    assert not clusters.is_complete
    assert bench.wire.count("GET clusters") == 1


def test_reading_for_some_ends_where_they_are_found(bench: Bench, listed: Listed) -> None:
    """Nothing that is further down is read; what is far down is left to be read by itself."""
    clusters = listed(500)
    newest = list(first_page(newest_first(bench.client, "clusters")))
    before = bench.wire.count("GET clusters")
    clusters.read_for([one.id for one in newest[:2]])
    assert (bench.wire.count("GET clusters") - before, clusters.is_complete) == (1, False)
    clusters.read_for([newest[-1].id - 399])
    assert bench.wire.count("GET clusters") - before == 2


def test_list_that_the_client_cuts_is_not_complete() -> None:
    """What is not in it may exist all the same."""

    class Cut(Iterator[Cluster]):
        is_complete = False

        def __next__(self) -> Cluster:
            raise StopIteration

    clusters = PagedList(Cut())
    clusters.read_all()
    assert not clusters.is_complete


def test_nothing_is_read_after_trouble(bench: Bench, listed: Listed) -> None:
    """Whoever asks again is given nothing, at no call."""
    clusters = listed(3)
    bench.wire.on("GET clusters", answers(503))
    with pytest.raises(ServerError):
        clusters.more()
    before = bench.wire.count("GET clusters")
    assert (clusters.more(), clusters.is_complete) == ({}, False)
    assert bench.wire.count("GET clusters") == before

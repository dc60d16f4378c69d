"""Looking at the living clusters of an account: what a look shows, and at what cost."""

import threading

import httpx
import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, signed
from tests.support.faults.behaviours import answers, preceded_by
from tests.support.faults.exchange import Exchange
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.errors import InvalidError, NotFoundError

OURS = marker_of(OWNER)
A_LOOK = 9
"""Calls of a look at an account with a long history: the newest page, and a list for each status before the end."""
"""Calls that one look costs: the newest, and one list for each status that is asked for."""


def long_history(bench: Bench) -> None:
    """Let a hundred clusters have ended."""
    for _ in range(100):
        bench.emulator.add_cluster(status="terminated")


def test_every_status_before_the_end_is_listed(bench: Bench) -> None:
    """The lists cover the table's living and broken ones; a new one in the table cannot be forgotten here."""
    unended = [*filter(CLUSTER.is_living, CLUSTER.phases), *CLUSTER.statuses(Phase.FAILED)]
    made = {bench.emulator.add_cluster(status=status).id for status in unended}
    for _ in range(100):
        bench.emulator.add_cluster(status="terminated")
    assert set(bench.known_clusters.listing().unended) == made


def test_a_short_list_is_a_whole_look(bench: Bench) -> None:
    """Where one page has everything, nothing else is asked for."""
    made = bench.emulator.add_cluster()
    for _ in range(98):
        bench.emulator.add_cluster(status="terminated")
    assert set(bench.known_clusters.listing().unended) == {made.id}
    assert bench.wire.count("GET clusters") == 1


def test_a_look_serves_all_who_ask_within_five_seconds(bench: Bench) -> None:
    """Twenty clusters created together cost the calls of one look; after five seconds it is too old."""
    long_history(bench)
    bench.clock.advance(1000)
    for _ in range(20):
        bench.known_clusters.claims(OURS)
    assert bench.wire.count("GET clusters") == A_LOOK
    bench.clock.advance(5)
    bench.known_clusters.listing()
    assert bench.wire.count("GET clusters") == A_LOOK
    bench.clock.advance(0.5)
    bench.known_clusters.listing()
    assert bench.wire.count("GET clusters") == 2 * A_LOOK


def test_a_marker_that_an_old_cluster_gains_is_seen_by_the_next_look(bench: Bench) -> None:
    """What is below the newest hundred is read anew as well: a hand-over to us may have happened meanwhile."""
    old = bench.emulator.add_cluster(description="night loads")
    long_history(bench)
    assert bench.known_clusters.claims(OURS).adoptable == ()
    bench.emulator.edit_cluster(old.id, description=signed("night loads"))
    bench.clock.advance(6)
    assert [one.id for one in bench.known_clusters.claims(OURS).adoptable] == [old.id]


def test_a_slow_look_serves_all_who_have_waited_for_it(bench: Bench) -> None:
    """However long the lists take, twenty creates cost the calls of one look."""
    long_history(bench)
    bench.wire.on("GET clusters", preceded_by(lambda: bench.clock.advance(3)))
    for _ in range(20):
        bench.known_clusters.claims(OURS)
    assert bench.wire.count("GET clusters") == A_LOOK


def test_threads_share_one_look(bench: Bench) -> None:
    """Whoever comes while a look is taken waits for it instead of taking another."""
    long_history(bench)
    threads = [threading.Thread(target=bench.known_clusters.listing) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bench.wire.count("GET clusters") == A_LOOK


def test_forgetting_makes_the_next_look_new(bench: Bench) -> None:
    """What may have been created since is seen."""
    bench.known_clusters.listing()
    made = bench.emulator.add_cluster()
    bench.clock.advance(6)
    assert made.id in bench.known_clusters.listing().unended


def test_a_failed_look_is_not_kept(bench: Bench) -> None:
    """The next who asks looks again."""
    long_history(bench)
    bench.wire.on("GET clusters", answers(422), calls={3})
    with pytest.raises(InvalidError):
        bench.known_clusters.listing()
    assert bench.known_clusters.listing().unended == {}


def test_only_the_newest_hundred_are_looked_at_whatever_their_status(bench: Bench) -> None:
    """A long history costs one page."""
    for _ in range(150):
        bench.emulator.add_cluster(status="terminated")
    assert len(bench.known_clusters.listing().newest) == 100
    assert bench.wire.count("GET clusters") == A_LOOK


def test_a_failed_look_is_shared_by_those_who_waited_for_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """An outage costs the calls of one look, however many have asked while it was taken."""
    troubles, has_asked = list[NotFoundError](), threading.Event()
    monotonic = bench.clock.monotonic

    def noted() -> float:
        if threading.current_thread() is second:
            has_asked.set()
        return monotonic()

    def ask() -> None:
        with pytest.raises(NotFoundError) as caught:
            bench.known_clusters.listing()
        troubles.append(caught.value)

    def fails_late(exchange: Exchange) -> httpx.Response:
        second.start()
        assert has_asked.wait(30)
        bench.clock.advance(1)
        return exchange.meet(answers(404))

    second = threading.Thread(target=ask)
    monkeypatch.setattr(bench.clock, "monotonic", noted)
    bench.wire.on("GET clusters", fails_late, calls={1})
    ask()
    second.join(30)
    assert len(troubles) == 2
    assert bench.wire.count("GET clusters") == 1


def test_what_was_just_posted_makes_the_next_look_new(bench: Bench) -> None:
    """The owner who has just sent a create call sees what it made; others may see what was there before."""
    bench.clock.advance(1000)
    bench.known_clusters.listing()
    made = bench.emulator.add_cluster()
    bench.known_clusters.posted(OURS)
    assert made.id not in bench.known_clusters.listing().unended
    assert made.id in bench.known_clusters.listing(OURS).unended


def test_a_look_shows_what_was_there(bench: Bench) -> None:
    """By its id, an ended one among the newest too, and one that lives however old it is."""
    old = bench.emulator.add_cluster()
    ended = [bench.emulator.add_cluster(status="terminated").id for _ in range(101)]
    look = bench.known_clusters.listing()
    assert look.shows(old.id)
    assert look.shows(ended[-1])
    assert not look.shows(ended[0])
    assert not look.shows(ended[-1] + 1)


@pytest.mark.parametrize(("status", "user"), [(200, 27), (500, None)])
def test_the_user_of_the_key_may_stay_unknown(bench: Bench, status: int, user: int | None) -> None:
    """A service that does not tell it keeps nobody from working."""
    if status != 200:
        bench.wire.on("GET .*user", answers(status))
    assert bench.known_clusters.user == user

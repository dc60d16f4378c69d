"""All who wait share the same looks at the list, and none of them is shown anything old."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.support.accounts.bench import Bench
from tests.support.faults.behaviours import answers
from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reading.shared import GATHERING, PollReader
from xplenty_pulumi.errors import ServerError

Follow = Callable[[int], PollReader[Cluster]]


@pytest.fixture
def polls(bench: Bench) -> Polls:
    """The shared looks of one process."""
    return Polls(bench.client, bench.clock)


@pytest.fixture
def follow(polls: Polls) -> Iterator[Follow]:
    """A maker of waiters, who wait until the test ends."""
    with ExitStack() as waiting:
        yield lambda cluster_id: waiting.enter_context(polls.clusters.poller.following(cluster_id))


def clusters(bench: Bench, count: int) -> list[int]:
    """Return the ids of that many clusters of somebody else, the oldest first."""
    return [bench.emulator.add_cluster().id for _ in range(count)]


def seen(follower: PollReader[Cluster]) -> int | None:
    """Return the id of what a look shows."""
    record = follower.poll()
    return record.id if record else None


def test_two_are_read_singly(bench: Bench, follow: Follow) -> None:
    """For fewer than three a list would only be larger."""
    ids = clusters(bench, 2)
    waiters = [follow(one) for one in ids]
    assert [seen(one) for one in waiters] == ids
    assert bench.wire.count("GET clusters") == 0
    assert bench.wire.count("GET clusters/.*") == 2


def test_fifty_cost_one_call(bench: Bench, follow: Follow) -> None:
    """Whoever looks first looks for all."""
    ids = clusters(bench, 50)
    waiters = [follow(one) for one in ids]
    assert [seen(one) for one in waiters] == ids
    assert bench.wire.count("GET .*") == 1


def test_nobody_is_shown_the_same_look_twice(bench: Bench, follow: Follow) -> None:
    """The second look of a waiter is a new one, and serves the others again."""
    waiters = [follow(one) for one in clusters(bench, 3)]
    for _ in range(2):
        for waiter in waiters:
            waiter.poll()
    assert bench.wire.count("GET clusters") == 2


def test_a_look_from_before_does_not_count(bench: Bench, follow: Follow) -> None:
    """Who begins to wait after a look, such as after a change of his own, gets a look that begins later."""
    ids = clusters(bench, 3)
    first, *_ = [follow(one) for one in ids]
    first.poll()
    bench.emulator.edit_cluster(ids[2], name="changed")
    record = follow(ids[2]).poll()
    assert record is not None
    assert record.name == "changed"


def test_news_cost_nothing(bench: Bench, follow: Follow) -> None:
    """As soon as somebody has looked, all others may see it without a call."""
    first, second, _ = [follow(one) for one in clusters(bench, 3)]
    assert not second.has_news()
    first.poll()
    assert second.has_news()
    second.poll()
    assert (bench.wire.count("GET clusters"), second.has_news()) == (1, False)


def test_what_is_not_in_the_list_is_read_singly(bench: Bench, polls: Polls, follow: Follow) -> None:
    """A thing is gone when a look at itself says so, not because a list leaves it out."""
    ids = clusters(bench, 3)
    waiters = [follow(one) for one in [*ids, 77]]
    assert [seen(one) for one in waiters] == [*ids, None]
    assert bench.wire.count("GET clusters/77") == 1


def test_more_than_a_page(bench: Bench, follow: Follow) -> None:
    """With 250 alive a look takes as many pages as it must."""
    ids = clusters(bench, 250)
    waiters = [follow(one) for one in ids]
    assert [seen(one) for one in waiters] == ids
    assert bench.wire.count("GET .*") == 3


def test_a_long_past_is_not_read(bench: Bench, follow: Follow) -> None:
    """A look ends at the oldest thing that is waited for, however much there was before."""
    clusters(bench, 500)
    ids = clusters(bench, 5)
    for waiter in [follow(one) for one in ids]:
        waiter.poll()
    assert bench.wire.count("GET .*") == 1


def test_a_few_far_down_are_cheaper_singly(bench: Bench, follow: Follow) -> None:
    """Pages that show nothing are given up once they have cost as much as the things read singly would."""
    ids = clusters(bench, 4)
    clusters(bench, 1_000)
    waiters = [follow(one) for one in ids]
    assert [seen(one) for one in waiters] == ids
    assert bench.wire.count("GET clusters") == 4
    assert bench.wire.count("GET clusters/.*") == 4


def test_trouble_is_shared(bench: Bench, follow: Follow) -> None:
    """An outage costs the tries of one call, not those of each who waits."""
    bench.wire.on("GET clusters", answers(503))
    for waiter in [follow(one) for one in clusters(bench, 20)]:
        with pytest.raises(ServerError):
            waiter.poll()
    assert bench.wire.count("GET .*") == 5


def test_who_has_gone_is_not_looked_for(bench: Bench, polls: Polls) -> None:
    """Once the others have what they want, the last two are read singly."""
    ids = clusters(bench, 3)
    with polls.clusters.poller.following(ids[0]) as first, polls.clusters.poller.following(ids[1]):
        with polls.clusters.poller.following(ids[2]):
            pass
        first.poll()
    assert bench.wire.count("GET clusters") == 0


def test_two_may_wait_for_the_same(bench: Bench, polls: Polls) -> None:
    """The one who leaves first does not end it for the other."""
    (one,) = clusters(bench, 1)
    with polls.clusters.poller.following(one) as stays:
        with polls.clusters.poller.following(one):
            pass
        assert seen(stays) == one


def test_active_jobs_are_listed_anew_for_each_who_asks_later(bench: Bench, polls: Polls) -> None:
    """What is ended on the strength of such a list must not rest on an older one."""
    polls.active_jobs()
    before = bench.wire.count("GET jobs")
    polls.active_jobs()
    assert bench.wire.count("GET jobs") == 2 * before


def test_one_failed_look_is_not_the_last(bench: Bench, follow: Follow) -> None:
    """Each who waits meets the trouble once; the next look is a new one, and serves all."""
    ids = clusters(bench, 3)
    waiters = [follow(one) for one in ids]
    bench.wire.on("GET clusters", answers(503), calls=range(1, 6))
    for waiter in waiters:
        with pytest.raises(ServerError):
            waiter.poll()
        assert not waiter.has_news()
    assert [seen(one) for one in waiters] == ids
    assert bench.wire.count("GET .*") == 6


def test_many_who_wait_for_the_same_share_their_looks(bench: Bench, follow: Follow) -> None:
    """It is the waiters that count, not the things."""
    (one,) = clusters(bench, 1)
    for waiter in [follow(one) for _ in range(50)]:
        waiter.poll()
    assert bench.wire.count("GET .*") == 1


def test_looks_of_a_crowd_are_half_a_second_apart(bench: Bench, follow: Follow) -> None:
    """Those who come one after the other do not each cost a call; a later look waits for more of them."""
    first, *_ = (follow(one) for one in clusters(bench, 3))
    seen(first)
    began = bench.clock.monotonic()
    seen(first)
    assert bench.clock.monotonic() - began == GATHERING


def test_the_latest_look_shows_what_was_made_around_a_thing(bench: Bench, polls: Polls, follow: Follow) -> None:
    """Where a look reaches below a thing, what was made at about the same time is in it as well."""
    ids = clusters(bench, 4)
    assert polls.clusters.poller.just_shown_with(ids[1]) is None
    first, *_ = [follow(one) for one in ids[1:]]
    first.poll()
    shown = polls.clusters.poller.just_shown_with(ids[1])
    assert shown is not None
    assert {one.id for one in shown} == {*ids}
    assert polls.clusters.poller.just_shown_with(999) is None


def test_an_old_look_shows_nothing_around(bench: Bench, polls: Polls, follow: Follow) -> None:
    """What was made since the look began is not in it."""
    ids = clusters(bench, 3)
    first, *_ = [follow(one) for one in ids]
    first.poll()
    bench.clock.advance(5.5)
    assert polls.clusters.poller.just_shown_with(ids[0]) is None


def test_a_look_that_ends_at_a_thing_shows_nothing_around(bench: Bench, polls: Polls, follow: Follow) -> None:
    """What was made just before the last thing on the page is on the next one."""
    clusters(bench, 1)
    ids = clusters(bench, 100)
    first, *_ = [follow(one) for one in ids]
    first.poll()
    assert polls.clusters.poller.just_shown_with(ids[0]) is None
    assert polls.clusters.poller.just_shown_with(ids[1]) is not None

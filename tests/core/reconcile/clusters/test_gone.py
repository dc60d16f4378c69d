"""A destroy believes what lives to live, asks for its end until that is seen, and says what it has seen."""

import httpx
import pytest

from tests.support.accounts.bench import Bench
from tests.support.faults.behaviours import answers, hiding, preceded_by, rewritten
from tests.support.faults.exchange import Exchange
from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import AuthError, ReadyTimeout, RefusedError


def ignored(exchange: Exchange) -> httpx.Response:
    """Answer that the end is under way, and do nothing."""
    number = int(exchange.request.url.path.rsplit("/", 1)[1])
    return httpx.Response(200, json={"id": number, "status": "pending_terminate"})


def test_terminated_is_told_where_it_was_seen(bench: Bench) -> None:
    """It is the last status."""
    made = bench.emulator.add_cluster()
    assert bench.clusters.delete(made.id, timeout=600) == "terminated"


def test_what_is_not_known_is_called_so(bench: Bench) -> None:
    """A 404 is no sight of an end."""
    assert bench.clusters.delete(77, timeout=600) == "unknown to the service"


def test_what_is_forgotten_while_it_ends_is_called_unknown() -> None:
    """The service may not keep what has ended."""
    bench = Bench.new(knobs=Knobs(ended_cluster_kept_seconds=0))
    made = bench.emulator.add_cluster()
    assert bench.clusters.delete(made.id, timeout=600) == "unknown to the service"


@pytest.mark.parametrize("count", [4, 8, 20])
def test_single_404s_beside_a_list_that_shows_it(bench: Bench, count: int) -> None:
    """The list is believed, the end is asked for, and seen."""
    made = bench.emulator.add_cluster()
    bench.wire.on("GET clusters/.*", answers(404), calls=range(1, count + 1))
    assert bench.clusters.delete(made.id, timeout=600) == "terminated"
    assert bench.emulator.cluster(made.id).status == "terminated"
    assert bench.wire.count("DELETE .*") == 1


@pytest.mark.parametrize("first", [1, 2, 3])
def test_404s_for_less_than_ten_seconds(bench: Bench, first: int) -> None:
    """A list that lags too does not hide it."""
    made = bench.emulator.add_cluster()
    bench.wire.on("GET clusters/.*", answers(404), calls={first})
    bench.wire.on("GET clusters", hiding(made.id))
    assert bench.clusters.delete(made.id, timeout=600) == "terminated"
    assert bench.emulator.living_clusters() == ()


def test_one_that_shows_alive_again_is_asked_to_end_again(bench: Bench) -> None:
    """Ten seconds after it was asked to, it is not shown as it was before."""
    made = bench.emulator.add_cluster()
    bench.wire.on("DELETE .*", ignored, calls={1})
    assert bench.clusters.delete(made.id, timeout=600) == "terminated"
    assert bench.wire.count("DELETE .*") == 2
    assert "available, although it was asked to end" in bench.headlines
    assert bench.clock.monotonic() >= 10


def test_one_that_shows_alive_for_a_moment_is_waited_for(bench: Bench) -> None:
    """A service that lags behind itself for less than that is not asked twice."""
    made = bench.emulator.add_cluster()
    bench.wire.on("GET clusters/.*", rewritten(lambda record: record.update(status="available")), calls={2, 3})
    assert bench.clusters.delete(made.id, timeout=600) == "terminated"
    assert bench.wire.count("DELETE .*") == 1


def test_one_that_never_ends_is_told(bench: Bench) -> None:
    """It is asked again and again until the time is over."""
    made = bench.emulator.add_cluster()
    bench.wire.on("DELETE .*", ignored)
    with pytest.raises(ReadyTimeout, match="last seen available"):
        bench.clusters.delete(made.id, timeout=60)
    assert bench.wire.count("DELETE .*") > 2
    assert bench.clock.monotonic() < 90


def test_one_that_vanishes_while_its_end_is_asked_for(bench: Bench) -> None:
    """The service says 404 to the call, and goes on saying so."""
    made = bench.emulator.add_cluster()
    bench.wire.on("DELETE .*", preceded_by(lambda: bench.emulator.delete_record("cluster", made.id)))
    assert bench.clusters.delete(made.id, timeout=600) == "unknown to the service"


@pytest.mark.parametrize(("call", "seen"), [("DELETE .*", "was last seen available"), ("GET .*", "was not seen")])
def test_what_may_still_live_is_told(bench: Bench, call: str, seen: str) -> None:
    """A destroy that fails says what goes on costing money."""
    made = bench.emulator.add_cluster()
    bench.wire.on(call, answers(401))
    with pytest.raises(AuthError) as caught:
        bench.clusters.delete(made.id, timeout=600)
    assert f"; cluster {made.id} {seen}" in str(caught.value)
    assert "it may cost money until it is terminated" in str(caught.value)


def test_what_lives_because_of_its_jobs_is_told(bench: Bench) -> None:
    """A refusal names the cluster as it is."""
    made = bench.emulator.add_cluster()
    bench.client.jobs.run(cluster_id=made.id, package_id=101)
    with pytest.raises(RefusedError, match=f"cluster {made.id} was last seen available"):
        bench.clusters.delete(made.id, timeout=600, active_jobs="fail")


def test_a_404_of_the_whole_account_is_not_believed(bench: Bench) -> None:
    """Where the account itself is unknown, nothing is known to be gone."""
    made = bench.emulator.add_cluster()
    bench.wire.on("GET .*", answers(404))
    with pytest.raises(AuthError, match="does not know the account"):
        bench.clusters.delete(made.id, timeout=600)

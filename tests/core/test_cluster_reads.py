"""What a look at a cluster says: it is well, it is not yet, or it is gone and why."""

import pytest

from tests.support.core_bench import OWNER, Bench, answers, rewritten
from xplenty_pulumi.core.kinds import CLUSTER
from xplenty_pulumi.core.marker import marker_of, sign
from xplenty_pulumi.errors import AuthError, ServerError

SIGHTS = {
    "pending": (False, "it is pending. The next `pulumi up` goes on waiting for it"),
    "creating": (False, "it is creating. The next `pulumi up` goes on waiting for it"),
    "scaling": (False, "it is scaling. The next `pulumi up` goes on waiting for it"),
    "available": (False, ""),
    "idle": (False, ""),
    "error": (False, "its status is error. The next `pulumi up` replaces it"),
    "pending_terminate": (True, "it is pending_terminate"),
    "terminating": (True, "it is terminating"),
    "terminated": (True, "it is terminated"),
}


@pytest.mark.parametrize("status", SIGHTS)
def test_sight_of_every_status(bench: Bench, status: str) -> None:
    """Ending and ended count as gone; what is not as it should be is remarked on."""
    made = bench.emulator.add_cluster(status=status)
    sight = bench.clusters.read(made.id)
    assert (sight.gone, sight.remark) == SIGHTS[status]
    assert sight.record is not None
    assert sight.record.status == status


def test_every_status_is_tried() -> None:
    """The table of this test is complete."""
    assert set(SIGHTS) == set(CLUSTER.phases)


def test_a_status_nobody_knows_is_waited_for(bench: Bench) -> None:
    """A new word of the service is no reason to let go of a cluster."""
    made = bench.emulator.add_cluster()
    bench.wire.on("GET .*", rewritten(lambda record: record.update(status="hibernating")))
    sight = bench.clusters.read(made.id)
    assert not sight.gone
    assert sight.remark.startswith("it is hibernating")


def test_an_idle_end_is_expected(bench: Bench) -> None:
    """A cluster that ended because it was told to is reported as that."""
    made = bench.emulator.add_cluster(terminate_on_idle=True, time_to_idle=60)
    bench.clock.advance(61)
    sight = bench.clusters.read(made.id)
    assert sight.gone
    assert sight.remark == "it is terminated after it had been idle, as terminate_on_idle asks"


def test_an_unknown_cluster_is_gone(bench: Bench) -> None:
    """A 404 is a sight, not an error; it is confirmed by a second one."""
    sight = bench.clusters.read(77)
    assert (sight.record, sight.gone, sight.remark) == (None, True, "the service does not know it (404)")
    assert bench.wire.count("GET clusters/77") == 2
    assert bench.clock.monotonic() >= 2


def test_a_single_404_is_not_believed(bench: Bench) -> None:
    """A service that lags behind itself for a moment does not make a cluster disappear from the state."""
    made = bench.emulator.add_cluster()
    bench.wire.on("GET .*", answers(404), calls={1})
    sight = bench.clusters.read(made.id)
    assert not sight.gone
    assert sight.record is not None


@pytest.mark.parametrize(("status", "error"), [(500, ServerError), (401, AuthError)])
def test_trouble_is_not_gone(bench: Bench, status: int, error: type[Exception]) -> None:
    """Whatever keeps us from looking never makes a cluster disappear."""
    made = bench.emulator.add_cluster()
    bench.wire.on("GET .*", answers(status))
    with pytest.raises(error):
        bench.clusters.read(made.id)


def test_reads_cost_one_call_each(bench: Bench) -> None:
    """Refreshing a stack costs a credit per cluster, and one search for twins among them all."""
    marked = sign("", marker_of(OWNER))
    made = [bench.emulator.add_cluster(description=marked if number else None).id for number in range(3)]
    for number in made:
        bench.clusters.read(number)
    assert bench.wire.count("GET clusters/.*") <= 3 + 1
    assert bench.wire.count("GET clusters") == 8

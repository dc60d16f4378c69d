"""What the call costs that signs a new cluster as held."""

from contextlib import ExitStack
from random import Random

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired
from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.kinds.marker import marker_of, read, sign
from xplenty_pulumi.core.reconcile.clusters.converge import Convergence
from xplenty_pulumi.core.reconcile.outcome import Outcome


@pytest.mark.parametrize(("seconds", "reads"), [(0, 0), (10, 1)], ids=["just listed", "listed long ago"])
def test_a_cluster_that_a_list_has_just_shown_is_not_read_once_more(bench: Bench, *, seconds: int, reads: int) -> None:
    """Many that are created at once share their lists, so signing a thousand of them takes a thousand calls less."""
    made = _listed(bench)
    bench.clock.advance(seconds)
    before = bench.wire.count(f"GET clusters/{made.id}")
    convergence = Convergence(bench.client, bench.known_clusters, bench.polls, bench.patience)

    convergence.signed_as_held(Outcome(made), desired())

    assert bench.wire.count(f"GET clusters/{made.id}") - before == reads
    signed = read(bench.emulator.cluster(made.id).description)
    assert signed
    assert not signed.is_unfinished


def _listed(bench: Bench) -> Cluster:
    """Return a new cluster of the resource, which a list for several who wait has shown."""
    fields = {"nodes": 2, "description": sign("", marker_of(OWNER).drawn(bench.clock.now(), Random(1)))}
    others = [bench.client.clusters.create({"nodes": 2}) for _ in range(3)]
    made = bench.client.clusters.create(fields)
    with ExitStack() as waits:
        readers = [waits.enter_context(bench.polls.clusters.poller.following(one.id)) for one in (*others, made)]
        readers[0].poll()
    return made

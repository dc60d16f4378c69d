"""The account of a benchmark."""

from benchmarks.account import Spec, served
from benchmarks.plain.provider import http_client
from benchmarks.served import add_past_clusters, knobs
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Emulator


def test_clusters_boot_and_end_in_the_time_of_the_spec() -> None:
    """All the statuses of a boot, and of an end, together last as long as the spec says."""
    made = knobs(Spec(boot_seconds=60, end_seconds=10))
    assert made.pending_seconds + made.creating_seconds == 60
    assert made.pending_terminate_seconds + made.terminating_seconds == 10


def test_past_clusters_tell_the_usual_time() -> None:
    """From the clusters that are over it can be seen how long a boot takes, and none of them lives."""
    spec = Spec(boot_seconds=60, past_clusters=3)
    emulator = Emulator(clock=ManualClock(), knobs=knobs(spec))
    add_past_clusters(emulator, spec)
    past = emulator.clusters()
    assert [cluster.available_since - cluster.created_at for cluster in past if cluster.available_since] == [60.0] * 3
    assert emulator.living_clusters() == ()


def test_served_account_counts_what_it_is_asked() -> None:
    """Calls by method, refused ones and clusters by status are told, the question itself not counted."""
    with served(Spec(boot_seconds=100, past_clusters=2)) as account:
        with http_client(*account.environment.values()) as http:
            http.post("clusters", json={"nodes": 2}).raise_for_status()
            assert http.get("clusters/1").status_code == 404
        account.observed()
        seen = account.observed()
    assert seen.calls == {"POST": 1, "GET": 1}
    assert (seen.all_calls, seen.refused) == (2, 1)
    assert seen.clusters == {"terminated": 2, "pending": 1}

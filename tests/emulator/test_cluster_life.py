"""A cluster from its creation to its end, as time passes."""

import pytest

from tests.support.accounts.caller import KEY, emulated
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Seed


def test_a_new_cluster_is_built_in_the_documented_order() -> None:
    """A created cluster is pending, then creating, then available."""
    caller = emulated()
    cluster = caller.new_cluster(ready=False)
    assert caller.statuses(f"clusters/{cluster}", seconds=200) == ["pending", "creating", "available"]


def test_building_takes_as_long_as_the_knobs_say() -> None:
    """Nothing is early: one second before its time each status is still the old one."""
    caller = emulated(pending_seconds=30, creating_seconds=60)
    cluster = caller.new_cluster(ready=False)
    caller.clock.advance(29)
    assert caller.cluster(cluster)["status"] == "pending"
    caller.clock.advance(60)
    assert caller.cluster(cluster)["status"] == "creating"
    caller.clock.advance(1)
    assert caller.cluster(cluster)["status"] == "available"


def test_the_moment_of_becoming_available_is_exact_whenever_somebody_looks() -> None:
    """One look after an hour reads the moment at which the cluster became available, not that of the look."""
    caller = emulated()
    cluster = caller.new_cluster(ready=False, time_to_idle=86400)
    caller.clock.advance(3600)
    read = caller.cluster(cluster)
    assert read["available_since"] == read["launched_at"] == read["updated_at"] == "2026-01-01T00:03:00Z"


def test_a_new_cluster_has_no_later_moments() -> None:
    """Before it is available a cluster has neither an available nor a terminated moment."""
    read = emulated().post("clusters", {"nodes": 2}).json()
    assert (read["available_since"], read["terminated_at"], read["launched_at"]) == (None, None, None)


def test_a_new_cluster_was_never_idle() -> None:
    """`idle_since` of a cluster that was never ready is null."""
    assert emulated().post("clusters", {"nodes": 2}).json()["idle_since"] is None


def test_a_quiet_cluster_becomes_idle() -> None:
    """Without work for `time_to_idle` seconds a cluster becomes idle and says since when."""
    caller = emulated()
    cluster = caller.new_cluster(time_to_idle=600)
    assert caller.statuses(f"clusters/{cluster}", seconds=700) == ["available", "idle"]
    assert caller.cluster(cluster)["idle_since"] == "2026-01-01T00:13:00Z"


def test_available_since_moves_after_idling() -> None:
    """A job for an idle cluster sets `available_since` anew; `launched_at` is the first moment for ever."""
    caller = emulated()
    cluster = caller.new_cluster(time_to_idle=600)
    first = caller.cluster(cluster)["available_since"]
    caller.clock.advance(700)
    caller.new_job(cluster)
    read = caller.cluster(cluster)
    assert read["available_since"] != first
    assert (read["launched_at"], read["status"]) == (first, "available")


def test_a_cluster_that_ends_on_idle_never_shows_idle() -> None:
    """With `terminate_on_idle` a quiet cluster is terminated at once, marked, with both moments equal."""
    caller = emulated()
    cluster = caller.new_cluster(time_to_idle=600, terminate_on_idle=True)
    assert caller.statuses(f"clusters/{cluster}", seconds=700) == ["available", "terminated"]
    read = caller.cluster(cluster)
    assert read["terminated_on_idle"] is True
    assert read["idle_since"] == read["terminated_at"] == "2026-01-01T00:13:00Z"


def test_work_puts_idling_off() -> None:
    """The count towards idle begins when the last job has ended."""
    caller = emulated()
    cluster = caller.new_cluster(time_to_idle=100)
    caller.new_job(cluster)
    caller.clock.advance(160)
    assert caller.cluster(cluster)["status"] == "available"
    caller.clock.advance(10)
    assert caller.cluster(cluster)["status"] == "idle"


def test_an_idle_cluster_told_to_end_on_idle_ends() -> None:
    """Setting `terminate_on_idle` on an idle cluster terminates it."""
    caller = emulated()
    cluster = caller.new_cluster(time_to_idle=10)
    caller.clock.advance(60)
    assert caller.put(f"clusters/{cluster}", {"terminate_on_idle": True}).json()["status"] == "idle"
    assert caller.cluster(cluster)["status"] == "terminated"


def test_a_shorter_time_to_idle_never_idles_in_the_past() -> None:
    """A `time_to_idle` that is over already idles the cluster now, not before the change."""
    caller = emulated()
    cluster = caller.new_cluster()
    caller.clock.advance(1000)
    caller.put(f"clusters/{cluster}", {"time_to_idle": 5})
    read = caller.cluster(cluster)
    assert (read["status"], read["idle_since"]) == ("idle", "2026-01-01T00:19:41Z")


def test_a_job_makes_an_idle_cluster_available() -> None:
    """An idle cluster that is given a job becomes available."""
    caller = emulated()
    cluster = caller.new_cluster(time_to_idle=10)
    caller.clock.advance(60)
    job = caller.new_job(cluster)
    caller.clock.advance(10)
    read = caller.cluster(cluster)
    assert (read["status"], read["running_jobs_count"]) == ("available", 1)
    assert read["idle_since"] is None
    caller.clock.advance(60)
    assert caller.job(job)["status"] == "completed"


def test_termination_takes_its_documented_way() -> None:
    """DELETE answers pending_terminate; then the cluster is terminating and at last terminated, and stays readable."""
    caller = emulated()
    cluster = caller.new_cluster()
    assert caller.delete(f"clusters/{cluster}").json()["status"] == "pending_terminate"
    seen = caller.statuses(f"clusters/{cluster}", seconds=70)
    assert seen == ["pending_terminate", "terminating", "terminated"]
    read = caller.cluster(cluster)
    assert (read["terminated_at"], read["terminated_on_idle"]) == ("2026-01-01T00:04:01Z", False)


def test_termination_takes_as_long_as_the_knobs_say() -> None:
    """Both phases of the end have their own duration."""
    caller = emulated(pending_terminate_seconds=100, terminating_seconds=200)
    cluster = caller.new_cluster()
    caller.delete(f"clusters/{cluster}")
    caller.clock.advance(99)
    assert caller.cluster(cluster)["status"] == "pending_terminate"
    caller.clock.advance(200)
    assert caller.cluster(cluster)["status"] == "terminating"
    caller.clock.advance(1)
    assert caller.cluster(cluster)["status"] == "terminated"


@pytest.mark.parametrize(("seconds", "status"), [(None, 200), (60, 404)])
def test_how_long_an_ended_cluster_can_be_read_is_a_knob(seconds: float | None, status: int) -> None:
    """An ended cluster is kept for ever, or leaves reads and lists after a while."""
    caller = emulated(ended_cluster_kept_seconds=seconds)
    cluster = caller.new_cluster()
    caller.delete(f"clusters/{cluster}")
    caller.clock.advance(60)
    assert caller.get(f"clusters/{cluster}").status == 200
    caller.clock.advance(60)
    assert caller.get(f"clusters/{cluster}").status == status
    assert len(caller.get("clusters").json()) == (1 if status == 200 else 0)


def test_a_cluster_can_fail_to_start_by_its_name() -> None:
    """A name that the seed marks as failing ends in error instead of available."""
    caller = emulated(Seed(api_key=KEY, clusters_that_fail=("doomed*",)))
    cluster = caller.new_cluster(ready=False, name="doomed one")
    assert caller.statuses(f"clusters/{cluster}", seconds=200) == ["pending", "creating", "error"]
    assert caller.cluster(cluster)["available_since"] is None


def test_a_cluster_in_error_can_be_terminated() -> None:
    """`error` is no end: DELETE leads from it to terminated."""
    caller = emulated()
    caller.emulator.fail_next_clusters()
    cluster = caller.new_cluster()
    assert caller.cluster(cluster)["status"] == "error"
    assert caller.delete(f"clusters/{cluster}").status == 200
    caller.clock.advance(60)
    assert caller.cluster(cluster)["status"] == "terminated"


def test_the_wall_clock_may_jump() -> None:
    """A jump of the machine's wall clock, forward or back, neither hurries nor stops the service."""
    caller = emulated(clock=ManualClock())
    cluster = caller.new_cluster(ready=False)
    caller.clock.jump(86400)
    assert caller.cluster(cluster)["status"] == "pending"
    caller.clock.jump(-7 * 86400)
    caller.clock.advance(181)
    assert caller.cluster(cluster)["status"] == "available"

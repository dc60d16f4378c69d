"""Looking and acting from behind."""

import dataclasses
import threading

import pytest

from tests.support.accounts.caller import emulated
from xplenty_pulumi.emulator import LoggedCall, PackageSeed


def test_looking_costs_nothing_and_leaves_no_trace() -> None:
    """Neither credits nor calls count what a test looks at."""
    caller = emulated()
    caller.emulator.clusters()
    caller.emulator.jobs()
    assert (caller.emulator.calls(), caller.emulator.credits_used) == ((), 0)


def test_calls_are_logged_without_their_query() -> None:
    """The log holds method, path and status, and nothing else."""
    caller = emulated()
    caller.get("clusters", status="all")
    caller.delete("jobs/7")
    base = f"/{caller.emulator.account_id}/api"
    assert caller.emulator.calls() == (
        LoggedCall("GET", f"{base}/clusters", 200),
        LoggedCall("DELETE", f"{base}/jobs/7", 404),
    )


def test_snapshots_are_frozen_and_up_to_date() -> None:
    """A snapshot shows the present and cannot be changed."""
    caller = emulated()
    number = caller.new_cluster(ready=False)
    caller.clock.advance(200)
    snapshot = caller.emulator.cluster(number)
    assert snapshot.status == "available"
    with pytest.raises(dataclasses.FrozenInstanceError):
        snapshot.nodes = 3  # type: ignore[misc]  # that it cannot be assigned is the point
    caller.emulator.end_cluster(number)
    assert snapshot.status == "available"


def test_edits_from_behind_show_to_clients() -> None:
    """A changed field reads changed, without a resize."""
    caller = emulated()
    number = caller.new_cluster()
    caller.emulator.edit_cluster(number, nodes=7, description="by hand")
    read = caller.cluster(number)
    assert (read["nodes"], read["description"], read["status"]) == (7, "by hand", "available")


def test_an_edited_status_goes_on_from_there() -> None:
    """A cluster set to creating becomes available a creation time later."""
    caller = emulated()
    number = caller.new_cluster()
    caller.emulator.edit_cluster(number, status="creating")
    assert caller.statuses(f"clusters/{number}", seconds=180) == ["creating", "available"]


def test_a_run_of_the_past_reads_as_it_was_added() -> None:
    """`add_job` adds a run that has ended, or that goes on from where it is."""
    caller = emulated()
    number = caller.new_cluster()
    failed = caller.emulator.add_job(cluster_id=number, package_id=101, status="failed", errors="no such path")
    read = caller.job(failed.id)
    assert (read["status"], read["errors"], read["completed_at"]) == ("failed", "no such path", read["created_at"])
    running = caller.emulator.add_job(cluster_id=number, package_id=101, status="running", completed_at=None)
    caller.clock.advance(3600)
    assert caller.job(running.id)["status"] == "completed"
    with pytest.raises(KeyError):
        caller.emulator.add_job(cluster_id=number, package_id=999)


def test_an_ended_cluster_stops_its_jobs() -> None:
    """`end_cluster` terminates at once and nothing runs on."""
    caller = emulated()
    number = caller.new_cluster()
    job = caller.new_job(number)
    caller.clock.advance(10)
    assert caller.emulator.end_cluster(number).status == "terminated"
    assert caller.job(job)["status"] == "stopped"
    assert (caller.emulator.living_clusters(), caller.emulator.unfinished_jobs()) == ((), ())


def test_a_failed_cluster_fails_its_jobs() -> None:
    """`fail_cluster` puts a cluster into error at once, with what runs on it."""
    caller = emulated()
    number = caller.new_cluster()
    job = caller.new_job(number)
    caller.clock.advance(10)
    assert caller.emulator.fail_cluster(number).status == "error"
    assert caller.job(job)["status"] == "failed"


def test_only_as_many_clusters_fail_as_asked() -> None:
    """`fail_next_clusters` counts."""
    caller = emulated()
    caller.emulator.fail_next_clusters(2)
    numbers = [caller.new_cluster(ready=False) for _ in range(3)]
    caller.clock.advance(200)
    assert [caller.cluster(number)["status"] for number in numbers] == ["error", "error", "available"]


def test_a_cluster_somebody_else_made() -> None:
    """`add_cluster` gives an available cluster that clients see, idling like any other."""
    caller = emulated()
    added = caller.emulator.add_cluster(nodes=5, name="theirs", time_to_idle=60)
    read = caller.cluster(added.id)
    assert (read["name"], read["nodes"], read["status"]) == ("theirs", 5, "available")
    caller.clock.advance(60)
    assert caller.cluster(added.id)["status"] == "idle"


def test_jobs_can_be_ended_from_behind() -> None:
    """A job can be let complete, stop and fail with a text of choice."""
    caller = emulated()
    cluster = caller.new_cluster()
    jobs = [caller.new_job(cluster) for _ in range(3)]
    caller.emulator.complete_job(jobs[0])
    caller.emulator.stop_job(jobs[1])
    caller.emulator.fail_job(jobs[2], "disk full")
    read = [caller.job(job) for job in jobs]
    assert [each["status"] for each in read] == ["completed", "stopped", "failed"]
    assert read[2]["errors"] == "disk full"
    assert all(each["completed_at"] for each in read)


def test_a_deleted_record_is_gone_without_a_trace() -> None:
    """Clusters and jobs can vanish: 404, in no list, and what waited for a vanished cluster fails."""
    caller = emulated()
    cluster = caller.new_cluster(ready=False)
    first, second = caller.new_job(cluster), caller.new_job(cluster)
    caller.emulator.delete_record("job", first)
    caller.emulator.delete_record("cluster", cluster)
    assert [caller.get(path).status for path in (f"jobs/{first}", f"clusters/{cluster}")] == [404, 404]
    assert caller.get("clusters").json() == []
    assert caller.job(second)["status"] == "failed"
    assert caller.emulator.complete_job(second).status == "completed"


def test_deleting_what_is_not_there_is_a_key_error() -> None:
    """Acts on unknown records fail loudly."""
    with pytest.raises(KeyError):
        emulated().emulator.delete_record("package", 7)


def test_packages_can_be_added() -> None:
    """An added package can be run at once."""
    caller = emulated()
    caller.emulator.add_package(PackageSeed(900, "new", run_seconds=5))
    job = caller.new_job(caller.new_cluster(), 900)
    caller.clock.advance(10)
    assert caller.emulator.job(job).status == "completed"


def test_many_threads_may_call_at_once() -> None:
    """Calls from several threads neither lose nor double a cluster."""
    caller = emulated()
    threads = [
        threading.Thread(target=lambda: [caller.post("clusters", {"nodes": 2}) for _ in range(50)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [cluster.id for cluster in caller.emulator.clusters()]
    assert (len(numbers), len(set(numbers)), caller.emulator.credits_used) == (200, 200, 200)

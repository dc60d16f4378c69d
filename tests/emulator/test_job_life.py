"""A job from its submission to its end, alone and beside others."""

from typing import Any

import pytest

from tests.support.accounts.caller import KEY, emulated
from xplenty_pulumi.emulator import PackageSeed, Seed

ERROR_TEXT = "Specified cluster is not available and is in erroneous state."


def test_a_job_on_an_available_cluster_takes_the_documented_way() -> None:
    """A job is idle, pending, running and completed, in that order."""
    caller = emulated()
    job = caller.new_job(caller.new_cluster())
    assert caller.statuses(f"jobs/{job}", seconds=70) == ["idle", "pending", "running", "completed"]


def test_each_phase_lasts_as_long_as_its_knob_says() -> None:
    """Idle, pending and run time are knobs."""
    caller = emulated(job_idle_seconds=10, job_pending_seconds=20, job_run_seconds=30)
    job = caller.new_job(caller.new_cluster())
    seen = []
    for seconds in (9, 1, 19, 1, 29, 1):
        caller.clock.advance(seconds)
        seen.append(caller.job(job)["status"])
    assert seen == ["idle", "pending", "pending", "running", "running", "completed"]


@pytest.mark.parametrize("setting", ["idle", "pending"])
def test_the_first_status_is_a_knob(setting: str) -> None:
    """The POST answers idle or pending."""
    caller = emulated(first_job_status=setting)
    response = caller.post("jobs", {"cluster_id": caller.new_cluster(), "package_id": 101})
    assert (response.status, response.json()["status"]) == (201, setting)


def test_a_running_job_shows_how_far_it_is() -> None:
    """Progress and runtime grow while a job runs and stand still once it has completed."""
    caller = emulated()
    job = caller.new_job(caller.new_cluster())
    seen = []
    for seconds in (5, 15, 30, 15, 1000):
        caller.clock.advance(seconds)
        read = caller.job(job)
        seen.append((read["progress"], read["runtime_in_seconds"]))
    assert seen == [(0.0, 0), (0.25, 15), (0.75, 45), (1.0, 60), (1.0, 60)]


def test_a_completed_job_tells_what_it_wrote() -> None:
    """Outputs with record counts appear when the job has completed, not before."""
    caller = emulated()
    job = caller.new_job(caller.new_cluster(), 102)
    caller.clock.advance(20)
    assert (caller.job(job)["outputs"], caller.job(job)["outputs_count"]) == ([], 0)
    caller.clock.advance(80)
    read = caller.job(job)
    assert [(output["name"], output["records_count"]) for output in read["outputs"]] == [
        ("customers", 423),
        ("rejected_customers", 7),
    ]
    assert (read["outputs_count"], read["completed_at"], read["failed_at"]) == (2, "2026-01-01T00:04:36Z", None)


def test_an_output_has_a_preview() -> None:
    """The preview address of an output answers with its text."""
    caller = emulated()
    job = caller.new_job(caller.new_cluster())
    output = f"jobs/{job}/outputs/{job * 10}/preview"
    assert caller.get(output).status == 404
    caller.clock.advance(100)
    preview = caller.get(output).json()
    assert preview["preview"] == "daily_sales\t10415"
    assert caller.job(job)["outputs"][0]["preview_url"] == preview["url"]
    assert caller.get(f"jobs/{job}/outputs/1/preview").status == 404


def test_a_failing_package_ends_with_its_error_text() -> None:
    """A failed job carries its text, its end and the same moment as `failed_at`."""
    caller = emulated()
    job = caller.new_job(caller.new_cluster(), 103)
    caller.clock.advance(30)
    read = caller.job(job)
    assert (read["status"], read["errors"]) == ("failed", "Package failed to execute: input path not found.")
    assert read["completed_at"] == "2026-01-01T00:03:26Z"
    assert read["failed_at"] == read["completed_at"]
    assert (read["outputs"], read["progress"], read["runtime_in_seconds"]) == ([], 0.0, 20)


@pytest.mark.parametrize(("setting", "expected"), [("null", None), ("empty", "")])
def test_no_errors_read_as_a_knob_says(setting: str, expected: str | None) -> None:
    """A job without errors has null or an empty text."""
    caller = emulated(no_errors=setting)
    assert caller.job(caller.new_job(caller.new_cluster()))["errors"] == expected


@pytest.mark.parametrize("setting", ["pending", "queued"])
def test_a_job_waits_for_a_cluster_that_is_being_built(setting: str) -> None:
    """On a cluster that is not ready a job is pending or queued, and starts when the cluster is available."""
    caller = emulated(job_on_unready_cluster=setting)
    cluster = caller.new_cluster(ready=False)
    job = caller.new_job(cluster)
    caller.clock.advance(100)
    read = caller.job(job)
    assert (read["status"], read["started_at"]) == (setting, None)
    caller.clock.advance(80)
    read = caller.job(job)
    assert (read["status"], read["started_at"]) == ("running", "2026-01-01T00:03:00Z")


def test_jobs_fail_with_the_cluster_they_waited_for() -> None:
    """When the cluster ends in error its jobs fail with the recorded text and never started."""
    caller = emulated()
    caller.emulator.fail_next_clusters()
    cluster = caller.new_cluster(ready=False)
    job = caller.new_job(cluster)
    caller.clock.advance(200)
    read = caller.job(job)
    assert (read["status"], read["errors"], read["started_at"]) == ("failed", ERROR_TEXT, None)
    assert (read["completed_at"], read["runtime_in_seconds"]) == ("2026-01-01T00:03:00Z", 0)


def test_a_job_sent_to_a_broken_cluster_fails_a_second_later() -> None:
    """A cluster in error accepts a job, which then fails."""
    caller = emulated()
    cluster = caller.new_cluster()
    caller.emulator.fail_cluster(cluster)
    job = caller.new_job(cluster)
    assert caller.job(job)["status"] == "idle"
    caller.clock.advance(1)
    read = caller.job(job)
    assert (read["status"], read["errors"]) == ("failed", ERROR_TEXT)


@pytest.mark.parametrize(("setting", "queued"), [("queued", 2), ("pending", 0)])
def test_jobs_over_the_clusters_capacity_wait(setting: str, queued: int) -> None:
    """More jobs than the cluster runs at a time wait, shown as the knob says, and the cluster counts them."""
    caller = emulated(jobs_per_cluster=1, job_over_capacity=setting)
    cluster = caller.new_cluster()
    jobs = [caller.new_job(cluster) for _ in range(3)]
    caller.clock.advance(10)
    assert [caller.job(job)["status"] for job in jobs] == ["running", setting, setting]
    read = caller.cluster(cluster)
    assert (read["running_jobs_count"], read["queued_jobs_count"]) == (1, queued)


def test_waiting_jobs_start_in_their_order() -> None:
    """When a place becomes free the oldest waiting job takes it at that very moment."""
    caller = emulated(jobs_per_cluster=2)
    cluster = caller.new_cluster()
    jobs = [caller.new_job(cluster) for _ in range(5)]
    caller.clock.advance(1000)
    starts = [caller.job(job)["started_at"][14:19] for job in jobs]
    assert starts == ["03:06", "03:06", "04:06", "04:06", "05:06"]


def test_a_job_waits_for_a_bigger_cluster() -> None:
    """A package that needs more nodes than there are is queued, and runs once the cluster has grown."""
    caller = emulated()
    cluster = caller.new_cluster()
    job = caller.new_job(cluster, 104)
    caller.clock.advance(100)
    assert caller.job(job)["status"] == "queued"
    caller.put(f"clusters/{cluster}", {"nodes": 4})
    caller.clock.advance(89)
    assert caller.job(job)["status"] == "queued"
    caller.clock.advance(1)
    assert caller.job(job)["status"] == "running"


def test_a_running_job_goes_on_while_its_cluster_scales() -> None:
    """Scaling does not disturb what runs; what is new waits until it is through."""
    caller = emulated()
    cluster = caller.new_cluster()
    running = caller.new_job(cluster)
    caller.clock.advance(10)
    caller.put(f"clusters/{cluster}", {"nodes": 4})
    waiting = caller.new_job(cluster)
    caller.clock.advance(80)
    assert [caller.job(running)["status"], caller.job(waiting)["status"]] == ["completed", "pending"]
    caller.clock.advance(10)
    assert caller.job(waiting)["status"] == "running"


def test_the_seed_says_how_long_a_package_runs() -> None:
    """A package's own run time comes before the knob."""
    caller = emulated(Seed(api_key=KEY, packages=(PackageSeed(1, "long", run_seconds=3000), PackageSeed(2, "plain"))))
    cluster = caller.new_cluster()
    jobs = [caller.new_job(cluster, 1), caller.new_job(cluster, 2)]
    caller.clock.advance(70)
    assert [caller.job(job)["status"] for job in jobs] == ["running", "completed"]
    caller.clock.advance(3000)
    assert caller.job(jobs[0])["runtime_in_seconds"] == 3000


def test_a_package_may_take_no_time() -> None:
    """A run time of zero completes at the moment of the start."""
    caller = emulated(job_run_seconds=0)
    job = caller.new_job(caller.new_cluster())
    caller.clock.advance(5)
    assert (caller.job(job)["status"], caller.job(job)["runtime_in_seconds"]) == ("completed", 0)


def test_stopping_takes_its_documented_way() -> None:
    """DELETE answers pending_stoppage; then the job is stopping and stopped, with its end and what it ran."""
    caller = emulated()
    job = caller.new_job(caller.new_cluster())
    caller.clock.advance(35)
    response = caller.delete(f"jobs/{job}")
    assert (response.status, response.json()["status"]) == (200, "pending_stoppage")
    assert caller.statuses(f"jobs/{job}", seconds=10) == ["pending_stoppage", "stopping", "stopped"]
    read = caller.job(job)
    assert (read["completed_at"], read["runtime_in_seconds"], read["errors"]) == ("2026-01-01T00:03:41Z", 35, None)
    assert (read["progress"], read["failed_at"]) == (0.5833, None)


def test_stopping_takes_as_long_as_the_knobs_say() -> None:
    """Both phases of stopping have their own duration."""
    caller = emulated(job_pending_stoppage_seconds=50, job_stopping_seconds=70)
    job = caller.new_job(caller.new_cluster())
    caller.delete(f"jobs/{job}")
    caller.clock.advance(49)
    assert caller.job(job)["status"] == "pending_stoppage"
    caller.clock.advance(70)
    assert caller.job(job)["status"] == "stopping"
    caller.clock.advance(1)
    assert caller.job(job)["status"] == "stopped"


def test_a_job_that_never_started_can_be_stopped() -> None:
    """Stopped on a pending cluster, a job has no start, no runtime, no progress and no errors."""
    caller = emulated()
    job = caller.new_job(caller.new_cluster(ready=False))
    assert caller.delete(f"jobs/{job}").status == 200
    caller.clock.advance(300)
    read = caller.job(job)
    assert (read["status"], read["started_at"], read["errors"]) == ("stopped", None, None)
    assert (read["runtime_in_seconds"], read["progress"]) == (0, 0.0)


def test_a_stopped_job_makes_room() -> None:
    """The place of a stopped job is given to the next in the queue once it has stopped."""
    caller = emulated(jobs_per_cluster=1)
    cluster = caller.new_cluster()
    first, second = caller.new_job(cluster), caller.new_job(cluster)
    caller.clock.advance(10)
    caller.delete(f"jobs/{first}")
    caller.clock.advance(4)
    assert caller.job(second)["status"] == "queued"
    caller.clock.advance(1)
    assert caller.job(second)["status"] == "running"


def end(caller: Any, status: str) -> int:
    job = caller.new_job(caller.new_cluster(), 103 if status == "failed" else 101)
    if status in ("stopped", "pending_stoppage", "stopping"):
        caller.delete(f"jobs/{job}")
    caller.clock.advance({"pending_stoppage": 0, "stopping": 3}.get(status, 100))
    assert caller.job(job)["status"] == status
    return int(job)


@pytest.mark.parametrize("status", ["completed", "stopped"])
@pytest.mark.parametrize("answer", [422, 200])
def test_stopping_an_ended_job_is_a_knob(status: str, answer: int) -> None:
    """DELETE of a completed or stopped job is refused, or answered with the job unchanged."""
    caller = emulated(delete_final_job=answer)
    job = end(caller, status)
    assert caller.delete(f"jobs/{job}").status == answer
    assert caller.job(job)["status"] == status


@pytest.mark.parametrize("answer", [422, 200])
def test_stopping_a_failed_job_is_always_refused(answer: int) -> None:
    """DELETE of a failed job is a validation error, as recorded."""
    caller = emulated(delete_final_job=answer)
    job = end(caller, "failed")
    response = caller.delete(f"jobs/{job}")
    assert (response.status, response.json()["message"]) == (422, f"Job {job} cannot be stopped while it is failed")


@pytest.mark.parametrize("status", ["pending_stoppage", "stopping"])
@pytest.mark.parametrize("answer", [200, 422])
def test_stopping_a_stopping_job_is_a_knob(status: str, answer: int) -> None:
    """DELETE while the job is being stopped is answered with the job as it is, or refused."""
    caller = emulated(delete_stopping_job=answer)
    job = end(caller, status)
    assert caller.delete(f"jobs/{job}").status == answer
    assert caller.job(job)["status"] == status


def test_updated_at_follows_the_status() -> None:
    """`updated_at` of a running job stays at its last change of status."""
    caller = emulated()
    job = caller.new_job(caller.new_cluster())
    caller.clock.advance(45)
    assert caller.job(job)["updated_at"] == "2026-01-01T00:03:06Z"
    caller.clock.advance(1000)
    assert caller.job(job)["updated_at"] == "2026-01-01T00:04:06Z"

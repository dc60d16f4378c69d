"""What schedules do when their time comes."""

from pathlib import Path
from typing import Any

import pytest

from tests.emulator.test_schedules import TASK, new_schedule, read
from tests.support.accounts.caller import KEY, AccountCaller, emulated
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import EmulatedJob, Emulator, PackageSeed, Seed

HOUR = 3600
DAY = 24 * HOUR
SLOW = Seed(api_key=KEY, packages=(PackageSeed(101, "slow", run_seconds=5000), PackageSeed(103, "b", failure="no")))


def runs(caller: AccountCaller, number: int) -> list[EmulatedJob]:
    return [one for one in caller.emulator.jobs() if one.made_by and one.made_by.id == number]


@pytest.mark.parametrize(
    ("amount", "unit", "moments"),
    [
        (30, "minutes", ["01-31T01:30", "01-31T02:00"]),
        (2, "hours", ["01-31T03:00", "01-31T05:00"]),
        (1, "days", ["02-01T01:00", "02-02T01:00"]),
        (2, "weeks", ["02-14T01:00", "02-28T01:00"]),
        (1, "months", ["02-28T01:00", "03-31T01:00"]),
        (6, "months", ["07-31T01:00", "07-31T01:00"]),
    ],
)
def test_it_runs_at_its_start_and_after_each_interval(amount: int, unit: str, moments: list[str]) -> None:
    """The next run is always a whole number of intervals after the start; a short month has it on its last day."""
    caller = emulated()
    number = new_schedule(caller, start_at="2026-01-31T01:00:00Z", interval_amount=amount, interval_unit=unit)
    assert read(caller, number)["next_run_at"] == "2026-01-31T01:00:00Z"
    caller.clock.advance(30 * DAY + HOUR)
    seen = []
    for _ in range(2):
        shown = read(caller, number)
        seen.append(shown["next_run_at"])
        if unit != "months" or amount == 1:
            caller.clock.advance(
                {"minutes": 1800, "hours": 2 * HOUR, "days": DAY, "weeks": 14 * DAY}.get(unit, 28 * DAY)
            )
    assert seen == [f"2026-{moment}:00Z" for moment in moments]


def test_a_run_shows_who_has_started_it() -> None:
    """Job and cluster name the schedule as their creator, and the schedule counts the run and shows how it went."""
    caller = emulated()
    number = new_schedule(caller, name="loads")
    caller.clock.advance(HOUR)
    (job,) = caller.get("jobs").json()
    creator = {"type": "Schedule", "id": number, "display_name": "loads"}
    assert creator.items() <= job["creator"].items()
    assert job["creator"]["url"].endswith(f"/api/schedules/{number}")
    assert (job["package_id"], job["variables"], job["attempts"]) == (101, {"day": "'x'"}, 0)
    assert job["master_auto_retry_attempts"] is None
    cluster = caller.cluster(job["cluster_id"])
    assert creator.items() <= cluster["creator"].items()
    assert (cluster["nodes"], cluster["terminate_on_idle"], cluster["time_to_idle"]) == (3, True, 60)
    shown = read(caller, number)
    counted = (shown["last_run_at"], shown["execution_count"], shown["next_run_at"], shown["last_run_status"])
    assert counted == ("2026-01-01T01:00:00Z", 1, "2026-01-01T02:00:00Z", "idle")
    caller.clock.advance(600)
    assert read(caller, number)["last_run_status"] == "completed"
    assert caller.cluster(job["cluster_id"])["status"] == "terminated"


def test_one_that_is_disabled_does_not_run() -> None:
    """It has no next run, and goes on by its plan once it is enabled."""
    caller = emulated()
    number = new_schedule(caller)
    caller.put(f"schedules/{number}", {"status": "disabled"})
    caller.clock.advance(HOUR * 2 + 60)
    assert (runs(caller, number), read(caller, number)["next_run_at"]) == ([], None)
    shown = caller.put(f"schedules/{number}", {"status": "enabled"}).json()
    assert shown["next_run_at"] == "2026-01-01T03:00:00Z"


@pytest.mark.parametrize(("strategy", "clusters"), [("none", [502, 503]), ("self", [502, 502]), ("any", [501, 501])])
def test_it_uses_a_cluster_as_its_strategy_says(strategy: str, clusters: list[int]) -> None:
    """A new one each time, its own, or any that is large enough."""
    caller = emulated()
    caller.new_cluster(nodes=3)
    number = new_schedule(caller, reuse_cluster_strategy=strategy, task={**TASK, "time_to_idle": DAY})
    caller.clock.advance(2 * HOUR)
    assert [one.cluster_id for one in runs(caller, number)] == clusters


@pytest.mark.parametrize("made", [{"nodes": 2}, {"nodes": 1, "type": "sandbox"}])
def test_a_cluster_that_is_too_small_is_not_used(made: dict[str, Any]) -> None:
    """With fewer nodes than the task asks for there is a new one."""
    caller = emulated()
    small = caller.new_cluster(**made)
    number = new_schedule(caller)
    caller.clock.advance(HOUR)
    assert small not in {one.cluster_id for one in runs(caller, number)}


def test_each_package_is_a_job_on_the_same_cluster() -> None:
    """Those that are archived or gone are left out."""
    caller = emulated()
    number = new_schedule(caller, task={"packages": [{"package_id": one} for one in (101, 105, 106, 102)]})
    caller.emulator.delete_record("package", 102)
    caller.clock.advance(HOUR)
    started = runs(caller, number)
    assert [one.package_id for one in started] == [101, 106]
    assert len({one.cluster_id for one in started}) == 1


@pytest.mark.parametrize(("overlap", "count"), [(True, 2), (False, 1)])
def test_runs_overlap_only_where_they_may(overlap: bool, count: int) -> None:
    """Where they may not, a run whose time comes while one is active is left out and not counted."""
    caller = emulated(SLOW)
    number = new_schedule(caller, overlap=overlap)
    caller.clock.advance(2 * HOUR)
    assert (len(runs(caller, number)), read(caller, number)["execution_count"]) == (count, count)
    caller.clock.advance(2 * HOUR)
    assert len(runs(caller, number)) > count


def test_a_failed_job_is_repeated_as_often_as_allowed() -> None:
    """Each retry is a job that counts its attempts, and the last one decides how the run went."""
    caller = emulated(SLOW)
    task = {"packages": [{"package_id": 103, "variables": {"a": "'1'"}}]}
    number = new_schedule(caller, auto_retry=True, auto_retry_attempts=2, interval_unit="days", task=task)
    caller.clock.advance(DAY + HOUR)
    assert [(one.attempts, one.status, one.variables) for one in runs(caller, number)] == [
        (attempt, "failed", {"a": "'1'"}) for attempt in range(3)
    ]
    assert {caller.job(one.id)["master_auto_retry_attempts"] for one in runs(caller, number)} == {2}
    shown = read(caller, number)
    assert (shown["last_run_status"], shown["execution_count"]) == ("failed", 1)


def test_a_retry_finds_another_cluster_where_the_first_one_breaks() -> None:
    """A cluster in error takes no job, so the retry has a new one, and that completes."""
    caller = emulated()
    caller.emulator.fail_next_clusters()
    number = new_schedule(caller, auto_retry=True, interval_unit="days")
    caller.clock.advance(DAY + HOUR)
    first, second = runs(caller, number)
    assert (first.status, second.status, second.attempts) == ("failed", "completed", 1)
    assert first.cluster_id != second.cluster_id


def test_a_retry_finds_another_cluster_where_the_first_one_is_terminated() -> None:
    """A cluster whose jobs fail because it ends takes none of their retries."""
    caller = emulated(SLOW, delete_busy_cluster="fail_jobs")
    number = new_schedule(caller, auto_retry=True, interval_unit="days", reuse_cluster_strategy="any")
    caller.clock.advance(DAY + 600)
    (first,) = runs(caller, number)
    assert caller.delete(f"clusters/{first.cluster_id}").status == 200
    first, second = runs(caller, number)
    assert (first.status, second.attempts, second.cluster_id == first.cluster_id) == ("failed", 1, False)


def test_a_cluster_that_a_schedule_makes_is_like_any_other() -> None:
    """It has a zone and machines, and fails to start where its name is among those that do."""
    caller = emulated(Seed(api_key=KEY, clusters_that_fail=("*",)))
    new_schedule(caller)
    caller.clock.advance(2 * HOUR - 1)
    (cluster,) = caller.get("clusters").json()
    asked = caller.cluster(caller.new_cluster(ready=False))
    alike = ("region", "zone", "master_instance_type", "slave_instance_type", "master_spot_price", "stack")
    assert {name: cluster[name] for name in alike} == {name: asked[name] for name in alike}
    assert (cluster["creator"]["type"], cluster["status"]) == ("Schedule", "error")


def test_a_removed_schedule_leaves_its_runs() -> None:
    """They go on, and are not repeated any more."""
    caller = emulated(SLOW)
    number = new_schedule(caller)
    caller.clock.advance(HOUR)
    caller.delete(f"schedules/{number}")
    caller.clock.advance(2 * HOUR)
    assert [one.status for one in runs(caller, number)] == ["completed"]


@pytest.mark.parametrize(
    ("knobs", "next_run", "count"),
    [
        ({}, "2026-01-01T01:00:00Z", 1),
        ({"schedule_run_moves_next": True}, "2026-01-01T01:10:00Z", 1),
        ({"schedule_run_counts": False}, "2026-01-01T01:00:00Z", 0),
    ],
)
def test_a_call_runs_it_at_once(knobs: dict[str, Any], next_run: str, count: int) -> None:
    """It starts a job like a planned run; whether the next run moves and the run counts depends on the knobs."""
    caller = emulated(**knobs)
    number = new_schedule(caller)
    caller.clock.advance(600)
    answer = caller.post(f"schedules/{number}/run")
    shown = answer.json()
    assert (answer.status, shown["last_run_at"], len(runs(caller, number))) == (200, "2026-01-01T00:10:00Z", 1)
    assert (shown["next_run_at"], shown["execution_count"]) == (next_run, count)


def test_a_restart_forgets_no_schedule(tmp_path: Path) -> None:
    """What falls due while no emulator runs happens once it runs again, and who started what is kept."""
    path, clock = tmp_path / "account.db", ManualClock()
    with Emulator(Seed(api_key=KEY), clock=clock, state=path) as emulator:
        number = new_schedule(AccountCaller(emulator, clock))
    clock.advance(2 * HOUR)
    with Emulator(clock=clock, state=path) as emulator:
        made = [one.made_by for one in emulator.jobs()]
    assert [one.id for one in made if one] == [number] * 2

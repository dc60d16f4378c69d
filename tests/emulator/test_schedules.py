"""The calls on schedules."""

from typing import Any

import pytest

from tests.support.accounts.caller import KEY, AccountCaller, emulated
from xplenty_pulumi.emulator import ScheduleSeed, Seed, TaskPackageSeed

TASK = {"nodes": 3, "packages": [{"package_id": "101", "variables": {"day": "'x'"}}]}


def new_schedule(caller: AccountCaller, **fields: Any) -> int:
    """Make an enabled schedule of package 101 and return its id."""
    created = caller.post("schedules", {"status": "enabled", "task": TASK, **fields})
    assert created.status == 201, created.body
    return int(created.json()["id"])


def read(caller: AccountCaller, number: int) -> Any:
    return caller.get(f"schedules/{number}").json()


def test_a_new_schedule_has_the_documented_defaults() -> None:
    """It is disabled, runs each hour from now on, and shows its task with the defaults of a cluster."""
    caller = emulated()
    created = caller.post("schedules", {"task": {"packages": [{"package_id": 101}]}})
    shown = created.json()
    assert created.status == 201
    assert shown == read(caller, shown["id"])
    found = (shown["name"], shown["status"], shown["interval_amount"], shown["interval_unit"], shown["start_at"])
    assert found == ("Untitled", "disabled", 1, "hours", "2026-01-01T00:00:00Z")
    options = (shown["overlap"], shown["auto_retry"], shown["auto_retry_attempts"], shown["reuse_cluster_strategy"])
    assert options == (True, False, 3, "any")
    packages = [{"package_id": "101", "variables": {}}]
    assert shown["task"] == {"nodes": 2, "terminate_on_idle": True, "time_to_idle": 60, "packages": packages}
    assert (shown["next_run_at"], shown["last_run_at"], shown["execution_count"]) == (None, None, 0)


@pytest.mark.parametrize("packages", [[{"package_id": 101}], [{"package_id": "101"}], {"0": {"package_id": "101"}}])
def test_packages_may_be_numbers_texts_or_numbered(packages: Any) -> None:
    """The documentation has texts, two clients have numbers, and one sends an object with numbers as names."""
    caller = emulated()
    number = new_schedule(caller, task={"packages": packages})
    assert read(caller, number)["task"]["packages"] == [{"package_id": "101", "variables": {}}]


def test_package_ids_may_be_shown_as_numbers() -> None:
    """With the knob the id of a package is a number, as two clients read it."""
    caller = emulated(scheduled_package_ids="number")
    assert read(caller, new_schedule(caller))["task"]["packages"][0]["package_id"] == 101


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"task": {}}, "task.packages is required"),
        ({"task": {"packages": []}}, "task.packages must be a list of one package or more"),
        ({"task": {"packages": [{"package_id": 7}]}}, "task.packages has package 7, which does not exist"),
        ({"task": {**TASK, "nodes": 21}}, "task.nodes must be from 1 to 20, got 21"),
        ({"interval_amount": 0}, "interval_amount must be from 1 to 10000, got 0"),
        ({"interval_unit": "years"}, "interval_unit must be one of minutes, hours, days, weeks, months, got 'years'"),
        ({"auto_retry_attempts": 6}, "auto_retry_attempts must be from 1 to 5, got 6"),
        ({"reuse_cluster_strategy": "some"}, "reuse_cluster_strategy must be one of none, self, any, got 'some'"),
        ({"start_at": "tonight"}, "start_at must be a time such as 2026-01-01T02:00:00Z, got 'tonight'"),
        ({"status": "on"}, "status must be one of enabled, disabled, got 'on'"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(fields: dict[str, Any], message: str) -> None:
    """A refusal is a 422 that begins with the field's name, and nothing is made."""
    caller = emulated()
    refused = caller.post("schedules", {"task": TASK, **fields})
    assert (refused.status, refused.json()["message"]) == (422, message)
    assert len(caller.emulator.schedules()) == 2


def test_a_change_leaves_the_rest_as_it_is() -> None:
    """With `merge`, only what is given changes, within the task too."""
    caller = emulated()
    number = new_schedule(caller, name="loads", overlap=False)
    before = read(caller, number)
    caller.clock.advance(60)
    changed = caller.put(f"schedules/{number}", {"interval_amount": 2, "task": {"nodes": 4}}).json()
    assert changed == read(caller, number)
    named = {"interval_amount": 2, "updated_at": "2026-01-01T00:01:00Z", "next_run_at": "2026-01-01T02:00:00Z"}
    assert changed == {**before, **named, "task": {**before["task"], "nodes": 4}}


def test_a_change_may_replace_the_document() -> None:
    """With `replace`, what is left out has its default again, but for the packages, which are not required."""
    caller = emulated(schedule_put="replace")
    number = new_schedule(caller, name="loads", overlap=False, description="d")
    changed = caller.put(f"schedules/{number}", {"interval_unit": "days"}).json()
    found = (changed["name"], changed["status"], changed["overlap"], changed["description"], changed["task"]["nodes"])
    assert found == ("Untitled", "disabled", True, "", 2)
    assert changed["task"]["packages"] == [{"package_id": "101", "variables": {"day": "'x'"}}]


def test_a_start_cannot_change_once_the_schedule_has_run() -> None:
    """Before the first run it can; after that the same start may be sent, and another one is a 422."""
    caller = emulated()
    number = new_schedule(caller)
    start = {"start_at": "2026-01-01T00:30:00Z"}
    assert caller.put(f"schedules/{number}", start).json()["next_run_at"] == "2026-01-01T00:30:00Z"
    caller.clock.advance(1801)
    assert read(caller, number)["execution_count"] == 1
    assert caller.put(f"schedules/{number}", start).status == 200
    assert caller.put(f"schedules/{number}", {"start_at": "2026-01-03T00:00:00Z"}).status == 422


def test_a_start_may_be_refused_whatever_it_is() -> None:
    """With the knob, a start is refused after the first run although it is the same."""
    caller = emulated(schedule_start_after_run="refuse")
    number = new_schedule(caller)
    caller.post(f"schedules/{number}/run")
    refused = caller.put(f"schedules/{number}", {"start_at": "2026-01-01T00:00:00Z"})
    assert refused.json()["message"] == "start_at cannot be changed once the schedule has run"


def test_a_removed_schedule_is_gone_at_once() -> None:
    """The answer is its last state, reading it is a 404 then, and its id is not used again."""
    caller = emulated()
    number = new_schedule(caller)
    before = read(caller, number)
    assert caller.delete(f"schedules/{number}").json() == before
    assert [caller.send(method, f"schedules/{number}").status for method in ("GET", "DELETE")] == [404, 404]
    caller.clock.advance(7200)
    assert caller.emulator.jobs() == ()
    assert new_schedule(caller) == number + 1


def test_a_clone_has_not_run() -> None:
    """The copy has a name of its own, the same task and status, and no run."""
    caller = emulated()
    number = new_schedule(caller, name="loads")
    caller.post(f"schedules/{number}/run")
    cloned = caller.post(f"schedules/{number}/clone")
    copy = cloned.json()
    assert (cloned.status, copy["name"], copy["status"]) == (201, "Copy of loads", "enabled")
    assert (copy["task"], copy["execution_count"], copy["last_run_at"]) == (read(caller, number)["task"], 0, None)


def test_schedules_are_listed_and_read() -> None:
    """Schedules can be listed, filtered by status and read one by one."""
    caller = emulated()
    number = new_schedule(caller)
    assert {schedule["id"] for schedule in caller.get("schedules").json()} == {301, 302, number}
    assert [schedule["id"] for schedule in caller.get("schedules", status="enabled").json()] == [number]
    assert caller.get("schedules/301").json()["name"] == "Every night"


def test_a_schedule_of_the_seed_runs_after_its_interval() -> None:
    """It was made a while ago and has not run yet."""
    seeds = (ScheduleSeed(5, "s", status="enabled", interval_unit="days", packages=(TaskPackageSeed(101),)),)
    caller = emulated(Seed(api_key=KEY, schedules=seeds))
    assert read(caller, 5)["next_run_at"] == "2026-01-02T00:00:00Z"
    caller.clock.advance(86_400)
    assert len(caller.emulator.jobs()) == 1

"""Schedules through the real engine."""

from typing import Any

from tests.support.accounts.clients import client_of
from tests.support.engine.stack import Declared, Stack, writes
from xplenty_pulumi.emulator import EmulatedSchedule, Emulator

HOUR = 3600.0
DAY = 24 * HOUR
VARIABLES = {"day": "'2026-01-01'"}


def schedule(resource: str = "nightly", /, **inputs: Any) -> Declared:
    """Declare a schedule of package 101 for each day, unless `inputs` say otherwise."""
    given = {"packages": [{"package_id": 101, "variables": VARIABLES}], "every": "1 day", **inputs}
    return Declared("Schedule", resource, given)


def ours(account: Emulator) -> EmulatedSchedule:
    """Return the one schedule that the account did not begin with."""
    (found,) = [one for one in account.schedules() if one.id > 302]
    return found


def test_life_of_a_schedule(stack: Stack, account: Emulator) -> None:
    """It is made enabled, changed in place, quiet when nothing has changed, and gone after a destroy."""
    stack.declare(schedule()).up().succeeded()
    made = ours(account)
    assert (made.name, made.status, made.interval_unit, made.task["nodes"]) == ("nightly", "enabled", "days", 2)
    assert made.task["packages"] == [{"package_id": 101, "variables": VARIABLES}]
    stack.up("--expect-no-changes").succeeded()

    stack.declare(schedule(every="12 hours", nodes=3, overlap=False, description="loads")).up().succeeded()
    changed = ours(account)
    assert (changed.id, changed.interval_amount, changed.interval_unit) == (made.id, 12, "hours")
    assert (changed.task["nodes"], changed.overlap) == (3, False)
    assert changed.task["packages"] == made.task["packages"]
    assert changed.description.startswith("loads [xp2:")

    output = stack.destroy().succeeded().output
    assert [one.id for one in account.schedules()] == [301, 302]
    assert "goes on" not in output
    assert stack.state() == {}


def test_a_schedule_fires_and_is_repaired_when_somebody_disables_it(stack: Stack, account: Emulator) -> None:
    """It runs twice by the account's clock; switched off by hand it is drift, and the next up switches it on."""
    stack.declare(schedule()).up().succeeded()
    made = ours(account)
    for _ in range(2):
        account.advance(DAY)
    runs = [one for one in account.jobs() if one.made_by and one.made_by.id == made.id]
    assert [(one.package_id, one.variables) for one in runs] == [(101, VARIABLES)] * 2
    stack.refresh().succeeded()
    assert stack.outputs()["nightly"]["execution_count"] == 2
    stack.up("--expect-no-changes").succeeded()

    account.edit_schedule(made.id, status="disabled")
    drift = stack.command("drift")
    assert (drift.code, "harmful" in drift.output, "enabled" in drift.output) == (2, True, True), drift.output
    stack.up("--refresh").succeeded()
    assert ours(account).status == "enabled"


def test_a_start_that_cannot_change_replaces_the_schedule(stack: Stack, account: Emulator) -> None:
    """Before the first run it changes in place, after that a new schedule takes its place, and the preview says so."""
    stack.declare(schedule(start_at="2030-01-01T02:00:00Z")).up().succeeded()
    made = ours(account)
    stack.declare(schedule(start_at="2030-01-02T02:00:00+02:00")).up().succeeded()
    moved = ours(account)
    assert (moved.id, moved.start_at - made.start_at) == (made.id, 22 * HOUR)

    account.edit_schedule(made.id, execution_count=1)
    stack.declare(schedule(start_at="2030-01-03T02:00:00Z"))
    assert "does not let its start_at change any more" in stack.run("preview").succeeded().output
    output = stack.up().succeeded().output

    assert "does not let its start_at change any more" in output
    assert ours(account).id != made.id
    assert writes(account)[-3:-1] == [f"DELETE /schedules/{made.id}", "POST /schedules"]
    stack.up("--expect-no-changes").succeeded()


def test_a_schedule_whose_copy_bars_its_replacement_stays(stack: Stack, account: Emulator) -> None:
    """Somebody has cloned it with its marker: the preview warns, the `up` fails, and the nights go on as they were."""
    stack.declare(schedule(start_at="2030-01-01T02:00:00Z")).up().succeeded()
    made = ours(account)
    account.edit_schedule(made.id, execution_count=1)
    with client_of(account) as client:
        copy = client.schedules.create({"name": "copy", "description": made.description, "task": dict(made.task)})
    stack.declare(schedule(start_at="2030-01-03T02:00:00Z"))

    told = f"it is not removed, because its replacement would be refused: schedule {copy.id}"
    assert told in stack.run("preview").succeeded().output
    diagnostics = stack.up().failed().output.rpartition("Diagnostics:")[2]
    assert diagnostics.count(told) == 1
    assert "it is not removed, for the reason that its warning gives" in diagnostics

    forced = stack.declare(schedule(start_at="2030-01-01T02:00:00Z")).up("--target-replace", "**::nightly")
    assert told in forced.failed().output
    assert made.id in {one.id for one in account.schedules()}
    stack.declare(schedule(start_at="2030-01-03T02:00:00Z"))
    stack.command("hand-over", f"schedule:{copy.id}", "--release", "--yes").succeeded()
    stack.up().succeeded()
    assert made.id not in {one.id for one in account.schedules()}


def test_a_destroy_names_the_runs_that_go_on(stack: Stack, account: Emulator) -> None:
    """The runs of a removed schedule are not the stack's to stop."""
    stack.declare(schedule()).up().succeeded()
    account.advance(DAY)
    (run,) = [one for one in account.jobs() if one.made_by and one.made_by.name == "nightly"]

    output = stack.destroy().succeeded().output

    assert f"what it has started goes on: job {run.id}" in output
    assert run.id in {one.id for one in account.unfinished_jobs()}


def test_secret_variables_are_nowhere_in_clear(stack: Stack, account: Emulator) -> None:
    """They are in no file and no output, whatever is done, and however an update without them fails."""
    secret = [{"package_id": 101, "variables": {"token": {"secret": "'tkn-4711'"}, "day": "'x'"}}]
    output = stack.declare(schedule(packages=secret)).up("--diff").succeeded().output
    assert ours(account).task["packages"][0]["variables"] == {"token": "'tkn-4711'", "day": "'x'"}
    assert stack.outputs()["nightly"]["observed"]["packages"][0]["variables"] == {"token": "***", "day": "'x'"}
    output += stack.up("--expect-no-changes").succeeded().output + stack.refresh("--diff").succeeded().output

    stack.declare(schedule(packages=[{"package_id": 999}]))
    refused = stack.up("--diff").failed().output
    assert "task.packages has package 999, which does not exist" in refused
    stack.declare(schedule(packages=secret)).up().succeeded()
    output += refused + stack.command("drift").output + stack.destroy().succeeded().output

    assert "tkn-4711" not in output + stack.files()

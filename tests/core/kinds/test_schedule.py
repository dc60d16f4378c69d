"""What is known about schedules: how inputs are read, and how a record shows them."""

from typing import Any

import pytest

from xplenty_pulumi.client import Schedule
from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.compare import differences
from xplenty_pulumi.core.kinds.schedule import SCHEDULE, schedule_body, schedule_view

LEAST: dict[str, Any] = {"packages": [{"package_id": 101}], "every": "1 day"}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("1 day", "1 day"),
        ("1 days", "1 day"),
        ("day", "1 day"),
        (" 12 Hours ", "12 hours"),
        ("30 minutes", "30 minutes"),
        ("2 weeks", "2 weeks"),
        ("month", "1 month"),
    ],
)
def test_an_interval_has_one_spelling(given: str, read: str) -> None:
    """However it is written, equal intervals are the same."""
    assert check(SCHEDULE, {**LEAST, "every": given}).inputs["every"] == read


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2026-12-01T02:00:00Z", "2026-12-01T02:00:00Z"),
        ("2026-12-01T02:00:59Z", "2026-12-01T02:00:00Z"),
        ("2026-12-01T02:00+02:00", "2026-12-01T00:00:00Z"),
    ],
)
def test_a_start_is_a_minute_in_utc(given: str, read: str) -> None:
    """Zones and seconds make no difference."""
    assert check(SCHEDULE, {**LEAST, "start_at": given}).inputs["start_at"] == read


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("every", "0 days", "every must be a number of minutes, hours, days, weeks, months"),
        ("every", "1 fortnight", "such as '1 day' or '12 hours', got '1 fortnight'"),
        ("every", 3600, "every must be a number of"),
        ("start_at", "2026-12-01T02:00:00", "start_at must be a time with its zone"),
        ("start_at", "tonight", "start_at must be a time with its zone"),
        ("packages", [], "packages must be a list of one package or more"),
        ("packages", "101", "packages must be a list of one package or more"),
        ("packages", [{"variables": {}}], "packages [0] must have package_id and perhaps variables, and nothing else"),
        ("packages", [{"package_id": 1, "x": 2}], "packages [0] must have package_id and perhaps variables"),
        ("packages", [{"package_id": "loads"}], "packages [0].package_id must be an id"),
        ("packages", [{"package_id": 1, "variables": ["x"]}], "packages [0].variables must be a mapping"),
        ("auto_retry_attempts", 6, "auto_retry_attempts must be between 1 and 5"),
        ("reuse_cluster", True, "reuse_cluster must be one of 'none', 'self', 'any'"),
        ("nodes", 0, "nodes must be between 1 and 10000"),
    ],
)
def test_a_wrong_input_is_refused_by_its_name(name: str, value: object, text: str) -> None:
    """Each problem names its input."""
    (problem,) = check(SCHEDULE, {**LEAST, name: value}).problems
    assert (problem.field, text in str(problem)) == (name, True), str(problem)


def test_no_text_shows_a_variable() -> None:
    """A variable may be secret."""
    wrong = [{"package_id": 101, "variables": {"token": ["tkn-4711"]}}]
    (problem,) = check(SCHEDULE, {**LEAST, "packages": wrong}).problems
    assert "tkn-4711" not in str(problem)


def record(**fields: Any) -> Schedule:
    """Return a record with these fields."""
    return Schedule.model_validate({"id": 7, "status": "enabled", **fields})


def test_a_record_shows_what_was_sent() -> None:
    """What goes out as a body comes back as the same inputs."""
    inputs = check(SCHEDULE, {**LEAST, "start_at": "2026-12-01T02:00:00Z", "every": "2 weeks"}).inputs
    shown = schedule_view(record(**schedule_body(inputs)))
    assert differences(SCHEDULE, inputs, shown) == ()


def test_what_is_not_shown_is_as_it_was_asked_for() -> None:
    """An older service has no retries, and a strategy under another name."""
    inputs = check(SCHEDULE, {**LEAST, "auto_retry": True, "reuse_cluster": "self"}).inputs
    shown = schedule_view(record(reuse_cluster=True), inputs)
    assert differences(SCHEDULE, inputs, shown) == ()


@pytest.mark.parametrize(("status", "following"), [("enabled", "2026-12-01T02:00:00Z"), ("disabled", None)])
def test_a_disabled_schedule_has_no_next_run(status: str, following: str | None) -> None:
    """A service may go on to show the last plan of one that was disabled."""
    assert schedule_view(record(status=status, next_run_at="2026-12-01T02:00:00Z"))["next_run_at"] == following


def test_variables_that_are_left_out_are_none() -> None:
    """No variables and an empty object of them are the same."""
    inputs = check(SCHEDULE, {"packages": [{"package_id": "101"}], "every": "day"}).inputs
    task = {"packages": [{"package_id": 101, "variables": None}]}
    shown = schedule_view(record(interval_amount=1, interval_unit="days", task=task), inputs)
    assert differences(SCHEDULE, inputs, shown) == ()


def test_what_the_service_adds_to_a_package_is_no_difference_and_is_sent_back() -> None:
    """A field of a later version of the service is not drift, and a change of something else does not remove it."""
    inputs = check(SCHEDULE, {"packages": [{"package_id": "101"}], "every": "day"}).inputs
    task = {"packages": [{"package_id": 101, "variables": {}, "retries": 2}]}
    found = record(interval_amount=1, interval_unit="days", task=task)
    assert differences(SCHEDULE, inputs, schedule_view(found, inputs)) == ()
    assert (SCHEDULE.repeated(found, inputs) or {})["packages"] == task["packages"]

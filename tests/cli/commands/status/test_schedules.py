"""`xplenty-pulumi status schedules` and `run-schedule`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.accounts.command_line import SCOPE, Scene, at, opened_scene
from tests.support.accounts.desired import signed
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.client import Schedule
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reports.overview import Wanted
from xplenty_pulumi.core.reports.schedules import schedule_row, schedules_shown
from xplenty_pulumi.emulator import FaultRule, Faults

NOW = datetime(2026, 1, 31, tzinfo=UTC)
DAY = 86_400.0


def record(number: int = 7, **fields: Any) -> Schedule:
    """Return the record of a schedule that runs in an hour, unless `fields` say otherwise."""
    known = {"id": number, "name": "loads", "status": "enabled", "next_run_at": NOW + timedelta(hours=1)}
    return Schedule.model_validate({**known, **fields})


@pytest.mark.parametrize(
    ("fields", "is_overdue", "phase"),
    [
        ({}, False, Phase.READY),
        ({"next_run_at": NOW - timedelta(minutes=10)}, False, Phase.READY),
        ({"next_run_at": NOW - timedelta(minutes=11)}, True, Phase.FAILED),
        ({"next_run_at": NOW - timedelta(minutes=11), "status": "disabled"}, False, Phase.STOPPED),
        ({"next_run_at": None}, False, Phase.READY),
        ({"last_run_status": "failed"}, False, Phase.FAILED),
    ],
)
def test_overdue_is_what_should_have_run(
    fields: dict[str, Any],
    is_overdue: bool,
    phase: Phase,
) -> None:
    """An enabled schedule is overdue ten minutes after its planned run, and what is disabled never is."""
    row = schedule_row(record(**fields), now=NOW)
    assert (row.is_overdue, row.phase) == (is_overdue, phase)


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Wanted(), [2, 1, 3]),
        (Wanted(statuses=("disabled",)), [3]),
        (Wanted(owner=SCOPE), [2]),
        (Wanted(package_id=101), [1]),
        (Wanted(age=timedelta(days=1)), [2]),
    ],
)
def test_what_is_wanted_is_shown_in_the_order_of_the_next_runs(wanted: Wanted, ids: list[int]) -> None:
    """Those without a next run come last."""
    made = [
        record(1, task={"packages": [{"package_id": "101"}]}),
        record(2, next_run_at=NOW, description=signed(), created_at=NOW),
        record(3, next_run_at=None, status="disabled"),
    ]
    assert [row.id for row in schedules_shown(made, wanted, now=NOW)] == ids


def test_json_has_every_field(scene: Scene) -> None:
    """The document names each schedule with what it runs, when, and how it went."""
    scene.emulator.edit_schedule(301, status="enabled")
    scene.clock.advance(DAY + 600)
    shown = scene.run("status", "schedules", "--status", "enabled", "--json").json
    assert shown["schedules"] == [
        {
            "id": 301,
            "name": "Every night",
            "status": "enabled",
            "every": "1 day",
            "packages": [101],
            "next_run_at": at(2 * DAY),
            "last_run_at": at(DAY),
            "last_run_status": "completed",
            "execution_count": 1,
            "is_overdue": False,
            "owner": "unmanaged",
            "created_at": "2025-12-02T00:00:00Z",
        }
    ]


def test_an_overdue_schedule_fails_where_that_is_asked(scene: Scene) -> None:
    """The exit code is 3, as for a cluster in error."""
    assert scene.run("status", "schedules", "--fail-on-error").code == 0
    schedules = scene.emulator.account.world.schedules  # set here, since one that is put would run at once
    late = scene.clock.now().timestamp() - 3600
    schedules[301] = replace(schedules[301], status="enabled", next_run_at=late)
    ended = scene.run("status", "schedules", "--fail-on-error")
    assert (ended.code, "overdue" in ended.out) == (3, True)


def test_a_status_of_clusters_is_none_of_schedules(scene: Scene) -> None:
    """The refusal names those that a schedule has."""
    ended = scene.run("status", "schedules", "--status", "available")
    assert ended.code == 2
    assert "must be one of enabled, disabled, got 'available'" in ended.err


def test_no_schedule_is_said_so(scene: Scene) -> None:
    """An account without any has a line of its own."""
    for number in (301, 302):
        scene.emulator.delete_record("schedule", number)
    assert scene.run("status", "schedules").lines[-1] == "no schedule to show"


@pytest.mark.parametrize("named", ["302", "Customers by the hour"])
def test_a_schedule_is_run_by_id_or_name(scene: Scene, named: str) -> None:
    """The command names the job that the service has started, also of a schedule that is disabled."""
    ended = scene.run("run-schedule", named, "--yes")
    (job,) = scene.emulator.jobs()
    assert (ended.code, ended.lines) == (0, [f"schedule 302 was run: job {job.id}"])
    assert (job.package_id, scene.calls().count("POST schedules/302/run")) == (102, 1)


def test_a_run_that_got_no_answer_is_to_be_looked_for(
    monkeypatch: pytest.MonkeyPatch, schema_watch: SchemaWatch
) -> None:
    """It is not sent again, and the text says where it would show."""
    schema_watch.look_away()
    with opened_scene(monkeypatch, gates=[Faults(FaultRule("POST schedules/302/run", "504 after"))]) as scene:
        ended = scene.run("run-schedule", "302", "--yes")
        assert (ended.code, len(scene.emulator.jobs())) == (1, 1)
    assert "It may have been run: look with `xplenty-pulumi status jobs` before you run it again" in ended.err


def test_a_run_whose_jobs_cannot_be_read_was_run_all_the_same(
    monkeypatch: pytest.MonkeyPatch, schema_watch: SchemaWatch
) -> None:
    """No error says that nothing was changed, since a script would run it a second time."""
    schema_watch.look_away()
    rule = FaultRule("GET jobs", "502 before", calls=range(2, 10))
    with opened_scene(monkeypatch, gates=[Faults(rule)]) as scene:
        ended = scene.run("run-schedule", "302", "--yes")
        assert (ended.code, len(scene.emulator.jobs())) == (0, 1)
    assert "schedule 302 was run: what it has started cannot be read (" in ended.out
    assert "look with `xplenty-pulumi status jobs`" in ended.out


def test_running_is_asked_first(scene: Scene) -> None:
    """Without a terminal nothing is run, and the way out is named."""
    ended = scene.run("run-schedule", "302")
    assert (ended.code, scene.emulator.jobs()) == (2, ())
    assert "Run schedule 302 (Customers by the hour: disabled) now? It starts 1 package on 2 nodes" in ended.err
    assert "Run it with --yes" in ended.err


@pytest.mark.parametrize(("named", "text"), [("7", "schedule 7"), ("nobody", "there is no schedule of that name")])
def test_an_unknown_schedule_is_one_paragraph(scene: Scene, named: str, text: str) -> None:
    """Nothing is run."""
    ended = scene.run("run-schedule", named, "--yes")
    assert (ended.code, text in ended.err, scene.emulator.jobs()) == (1, True, ())


def test_what_was_changed_during_the_question_is_not_run(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The yes was to what the question has named, and a colleague's edit costs something else."""
    task = {"nodes": 20, "packages": [{"package_id": 103}]}

    def edited_meanwhile(*_: object, **__: object) -> None:
        with scene.client() as client:
            client.schedules.update(302, {"task": task})

    monkeypatch.setattr(Screen, "ask", edited_meanwhile)
    ended = scene.run("run-schedule", "302")
    assert (ended.code, scene.emulator.jobs()) == (1, ())
    assert "schedule 302: what it runs was changed meanwhile; nothing was run" in ended.err

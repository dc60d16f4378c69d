"""The blocks of `docs/how-to/schedules.md` do what the page says."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.accounts.command_line import Scene, opened_scene
from tests.support.engine.stack import STEP, Stack
from xplenty_pulumi.core.kinds.kind import Change
from xplenty_pulumi.core.kinds.schedule import SCHEDULE
from xplenty_pulumi.core.preview.stack_rules import load_rules
from xplenty_pulumi.core.reports.schedules import LATE
from xplenty_pulumi.emulator import Emulator

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "schedules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PROGRAM, RULE, STATUS, SHOWN, DOCUMENT, RUN = BLOCKS
DAY = 86_400.0


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """An account with a schedule that has run, one that is overdue, and one that is disabled."""
    with opened_scene(monkeypatch) as made:
        made.emulator.edit_schedule(301, status="enabled")
        task = {"packages": [{"package_id": 103, "variables": {}}]}
        weekly = {"name": "Sums", "status": "enabled", "interval_unit": "weeks", "task": task}
        with made.client() as client:
            late = client.schedules.create(weekly)
        made.clock.advance(DAY + 600)
        schedules = made.emulator.account.world.schedules  # set here, since one that is put would run at once
        schedules[late.id] = replace(schedules[late.id], next_run_at=made.clock.now().timestamp() - 3600)
        yield made


@pytest.mark.engine
def test_program_declares_what_the_page_says(tmp_path: Path) -> None:
    """It runs on the real engine, and the service has what it declares."""
    with Emulator(step=STEP) as account:
        stack = Stack(tmp_path / "stack", account)
        (stack.folder / "__main__.py").write_text(PROGRAM)
        assert "2030-01-01T02:00:00Z" in stack.up().succeeded().output
        made = account.schedules()[-1]
        assert (made.name, made.status, made.overlap, made.auto_retry) == ("nightly", "enabled", False, True)
        assert (made.task["nodes"], made.task["time_to_idle"]) == (3, 300)
        assert made.task["packages"] == [{"package_id": 101, "variables": {"day": "'yesterday'"}}]


def test_the_rule_is_read() -> None:
    """The command sets the rule of the stack."""
    words = shlex.split(RULE)
    assert load_rules({}, {words[3]: words[4]}.get).schedules == "disabled"


def test_table_is_that_of_the_code() -> None:
    """Each input is in the table, with the default that the code has."""
    rows = re.findall(r"^\| (`.*?) \| .* \| (.*?) ?\|$", PAGE, re.MULTILINE)
    names = [name for inputs, _ in rows for name in re.findall(r"`(\w+)`", inputs)]
    assert sorted(names) == sorted(SCHEDULE.by_name)
    (cluster,) = [default for inputs, default in rows if "`nodes`" in inputs]
    of_cluster = [SCHEDULE.by_name[name].default for name in ("nodes", "terminate_on_idle", "time_to_idle")]
    assert cluster == ", ".join(str(one).lower() for one in of_cluster)
    assert {one.name for one in SCHEDULE.fields if one.change is Change.REPLACE} == set()
    assert LATE.total_seconds() == 600


def test_page_is_what_is_printed(scene: Scene) -> None:
    """The block is what the command prints on a terminal of 100 columns."""
    ended = scene.run(*shlex.split(STATUS)[1:], COLUMNS="100")
    assert ended.lines == SHOWN.splitlines()


def test_schedule_is_run_by_its_name(scene: Scene) -> None:
    """The command of the page runs the schedule once it is answered."""
    before = {one.id for one in scene.emulator.jobs()}
    assert scene.run(*shlex.split(RUN)[1:], "--yes").code == 0
    assert len({one.id for one in scene.emulator.jobs()} - before) == 1


def test_document_is_what_is_printed(scene: Scene) -> None:
    """It has the first schedule, and all but the calls that are left."""
    printed, shown = scene.run("status", "schedules", "--json").json, json.loads(DOCUMENT)
    assert {**printed, "schedules": printed["schedules"][:1], "credits": shown["credits"]} == shown

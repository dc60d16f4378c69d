"""Every operation under 33 faults in three placements, and those that nobody waits for in one: 3,663 cells.

Each is judged by the hand-written table.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import xplenty_pulumi
from tests.faults.judge import assert_as_expected, assert_mended_by_the_next_run, assert_no_harm, play
from tests.faults.operations import ACCEPTED_OPERATIONS, MORE_OPERATIONS, OPERATIONS, Operation
from tests.faults.stage import stage_without_socket
from tests.faults.table import TABLE, expectations
from tests.support.openapi import SchemaWatch, load_document
from tests.support.scoreboard import count
from xplenty_pulumi.emulator import ALWAYS, FAULTS, FIRST, SECOND, FaultRule

PLACEMENTS: dict[str, Container[int]] = {"first": FIRST, "second": SECOND, "for ever": ALWAYS}


@dataclass(frozen=True)
class Cell:
    """One fault in one place of one operation."""

    operation: Operation
    fault: str
    placement: str

    def __str__(self) -> str:
        return f"{self.operation}-{self.fault}-{self.placement}"


ALL = (*OPERATIONS, *MORE_OPERATIONS)
CELLS = [Cell(operation, fault, placement) for operation in ALL for fault in FAULTS for placement in PLACEMENTS]
CELLS += [Cell(operation, fault, "first") for operation in ACCEPTED_OPERATIONS for fault in FAULTS]


def test_the_table_is_whole() -> None:
    """There are 99 rows, and 3,663 cells that differ."""
    assert [set(rows) for rows in TABLE.values()] == [set(FAULTS)] * 3
    assert sum(len(rows) for rows in TABLE.values()) == 99
    assert len({str(cell) for cell in CELLS}) == len(CELLS) == 3663


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_cell(cell: Cell, schema_watch: SchemaWatch) -> None:
    """Every act ends as the table says, does no harm, and what it leaves undone the next run finishes."""
    schema_watch.look_away()
    rule = FaultRule(cell.operation.call or cell.operation.name, cell.fault, calls=PLACEMENTS[cell.placement])
    stage = stage_without_socket(rule)
    played = play(stage, cell.operation)
    expected = expectations(cell.operation, cell.fault, cell.placement, acts=len(played.acts))
    assert_as_expected(stage, played, expected)
    assert_no_harm(stage, played)
    assert_mended_by_the_next_run(stage, played)
    count("fault matrix, in process", goal=len(CELLS), command="make test TESTS=tests/faults/test_matrix.py")


EXCUSED: Mapping[str, str] = {
    "getUser": "asked for once in a process, so there is no second call; read like any other",
    "getAccountRateLimit": "the second address of getRateLimit",
    **dict.fromkeys(
        ("listPlans", "getSubscription"), "asked for in previews only: tests/core/preview/test_questions.py"
    ),
    **dict.fromkeys(
        ("testConnection", "testNewConnection"),
        "a read that is posted; the former is followed by a problem: tests/core/reconcile/definitions/"
        "test_connections.py",
    ),
    "listConnectionTypes": "never called",
    "pingHook": "a test of a new hook whose failure is a warning: tests/core/reconcile/definitions/test_hooks.py",
    **dict.fromkeys(
        ("startPackageValidation", "getPackageValidation"),
        "a check after a change, whose trouble is told: tests/core/reconcile/definitions/test_packages.py",
    ),
    **dict.fromkeys(("validatePackage", "listPackageValidations", "exportPackage"), "never called"),
    "listJobChildren": "read for an error that stands without it: tests/core/reconcile/runs/test_workflows.py",
    "getJobVariables": "read for an output that is left out where it fails: tests/core/reconcile/runs/test_options.py",
    **dict.fromkeys(("getJobLog", "listClusterInstances"), "a detail of the command line that may be missing"),
    **dict.fromkeys(("searchClusters", "searchJobs", "searchHooks"), "never called"),
    **dict.fromkeys(("previewJobOutput", "listPackageTemplates"), "never called"),
    **dict.fromkeys(
        ("listScheduleWatchers", "watchSchedule", "unwatchSchedule"), "set by the code that has cells for clusters"
    ),
    "runSchedule": "sent once by a command and never repeated: tests/cli/commands/status/test_schedules.py",
    "cloneSchedule": "never called",
    **dict.fromkeys(("listRegions", "listStacks", "listAllRegions"), "never called"),
    **dict.fromkeys(("listHookTypes", "listHookEvents", "resetHookSalt"), "never called"),
}
"""Operations of the API that have no cells, and why."""


def test_every_operation_is_in_the_matrix() -> None:
    """An operation that is added to the description of the API needs cells, or a reason not to have any."""
    methods = [method for path in load_document()["paths"].values() for method in path.values()]
    described = {method["operationId"] for method in methods if "operationId" in method}
    assert {operation.name for operation in ALL}.isdisjoint(EXCUSED)
    assert {operation.name for operation in ALL} | EXCUSED.keys() == described


def test_what_is_never_called_is_not_called() -> None:
    """No module outside of the client uses what is excused as never called, or as only offered."""
    folder = Path(xplenty_pulumi.__file__).parent
    used = [path for part in ("core", "dynamic", "cli") for path in (folder / part).rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in used)
    for call in (".clone(", "hooks.types(", "hooks.events(", "reset_salt(", "templates(", ".preview("):
        assert call not in text

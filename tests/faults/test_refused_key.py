"""Every operation while the key is refused for 3, 30 and 120 seconds: 216 cells."""

from dataclasses import dataclass

import pytest

from tests.faults.judge import Play, assert_mended_by_the_next_run, assert_no_harm
from tests.faults.operations import MORE_OPERATIONS, OPERATIONS, Operation
from tests.faults.stage import stage_without_socket
from tests.support.openapi import SchemaWatch
from tests.support.scoreboard import count
from xplenty_pulumi.emulator import FaultRule
from xplenty_pulumi.errors import AuthError

MINUTE = 60.0


@dataclass(frozen=True)
class Cell:
    """One operation, and a refusal of all calls that lasts for some seconds."""

    operation: Operation
    status: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.operation.name}-{self.status}-{self.seconds:.0f} s"


CELLS = [
    Cell(operation, status, seconds)
    for operation in (*OPERATIONS, *MORE_OPERATIONS)
    for status in ("401", "403")
    for seconds in (3.0, 30.0, 120.0)
]


def test_the_cells_are_all_there() -> None:
    """There are 216 of them."""
    assert len({str(cell) for cell in CELLS}) == len(CELLS) == 216


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_cell(cell: Cell, schema_watch: SchemaWatch) -> None:
    """What was allowed before is done once it is allowed again within a minute; else a later run does it.

    The first thing is done while the key is accepted, the second one while it is refused.
    """
    schema_watch.look_away()
    stage = stage_without_socket(FaultRule("* *", cell.status, lasting=cell.seconds))
    acts = cell.operation.prepare(stage)
    first = acts[0]()
    others, began, calls = stage.others_now(), stage.clock.monotonic(), len(stage.emulator.calls())
    stage.begin()
    second = acts[-1]()
    took, spent = stage.clock.monotonic() - began, len(stage.emulator.calls()) - calls
    endings = [first, second][-len(acts) :]
    played = Play(cell.operation, acts, endings, [], took, spent, others)
    assert (first.how, first.doubt) == ("done", "")
    if cell.seconds < MINUTE:
        assert (second.how, second.error, second.doubt) == ("done", None, "")
        assert took >= cell.seconds
    else:
        assert isinstance(second.error, AuthError)
        assert took >= MINUTE
    assert_no_harm(stage, played)
    assert_mended_by_the_next_run(stage, played)
    count("refused keys", goal=len(CELLS), command="make test TESTS=tests/faults/test_refused_key.py")

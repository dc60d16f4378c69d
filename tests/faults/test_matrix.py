"""Ten operations under thirty faults in three placements: 900 cells, each judged by the hand-written table."""

from collections.abc import Container
from dataclasses import dataclass
from random import Random

import pytest

from tests.faults.judge import assert_as_expected, assert_mended_by_the_next_run, assert_no_harm, play
from tests.faults.operations import OPERATIONS, Operation
from tests.faults.stage import ENCODED_KEY, KEY, Stage
from tests.faults.table import TABLE, expectations
from tests.support.fault_transport import translating
from tests.support.openapi import SchemaWatch
from tests.support.scoreboard import count
from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import ALWAYS, FAULTS, FIRST, SECOND, Emulator, FaultRule

PLACEMENTS: dict[str, Container[int]] = {"first": FIRST, "second": SECOND, "for ever": ALWAYS}


@dataclass(frozen=True)
class Cell:
    """One fault in one place of one operation."""

    operation: Operation
    fault: str
    placement: str

    def __str__(self) -> str:
        return f"{self.operation.name}-{self.fault}-{self.placement}"


CELLS = [Cell(operation, fault, placement) for operation in OPERATIONS for fault in FAULTS for placement in PLACEMENTS]


def stage_of(cell: Cell) -> Stage:
    """Return an account without a socket, on which a careless service and library repeat the key in all their words."""
    clock = ManualClock()

    def connect(emulator: Emulator) -> Client:
        return Client(
            api_key=KEY,
            account_id=emulator.account_id,
            clock=clock,
            random=Random(7),
            http=translating(emulator.account, clock, gossip=f"key {KEY}, header Basic {ENCODED_KEY}"),
        )

    rule = FaultRule(cell.operation.name, cell.fault, calls=PLACEMENTS[cell.placement])
    return Stage(rule, clock, connect)


def test_the_table_is_whole() -> None:
    """There are 90 rows, and 900 cells that differ."""
    assert [set(rows) for rows in TABLE.values()] == [set(FAULTS)] * 3
    assert sum(len(rows) for rows in TABLE.values()) == 90
    assert len({str(cell) for cell in CELLS}) == len(CELLS) == 900


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_cell(cell: Cell, schema_watch: SchemaWatch) -> None:
    """Every act ends as the table says, does no harm, and what it leaves undone the next run finishes."""
    schema_watch.look_away()
    stage = stage_of(cell)
    played = play(stage, cell.operation)
    expected = expectations(cell.operation, cell.fault, cell.placement, acts=len(played.acts))
    assert_as_expected(stage, played, expected)
    assert_no_harm(stage, played)
    assert_mended_by_the_next_run(stage, played)
    count("fault matrix, in process", goal=len(CELLS), command="make test TESTS=tests/faults/test_matrix.py")

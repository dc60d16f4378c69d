"""Ten operations under 16 faults of real connections on this machine: 160 cells, judged by the same table."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from random import Random

import pytest

from tests.faults.judge import assert_as_expected, assert_mended_by_the_next_run, assert_no_harm, play
from tests.faults.operations import OPERATIONS, Operation
from tests.faults.stage import KEY, Stage
from tests.faults.table import UNTOUCHED, expectations
from tests.support.faults.sockets import RawServer, SkippingClock, serving
from tests.support.openapi import SchemaWatch
from tests.support.scoreboard import count
from xplenty_pulumi.client import Client
from xplenty_pulumi.emulator import (
    FAULTS,
    FIRST,
    Breakage,
    Effect,
    Emulator,
    Fault,
    FaultRule,
    followed,
    lost,
    refusing,
)

# Each fault, and the row of the table that says what is right under it; None where it must not be felt at all.
WIRE: dict[str, tuple[Fault, str | None]] = {
    "close before": (lost(Breakage.CLOSED, Effect.NONE), "reset before"),
    "reset before": (FAULTS["reset before"], "reset before"),
    "silence before": (FAULTS["silence before"], "silence before"),
    "502 before": (FAULTS["502 before"], "502 before"),
    "not HTTP": (lost(Breakage.NOT_HTTP, Effect.NONE), "reset before"),
    "close after": (FAULTS["close after"], "close after"),
    "reset after": (FAULTS["reset after"], "reset after"),
    "silence after": (FAULTS["silence after"], "silence after"),
    "half a header": (lost(Breakage.HALF_HEADER), "close after"),
    "cut body": (FAULTS["cut body"], "cut body"),
    "broken gzip": (FAULTS["broken gzip"], "broken gzip"),
    "slow drip": (FAULTS["slow drip"], "slow drip"),
    "redirect": (FAULTS["redirect"], "redirect"),
    "another kind": (FAULTS["another kind"], "another kind"),
    "another account": (FAULTS["another account"], "another account"),
    "surplus answer": (followed({"id": 999_999, "status": "terminated"}), None),
}


@dataclass(frozen=True)
class Cell:
    """One fault, met by the first call of one operation."""

    operation: Operation
    fault: str

    def __str__(self) -> str:
        return f"{self.operation.name}-{self.fault}"

    @property
    def deadline(self) -> float:
        """Seconds for a call; few only where the deadline is what ends it, lest a busy machine be taken for a fault."""
        return 1.2 if self.fault == "slow drip" else 20.0

    @property
    def read_timeout(self) -> float:
        """Seconds of silence that a call bears; few only where silence is the fault."""
        return 0.5 if self.fault.startswith("silence") else 10.0


CELLS = [Cell(operation, fault) for operation in OPERATIONS for fault in WIRE]


@contextmanager
def stage_of(cell: Cell, fault: Fault) -> Iterator[Stage]:
    """Give an account behind a real socket."""
    clock = SkippingClock()
    with ExitStack() as opened:

        def connect(emulator: Emulator) -> Client:
            client = Client(
                api_key=KEY,
                account_id=emulator.account_id,
                base_url=opened.enter_context(RawServer(serving(emulator.account))).url,
                clock=clock,
                random=Random(7),
                deadline=cell.deadline,
                read_timeout=cell.read_timeout,
            )
            return opened.enter_context(client)

        yield Stage(FaultRule(cell.operation.name, fault, calls=FIRST), clock, connect)


def test_the_cells_are_all_there() -> None:
    """There are 160 of them."""
    assert len({str(cell) for cell in CELLS}) == len(CELLS) == 160


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_cell(cell: Cell, schema_watch: SchemaWatch) -> None:
    """Every act ends as the table says, in real time too, and nothing goes to where a redirect points."""
    schema_watch.look_away()
    fault, row = WIRE[cell.fault]
    with RawServer(lambda _connection: None) as elsewhere:
        if cell.fault == "redirect":
            fault = refusing(302, "Moved", {"Location": elsewhere.url})
        began = time.monotonic()
        with stage_of(cell, fault) as stage:
            played = play(stage, cell.operation)
            assert time.monotonic() - began < 10
            acts = len(played.acts)
            untouched = [UNTOUCHED[cell.operation.kind]] * acts
            expected = expectations(cell.operation, row, "first", acts=acts) if row else untouched
            assert_as_expected(stage, played, expected)
            assert_no_harm(stage, played)
            assert_mended_by_the_next_run(stage, played)
        assert elsewhere.connections == 0
    count("faults of real connections", goal=len(CELLS), command="make test TESTS=tests/faults/test_wire.py")

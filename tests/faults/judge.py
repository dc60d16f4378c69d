"""Acting under a fault, and what must hold afterwards whatever the fault was."""

import traceback
from dataclasses import dataclass

from tests.faults.operations import Act, Ending, Operation
from tests.faults.stage import ENCODED_KEY, KEY, Others, Stage
from tests.faults.table import Expected


@dataclass(frozen=True)
class Play:
    """What came of all acts of an operation: their endings, the calls each sent, and the seconds and calls of all."""

    operation: Operation
    acts: list[Act]
    endings: list[Ending]
    sent: list[int]
    took: float
    spent: int
    others_before: Others


def play(stage: Stage, operation: Operation) -> Play:
    """Let the fault begin and perform every act."""
    acts = operation.prepare(stage)
    others, began, calls = stage.others_now(), stage.clock.monotonic(), len(stage.emulator.calls())
    stage.begin()
    endings, sent = [], []
    for act in acts:
        before = stage.arrived()
        endings.append(act())
        sent.append(stage.arrived() - before)
    took, spent = stage.clock.monotonic() - began, len(stage.emulator.calls()) - calls
    return Play(operation, acts, endings, sent, took, spent, others)


def assert_as_expected(stage: Stage, played: Play, expected: list[Expected]) -> None:
    """Every act ended as the table says, after the calls it says, with what it says made."""
    came = [
        (ending.how, type(ending.error) if ending.error else None, calls if row.sent is not None else None)
        for ending, calls, row in zip(played.endings, played.sent, expected, strict=True)
    ]
    assert came == [(row.how, row.error, row.sent) for row in expected]
    assert [ending.doubt for ending in played.endings] == [""] * len(played.acts)
    for number, row in enumerate(expected):
        assert row.made in (None, len(stage.made(number)))


def assert_no_harm(stage: Stage, played: Play) -> None:
    """Something did go wrong; it ended in time and within its budget; the key is told nowhere; others are untouched."""
    assert stage.faults.strikes
    assert played.took <= played.operation.longest
    assert played.spent <= played.operation.most_calls
    assert stage.others_now() == played.others_before
    errors = [ending.error for ending in played.endings if ending.error is not None]
    assert all(error.advice for error in errors)
    texts = [text for error in errors for text in (str(error), repr(error), *traceback.format_exception(error))]
    assert not [text for text in [*texts, *stage.ours.said] if KEY in text or ENCODED_KEY.rstrip("=") in text]


def assert_mended_by_the_next_run(stage: Stage, played: Play) -> None:
    """When the fault is over, a new process finishes what was left undone, and nothing is there twice."""
    stage.calm_down()
    undone = [act for ending, act in zip(played.endings, played.acts, strict=True) if ending.how != "done"]
    if undone:
        stage.start_anew()
    again = [act() for act in undone]
    assert [(ending.how, ending.doubt) for ending in again] == [("done", "")] * len(undone)
    for number in range(len(played.acts)):
        assert len(stage.made(number)) == (1 if played.operation.kind == "create" else 0)
        assert len(stage.living(number)) <= 1
    assert stage.others_now() == played.others_before

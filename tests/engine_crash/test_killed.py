"""Whatever is killed, and whenever: one documented command, `up` and `destroy` leave nothing living or doubled."""

from dataclasses import dataclass
from typing import Literal

import pytest

from tests.engine_crash.cases import OPERATIONS, When
from tests.engine_crash.crashed import CrashedStack, count_point
from tests.support.engine.process import EngineProcess, engine
from tests.support.engine.ran import bridged

Victim = Literal["engine", "provider"]

OFTEN = {
    ("engine", "before", "create"),
    ("engine", "in", "create"),
    ("engine", "after", "create"),
    ("engine", "in", "update"),
    ("engine", "in", "delete"),
    ("engine", "in", "refresh"),
    ("engine", "in", "run"),
    ("provider", "in", "create"),
    ("provider", "after", "create"),
    ("provider", "in", "delete"),
    ("provider", "in", "run"),
}
"""The points that every run of the tests takes; the others take minutes together."""


@dataclass(frozen=True)
class Case:
    """One crash point."""

    victim: Victim
    when: When
    operation: str

    def __str__(self) -> str:
        return f"{self.victim} killed {self.when} {self.operation}"

    @property
    def is_often(self) -> bool:
        """Whether it belongs to the normal run."""
        return (self.victim, self.when, self.operation) in OFTEN


VICTIMS: tuple[Victim, ...] = ("engine", "provider")
WHENS: tuple[When, ...] = ("before", "in", "after")
CASES = tuple(Case(victim, when, operation) for operation in OPERATIONS for victim in VICTIMS for when in WHENS)

_OFTEN = {True: (), False: (pytest.mark.long,)}
_NEEDS = {"stop": (bridged("test_destroy_ends_an_unknown_run_with_its_cluster"),)}
"""What only the bridge leaves in the state: a run that was not completed in time."""


def _parameters() -> list[object]:
    return [
        pytest.param(
            case, id=str(case).replace(" ", "-"), marks=[*_OFTEN[case.is_often], *_NEEDS.get(case.operation, ())]
        )
        for case in CASES
    ]


@pytest.mark.parametrize("case", _parameters())
def test_nothing_is_lost_or_doubled(crash: CrashedStack, case: Case) -> None:
    """After the kill, `recover` where something is left, `up` and `destroy`: no duplicate, no second run, nothing."""
    operation = OPERATIONS[case.operation]
    operation.prepare(crash.stack)
    crash.stack.declare(*operation.declared)
    crash.hold.set(operation.moments[case.when])
    with engine(crash.stack, operation.command) as running:
        crash.hold.wait()
        _strike(running, case)
        crash.hold.let_go()
        _recover(running, crash, case)
        for command in operation.continued_by:
            crash.continue_by(*command)

    assert crash.census.most == 1
    assert len(crash.account.jobs()) == (1 if case.operation in {"run", "stop"} else 0)
    # After a killed destroy that had taken effect, the `up` rightly made another cluster.
    assert len(crash.account.clusters()) in ({1, 2} if case.operation == "delete" else {1})
    count_point()


def _strike(running: EngineProcess, case: Case) -> None:
    if case.victim == "engine":
        running.kill()
    else:
        running.kill_provider()


def _recover(running: EngineProcess, crash: CrashedStack, case: Case) -> None:
    """A killed engine leaves a lock; after a killed provider the engine itself ends and leaves nothing to recover."""
    if case.victim == "provider":
        assert running.ended().code != 0
        assert crash.left_behind() == (False, [])
        return
    assert crash.left_behind()[0]
    crash.stack.recover("--yes").succeeded()
    assert crash.left_behind() == (False, [])

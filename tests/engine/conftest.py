"""The real engine and an emulated account for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.engine.stack import STEP, Stack
from xplenty_pulumi.emulator import Emulator


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account whose time passes with each look at something unfinished, and not in between."""
    with Emulator(step=STEP) as emulator:
        yield emulator


@pytest.fixture
def stack(tmp_path: Path, account: Emulator) -> Stack:
    """A new stack whose settings name the account."""
    return Stack(tmp_path, account)


@pytest.fixture
def make_stack(tmp_path: Path) -> Callable[..., Stack]:
    """A maker of stacks with settings of their own."""
    made: list[Stack] = []

    def make(account: Emulator | None = None, **environment: str) -> Stack:
        made.append(Stack(tmp_path / f"stack-{len(made)}", account, **environment))
        return made[-1]

    return make

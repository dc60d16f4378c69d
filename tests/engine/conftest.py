"""The real engine and an emulated account for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.stack import Stack
from xplenty_pulumi.emulator import Emulator

TIME_SCALE = 300.0
"""Ten minutes of the service take two seconds: long enough to be seen waiting, short enough to wait for."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test below this folder as one that needs the engine."""
    folder = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(folder):
            item.add_marker(pytest.mark.engine)


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account whose time passes 300 times as fast."""
    with Emulator(time_scale=TIME_SCALE) as emulator:
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

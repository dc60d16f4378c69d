"""A stack to crash on the real engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine_crash.cases import ENDLESS
from tests.engine_crash.crashed import CrashedStack
from tests.engine_crash.moments import Census, Hold
from tests.support.engine.stack import STEP, Stack
from xplenty_pulumi.emulator import Emulator


@pytest.fixture
def crash(tmp_path: Path) -> Iterator[CrashedStack]:
    """A stack with an account in which nothing happens but what is waited for."""
    hold, census = Hold(), Census()
    with Emulator(step=STEP, gates=[hold, census]) as account:
        census.join(account)
        account.add_package(ENDLESS)
        try:
            yield CrashedStack(Stack(tmp_path, account), account, hold, census)
        finally:
            hold.let_go()

"""All of these tests run the real engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine_crash.scene import Scene, scene


@pytest.fixture
def crash(tmp_path: Path) -> Iterator[Scene]:
    """A stack to crash, and its account."""
    with scene(tmp_path) as found:
        yield found

"""All of these tests run the real engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine_crash.scene import Scene, scene


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test below this folder as one that needs the engine."""
    folder = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(folder):
            item.add_marker(pytest.mark.engine)


@pytest.fixture
def crash(tmp_path: Path) -> Iterator[Scene]:
    """A stack to crash, and its account."""
    with scene(tmp_path) as found:
        yield found

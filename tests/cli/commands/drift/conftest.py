"""The fixture `scene` for tests of `drift` without the engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands.drift.scene import DriftScene, opened_scene


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[DriftScene]:
    """The recorded stack on an account of its own."""
    with opened_scene(monkeypatch, tmp_path) as made:
        yield made

"""The fixture `scene` for the pages about commands that look at an account."""

from collections.abc import Iterator

import pytest

from tests.support.accounts.command_line import Scene, opened_scene, seeded


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """The account of the pages."""
    with opened_scene(monkeypatch) as made:
        seeded(made)
        yield made

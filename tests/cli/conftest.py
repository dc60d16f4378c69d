"""The fixture `scene` for tests of the commands that look at an account."""

from collections.abc import Iterator

import pytest

from tests.support.accounts.command_line import Scene, opened_scene


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A new account on a clock that only tests move, and the command line on it."""
    with opened_scene(monkeypatch) as made:
        yield made

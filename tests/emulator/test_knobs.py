"""The knobs themselves."""

import dataclasses
import re
from pathlib import Path

import pytest

from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import ConfigError

FOLDER = Path(__file__).parent


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Knobs)])
def test_every_knob_is_turned_in_a_test(name: str) -> None:
    """No knob is without a test beside this one that turns it."""
    texts = [path.read_text() for path in FOLDER.glob("test_*.py") if path.name != Path(__file__).name]
    assert any(re.search(rf"\b{name}\b", text) for text in texts)


def test_knobs_are_frozen() -> None:
    """A knob is set when the account begins and not later."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Knobs().max_nodes = 3  # type: ignore[misc]  # that it cannot be assigned is the point


def test_wrong_numbers_are_refused_by_name() -> None:
    """A negative duration or an empty size is a ConfigError."""
    with pytest.raises(ConfigError, match="scaling_seconds must be 0 or more, got -1"):
        Knobs(scaling_seconds=-1)
    with pytest.raises(ConfigError, match="credits_per_hour must be 1 or more, got 0"):
        Knobs(credits_per_hour=0)

"""`docs/reference/settings.md` has every setting of the source."""

import re
from pathlib import Path

from xplenty_pulumi.core.waiting.patience import Pace
from xplenty_pulumi.setting_names import (
    OF_ACCOUNT,
    ONLY_CONFIGURED,
    OTHER_VARIABLES,
    VARIABLES,
    setting_of,
    variable_of,
)

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """Return the text below a heading, up to the next one."""
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_table_names_every_setting() -> None:
    """The table has each environment variable beside the configuration key that stands for the same."""
    known = {(variable, key) for key, variable in VARIABLES.items()}
    shown = set(re.findall(r"^\|.*?\| `(XPLENTY_\w+)` \| `xplenty:(\w+)` \|$", PAGE, re.MULTILINE))
    assert shown == known


def test_the_intervals_of_polls_are_those_of_the_source() -> None:
    """The table says from which interval to which the polls grow."""
    assert f"| seconds between two polls, {Pace.first:.0f} growing to {Pace.longest:.0f} by default |" in PAGE


def test_settings_of_another_account_are_named() -> None:
    """The table has what a set of settings may hold, by its variable and its key."""
    shown = set(re.findall(r"`(XPLENTY_EU_\w+)` \| `(xplenty-eu:\w+)`", section("Of another account")))
    assert shown == {(variable_of(key, "eu"), setting_of(key, "eu")) for key in OF_ACCOUNT}


def test_what_has_one_place_only_is_named() -> None:
    """Keys without a variable and variables without a key have tables of their own."""
    keys = set(re.findall(r"`xplenty:(\w+)`", section("In the stack's configuration only")))
    variables = set(re.findall(r"`(XPLENTY_\w+)`", section("In the environment only")))
    assert keys == ONLY_CONFIGURED
    assert variables == OTHER_VARIABLES

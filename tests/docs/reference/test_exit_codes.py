"""`docs/reference/exit-codes.md` has the codes of the source, and names commands that exist."""

import re
from pathlib import Path

from tools.commands import commands
from xplenty_pulumi.cli.ui import exits

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "exit-codes.md").read_text(encoding="utf-8")


def test_codes_are_those_of_the_source() -> None:
    """The table has each code that a command may end with."""
    shown = {int(code) for code in re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE)}
    defined = {value for name, value in vars(exits).items() if name.isupper() and isinstance(value, int)}
    assert shown == {0, *defined}


def test_commands_exist() -> None:
    """Each command of the second table is one."""
    rows = re.findall(r"^\| (.*`.*) \| (\d) \|", PAGE, re.MULTILINE)
    named = {name for cell, _ in rows for name in re.findall(r"`([\w -]+)`", cell)}
    assert len(named) > 6
    assert named <= set(commands())


def test_drift_has_its_own_code() -> None:
    """The rows of `drift` say what a script may rely on."""
    assert f"| `drift` | {exits.DRIFT} | there is drift |" in PAGE
    assert f"| `drift` | {exits.FAILED} | an error, bad usage included |" in PAGE

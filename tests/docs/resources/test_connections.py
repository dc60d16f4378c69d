"""The block of `docs/how-to/connections.md` does what the page says, and its table is that of the types."""

import re
from pathlib import Path

import pytest

from tests.support.engine.stack import Stack
from xplenty_pulumi.core.kinds.connection import TYPES
from xplenty_pulumi.emulator import Emulator

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "connections.md").read_text(encoding="utf-8")
(PROGRAM,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def names(cell: str) -> list[str]:
    """Return the settings that a cell of the table lists, without those that only decide about another."""
    return re.findall(r"(?:^|, )`(\w+)`", cell)


def test_the_table_is_that_of_the_types() -> None:
    """Each type has a row with what it needs, when it does, and what it fills in."""
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE))
    assert rows.keys() == TYPES.keys()
    for type_, row in rows.items():
        product, needed, others = row.split(" | ")
        known = TYPES[type_]
        assert product == known.product
        assert names(needed) == [*known.needed, *(one.name for one in known.sometimes)]
        assert all(f"`{one.name}` {str(one).replace(one.other, f'`{one.other}`')}" in needed for one in known.sometimes)
        assert names(others) == [*known.defaults, *known.optional]
        shown = dict(re.findall(r"`(\w+)` \(([^)]*)\)", others))
        spelled = {name: "empty" if value == "" else str(value) for name, value in known.defaults.items()}
        assert {name: value.casefold() for name, value in shown.items()} == {
            name: value.casefold() for name, value in spelled.items()
        }


@pytest.mark.engine
def test_the_program_declares_what_the_page_says(tmp_path: Path) -> None:
    """It runs on the real engine, its test passes, and its password is in no file."""
    with Emulator() as account:
        stack = Stack(tmp_path / "stack", account)
        (stack.folder / "__main__.py").write_text(PROGRAM)
        stack.run("config", "set", "--secret", "tests:password", "pw-4711").succeeded()
        output = stack.up().succeeded().output
        (made,) = account.connections()
        assert made.settings["password"] == "pw-4711"
        assert f"REDSHIFT_CONNECTION_{made.number}" in output
        assert "pw-4711" not in output + stack.files()

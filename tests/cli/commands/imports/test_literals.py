"""Values are spelled as Python reads them back, and formatted as ruff formats them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from xplenty_pulumi.cli.commands.imports.literals import Code, Construction, spelled, text

VALUES: list[object] = [
    {},
    [],
    {"a": [1, 2.0, 0.25, True, None], "b": {"c": "d"}},
    ["x" * 40, "y" * 40, "z" * 40],
    {"key" * 9: {"inner": ["long" * 12, "text" * 12], "short": []}},
    {"first": "x" * 83, "second": [{"package_id": 1, "variables": {"day": "'2026-01-01'"}}] * 3},
    [[["deep" * 9, "deep" * 9], ["deep" * 9]], {}],
    "one line\nand \\ another, 'quoted' and \"quoted\", \t \x1b ü 漢",
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_value_is_read_back(value: object) -> None:
    """Nothing of it is lost."""
    assert ast.literal_eval(spelled(value)) == value


@pytest.mark.parametrize("quoted", ["plain", "it's", 'say "so"', 'it\'s "so"', '"\'"', "\\", "\\'", ""])
def test_text_is_read_back(quoted: str) -> None:
    """Quotes and backslashes are what they were."""
    assert ast.literal_eval(text(quoted)) == quoted


@pytest.mark.parametrize("length", [20, 51, 52, 53, 54, 55, 70, 71, 72, 73, 74, 88, 89])
def test_ruff_leaves_a_program_as_it_is(tmp_path: Path, length: int) -> None:
    """On both sides of the width of a line, in a call, in a mapping and in a list."""
    program = tmp_path / "program.py"
    values = [
        Construction("made.Of", ("x" * length,), {"a": 1, "b": Code("loads.id")}),
        {"k": "x" * length, "l": [1]},
        *VALUES,
    ]
    lines = [f"value = {spelled(value, before=len('value = '))}\n" for value in values]
    program.write_text("".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")

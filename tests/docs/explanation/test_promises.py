"""`docs/explanation/promises.md`: each promise has tests that exist, and the scoreboard has its place."""

import re
from pathlib import Path

from tools.scoreboard import put_between_markers

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "explanation" / "promises.md").read_text(encoding="utf-8")


def test_each_promise_has_its_tests() -> None:
    """The ten promises stand in the page, each with at least one test, and all of these exist."""
    rows = re.findall(r"^\| (P\d+) \| .+? \| (`tests/.+`) \|$", PAGE, re.MULTILINE)

    assert [number for number, _ in rows] == [f"P{number}" for number in range(1, 11)]
    for _, named in rows:
        for test in named.split(", "):
            file, name = test.strip("`").split("::")
            assert f"def {name}(" in (ROOT / file).read_text()


def test_scoreboard_has_its_place() -> None:
    """`make test-long` finds the lines between which it writes, and names the page."""
    assert "figures" in put_between_markers(PAGE, "figures")
    assert "tools.scoreboard build/scoreboard docs/explanation/promises.md" in (ROOT / "Makefile").read_text()

"""The table of support, which test runs write."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.sdk.versions import ROOT
from tests.support import scoreboard
from tools.scoreboard import put_between_markers
from tools.support import COLUMNS, main, table

PAGE = ROOT / "docs" / "reference" / "support.md"
VALUES = ("3.276.0", "3.272.0", "3.11.7", "newest", "Linux", "the demonstration", "2026-11-29")
ROW = dict(zip(COLUMNS[:-1], VALUES, strict=True))


def test_rows_are_sorted_by_their_versions() -> None:
    """3.9 comes before 3.11, and a result that is not good stands out."""
    rows = [{**ROW, "result": "succeeded"}, {**ROW, "Python": "3.9.1", "result": "failed: up"}]
    *_, first, second = table(rows).splitlines()
    assert first == "| 3.276.0 | 3.272.0 | 3.9.1 | newest | Linux | the demonstration | 2026-11-29 | **failed: up** |"
    assert second == "| 3.276.0 | 3.272.0 | 3.11.7 | newest | Linux | the demonstration | 2026-11-29 | succeeded |"


def test_what_a_run_writes_down_comes_into_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last result of a row is in the table, and the rest of the page stays."""
    monkeypatch.setenv(scoreboard.FOLDER_SETTING, str(tmp_path))
    scoreboard.support(ROW, result="failed: up")
    scoreboard.support(ROW, result="succeeded")
    page = tmp_path / "page.md"
    page.write_text("# Title\n<!-- support -->\nold\n<!-- /support -->\nrest\n")
    assert main([str(tmp_path), str(page)]) == 0
    assert page.read_text() == put_between_markers(
        "# Title\n<!-- support --><!-- /support -->\nrest\n", table([{**ROW, "result": "succeeded"}]), name="support"
    )
    assert len(json.loads((tmp_path / scoreboard.SUPPORT_NAME).read_text())) == 1


def test_a_row_has_the_day_of_its_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row says when it was run, so that an old one is seen."""
    monkeypatch.setenv(scoreboard.FOLDER_SETTING, str(tmp_path))
    before = datetime.now(UTC).date()
    scoreboard.support({name: text for name, text in ROW.items() if name != "day"}, result="succeeded")
    (row,) = json.loads((tmp_path / scoreboard.SUPPORT_NAME).read_text()).values()
    assert before <= date.fromisoformat(row["day"]) <= datetime.now(UTC).date()


def test_what_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file of results the exit code is 2, and the line says how it is used."""
    assert main([str(tmp_path), str(PAGE)]) == 2
    assert "python -m tools.support FOLDER FILE" in capsys.readouterr().err


def test_page_has_the_table_of_a_run() -> None:
    """The page has the columns, a row that succeeded, and its place for the next run, which make names."""
    text = PAGE.read_text(encoding="utf-8")
    assert f"| {' | '.join(COLUMNS)} |" in text
    assert " | succeeded |" in text
    assert "new" in put_between_markers(text, "new", name="support")
    assert "tools.support build/scoreboard docs/reference/support.md" in (ROOT / "Makefile").read_text(encoding="utf-8")

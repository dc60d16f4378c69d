"""The blocks of `docs/how-to/job-runs.md` are those of the example, whose README is run by `tests/engine`."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "how-to" / "job-runs.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(_, NIGHT), (_, STOPPED) = BLOCKS


def test_night_is_that_of_the_example() -> None:
    """Program and output stand in the example, whose README is run by `tests/engine/test_examples.py`."""
    folder = ROOT / "examples" / "nightly_job"
    shown = (folder / "README.md").read_text(encoding="utf-8").splitlines()

    assert NIGHT in (folder / "__main__.py").read_text(encoding="utf-8")
    assert STOPPED
    assert [line for line in STOPPED.splitlines() if line not in shown] == []

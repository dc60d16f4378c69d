"""The blocks of `docs/explanation/state.md`: the outputs lie as shown, and the program's test passes and can fail."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from xplenty_pulumi.dynamic.state import DECLARED, OBSERVED, read_observed, stored

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "explanation" / "state.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(_, OUTPUTS), (_, PROGRAM) = BLOCKS


def test_page_has_no_other_block() -> None:
    """A block added to the page needs a test here."""
    assert len(BLOCKS) == PAGE.count("```") / 2


def test_outputs_lie_as_shown() -> None:
    """The example is what the code makes of the same values."""
    shown = json.loads(OUTPUTS)
    hidden = {name: value for name, value in shown.items() if name.startswith("__")}

    observed = read_observed(shown[OBSERVED])
    assert stored({**observed, DECLARED: ["nodes"], OBSERVED: observed, **hidden}) == shown


@pytest.mark.parametrize(("status", "code"), [("available", 0), ("error", 1)])
def test_a_program_can_be_tested(tmp_path: Path, status: str, code: int) -> None:
    """The example passes where the mocks show what it expects, and fails where they show something else."""
    text = PROGRAM.replace('"observed": {"status": "available"}', f'"observed": {{"status": "{status}"}}')
    (tmp_path / "test_program.py").write_text(text)

    ran = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)], check=False)

    assert ran.returncode == code

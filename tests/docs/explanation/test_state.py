"""The blocks of `docs/explanation/state.md`: the outputs lie as shown."""

import json
import re
from pathlib import Path

from xplenty_pulumi.dynamic.state import DECLARED, OBSERVED, read_observed, stored

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "explanation" / "state.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
((_, OUTPUTS),) = BLOCKS


def test_page_has_no_other_block() -> None:
    """A block added to the page needs a test here."""
    assert len(BLOCKS) == PAGE.count("```") / 2


def test_outputs_lie_as_shown() -> None:
    """The example is what the code makes of the same values."""
    shown = json.loads(OUTPUTS)
    hidden = {name: value for name, value in shown.items() if name.startswith("__")}

    observed = read_observed(shown[OBSERVED])
    assert stored({**observed, DECLARED: ["name", "nodes"], OBSERVED: observed, **hidden}) == shown

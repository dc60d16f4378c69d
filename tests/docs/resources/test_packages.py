"""The blocks of `docs/how-to/packages.md` do what the page says."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.support.engine.stack import STEP, Stack
from xplenty_pulumi.core.kinds.flows.changes import flow_changes
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.dynamic.flows import FOLDER
from xplenty_pulumi.emulator import Emulator

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "packages.md").read_text()
PROGRAM, PREVIEW, PULL = re.findall(r"^```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
BEFORE, AFTER = (
    json.dumps({"components": [{"id": "load", "destination": {"table": table}}]}) for table in ("sales", "sales_2")
)


@pytest.mark.engine
def test_the_program_and_the_commands_work(tmp_path: Path) -> None:
    """The program is deployed from its file, and each command writes the edit back into it."""
    with Emulator(step=STEP) as account:
        stack = Stack(tmp_path / "stack", account)
        (stack.folder / "__main__.py").write_text(PROGRAM)
        file = stack.folder / "packages" / "loads.json"
        file.parent.mkdir()
        file.write_text(BEFORE)
        stack.up().succeeded()
        (made,) = [one for one in account.packages() if one.name == "loads"]
        assert made.variables == {"day": "CurrentTime()"}
        account.edit_package(made.id, data_flow_json=AFTER)
        for line in PULL.splitlines():
            file.write_text(BEFORE)
            stack.command(*shlex.split(line)[1:]).succeeded()
            assert json.loads(file.read_text()) == json.loads(AFTER)
        assert (stack.folder / FOLDER.parent / ".gitignore").read_text() == "*\n"


def test_the_page_shows_what_a_preview_shows() -> None:
    """The line has the change as it is told."""
    (change,) = flow_changes(BEFORE, AFTER)
    assert PREVIEW.rstrip().endswith(f"its flow changes: {change}")


def test_the_page_names_values_of_the_table() -> None:
    """Each input and each value that the page names in code is one, and folders are where it says."""
    for name, value in re.findall(r"`(\w+)=\"(\w+)\"`", PAGE):
        assert PACKAGE.by_name[name].read(value) == value
    assert f"`{FOLDER.as_posix()}`" in PAGE

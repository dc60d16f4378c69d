"""The blocks of `docs/how-to/branches.md`: its commands, run in their order, print what it shows."""

import re
import shlex
from pathlib import Path

import pytest

from tests.support.engine.project import QUICK, Project
from tests.support.engine.stack import STEP
from xplenty_pulumi.emulator import Emulator

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "branches.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
TEXTS = {wanted: [text for kind, text in BLOCKS if kind == wanted] for wanted in ("console", "text", "json")}
_CHANGING = {
    r"br-[0-9a-f]{7}-": "br-5f3a1c9-",
    r"expires \d{4}-\S+Z": "expires 2026-02-03T12:00:00Z",
    r"the clock here, \d{4}-\d\d-\d\d \d\d:\d\d": "the clock here, 2026-02-03 12:00",
    r'"(at|expires)": "[^"]+"': r'"\1": "2026-02-03T12:00:00Z"',
}


def settled(text: str) -> str:
    """Return the text with what is different each time as in the page."""
    for pattern, usual in _CHANGING.items():
        text = re.sub(pattern, usual, text)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


@pytest.mark.engine
def test_commands_print_what_the_page_shows(tmp_path: Path) -> None:
    """Up, list, a branch that is deleted, sweep, and down, each with its output below it; then nothing is left."""
    with Emulator(step=STEP) as account:
        project = Project(tmp_path, account)
        project.push("feature/login")
        project.git("checkout", "--quiet", "-b", "feature/login")

        for number, commands in enumerate(TEXTS["console"]):
            if number == len(TEXTS["text"]) - 1:
                assert settled(_run(project, "xplenty-pulumi branch list --json")) == TEXTS["json"][0]
                project.delete("feature/login")
            printed = settled("".join(_run(project, line) for line in commands.splitlines()))
            assert "".join(TEXTS["text"][number : number + 1]) in printed

        assert printed.endswith("branch feature/login: it has no stack; nothing to take down\n")
        assert (project.stacks(), account.living_clusters()) == ([], ())


def _run(project: Project, line: str) -> str:
    """Run one line of the page; a sweep that only looks says by its code that there is something."""
    words = shlex.split(line)
    if words[0] == "pulumi":
        return project.pulumi(*words[1:]).succeeded().output
    ran = project.run(*words[2:], *(QUICK if words[2] == "up" else ()))
    assert ran.code == (3 if words[2:] == ["sweep"] else 0), ran.output
    return ran.output


def test_page_has_no_block_that_is_not_checked_above() -> None:
    """A block of another kind needs a test here."""
    assert len(BLOCKS) == PAGE.count("```") / 2
    assert {kind for kind, _ in BLOCKS} == {"console", "json", "text"}

"""What a snapshot asks the engine for, and how often."""

import sys
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.snapshot import Snapshot, meanwhile
from xplenty_pulumi.errors import XplentyError

LONGEST = 30.0
FULL_NAME = "organization/loads/dev"
_PROGRAM = """\
#!{python}
import sys
words = " ".join(sys.argv[1:])
open({log!r}, "a").write(words + "\\n")
if "--show-name" in words:
    print({name!r})
elif words.startswith("stack export"):
    sys.exit("no state") if {fails!r} else print('{{"deployment": {{"resources": [{{"urn": "one"}}]}}}}')
else:
    print('{{"loads:size": {{"value": "4"}}}}')
"""


def snapshot(folder: Path, *, fails: bool = False) -> Snapshot:
    """Return a snapshot of an engine that answers at once, and notes its words in a file."""
    program = folder / "pulumi"
    text = _PROGRAM.format(python=sys.executable, log=str(folder / "log"), name=FULL_NAME, fails=fails)
    program.write_text(text)
    program.chmod(0o700)
    return Snapshot(Engine(str(program), folder, "dev"))


def asked(folder: Path) -> list[str]:
    """Return the first word of each process, in an order of its own."""
    return sorted(line.split()[1] if line.startswith("stack") else line.split()[0] for line in _lines(folder))


def _lines(folder: Path) -> list[str]:
    return (folder / "log").read_text().splitlines()


def test_what_is_read_ahead_is_not_asked_for_again(tmp_path: Path) -> None:
    """The state and the configuration come with the name, and are asked for by it: another may be selected by then."""
    made = snapshot(tmp_path)
    assert made.read_ahead() == FULL_NAME
    assert made.resources(FULL_NAME) == [{"urn": "one"}]
    assert made.configuration(FULL_NAME) == {"loads:size": "4"}
    assert asked(tmp_path) == ["--show-name", "config", "export"]
    assert all(f"--stack {FULL_NAME}" in line for line in _lines(tmp_path) if "--show-name" not in line)


def test_what_cannot_be_read_ahead_fails_where_it_is_needed(tmp_path: Path) -> None:
    """The name is known all the same, and whoever reads the state is told why there is none."""
    made = snapshot(tmp_path, fails=True)
    assert made.read_ahead() == FULL_NAME
    with pytest.raises(XplentyError, match="no state"):
        made.resources(FULL_NAME)
    assert made.configuration(FULL_NAME) == {"loads:size": "4"}


def test_what_is_refused_is_not_asked_for_again(tmp_path: Path) -> None:
    """A backend that cannot be reached is waited for once."""
    made = snapshot(tmp_path, fails=True)
    for _ in range(2):
        with pytest.raises(XplentyError, match="no state"):
            made.resources(FULL_NAME)
    assert asked(tmp_path) == ["export"]


def test_what_is_read_meanwhile_is_read_while_the_block_runs(tmp_path: Path) -> None:
    """What it has asked for is there after the block, and is not asked for again."""
    made, is_in_block, seen = snapshot(tmp_path), Event(), list[bool]()

    def read() -> None:
        seen.append(is_in_block.wait(LONGEST))
        made.resources(FULL_NAME)

    with meanwhile(read):
        is_in_block.set()
    assert seen == [True]
    assert made.resources(FULL_NAME) == [{"urn": "one"}]
    assert asked(tmp_path) == ["export"]


def test_what_cannot_be_read_meanwhile_fails_where_it_is_needed(tmp_path: Path) -> None:
    """The block goes on, and so does what follows it, until somebody needs what there is not."""
    made = snapshot(tmp_path, fails=True)
    with meanwhile(partial(made.resources, FULL_NAME)):
        pass
    with pytest.raises(XplentyError, match="no state"):
        made.resources(FULL_NAME)

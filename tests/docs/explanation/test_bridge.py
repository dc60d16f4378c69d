"""What the page on the bridge says is so: its tables are held against the code, its blocks are run or compared."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.sdk.versions import VERSIONS
from tests.support.engine.process import engine
from tests.support.engine.ran import eventually
from tests.support.engine.stack import STEP, Stack, cluster, writes
from xplenty_pulumi.dynamic.bridge.report import ITEMS, BridgeReport, ProbeResult
from xplenty_pulumi.dynamic.operations import advice
from xplenty_pulumi.emulator import Emulator

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "explanation" / "bridge.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(_, REPORT), (_, COMMANDS), (_, ADVICE), (_, SKIPPING) = BLOCKS


def rows(first: str) -> list[list[str]]:
    """Return the cells of the table whose first column has this title, its head included."""
    lines = PAGE[PAGE.index(f"| {first} |") :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not line.startswith("|---")]


def test_table_of_items() -> None:
    """Each item stands there with the file that it is in and the fallback that its report names."""
    _, *found = rows("item")
    assert [(item, fallback) for item, _, _, fallback in found] == [(one.name, one.fallback) for one in ITEMS]
    for _, file, _, _ in found:
        assert (ROOT / "xplenty_pulumi/dynamic/bridge" / file.strip("`")).is_file()


def test_table_of_versions() -> None:
    """The versions are those that the test installs, with a column for every item and one for the fallbacks."""
    head, *found = rows("SDK")
    assert head == ["SDK", *(item.name for item in ITEMS), "all fallbacks"]
    assert [version for version, *_ in found] == list(VERSIONS)
    assert {cell for _, *cells in found for cell in cells} == {"yes"}


def test_report_is_printed_as_shown() -> None:
    """The line is the report of a process in which all items work."""
    findings = tuple(ProbeResult(item.name, works=True, fallback=item.fallback) for item in ITEMS)
    assert f"{BridgeReport(findings)}\n" == REPORT


def test_advice_is_printed_as_shown() -> None:
    """The line about more waits is the one of a machine with two cores."""
    assert f"{advice(8)}\n" == ADVICE


def test_commands_name_what_there_is() -> None:
    """Each command is a target of make and names folders with tests."""
    targets = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert COMMANDS.splitlines()
    for line in COMMANDS.splitlines():
        words = [word for word in shlex.split(line) if word != "XPLENTY_BRIDGE=off"]
        assert words[0] == "make"
        assert re.search(rf"^make {words[1]}\s", targets, re.MULTILINE)
        assert words[2].removeprefix("TESTS=")
        for folder in words[2].removeprefix("TESTS=").split():
            assert list((ROOT / folder).glob("test_*.py"))


@pytest.mark.engine
def test_killed_up_without_checkpoints_is_adopted(tmp_path: Path) -> None:
    """After a kill the state holds nothing, not even what was ready; after `recover` an `up` creates none twice."""
    export, command = SKIPPING.splitlines()
    settings = dict(word.split("=") for word in shlex.split(export)[1:])
    with Emulator(step=0) as account:
        stack = Stack(tmp_path, account, **settings).declare(cluster("one"), cluster("two", ready_timeout="1h"))
        with engine(stack, *shlex.split(command)[1:]) as running:
            made = eventually(lambda: account.clusters() if len(account.clusters()) == 2 else None)
            account.edit_cluster(made[0].id, status="available")
            running.says(" created (")
            running.kill()
            account.pace(STEP)
            stack.recover("--yes").succeeded()
            assert stack.state() == {}
            stack.run(*shlex.split(command)[1:], "--yes").succeeded()

        assert writes(account) == ["POST /clusters"] * 2
        assert {one["id"] for one in stack.state().values()} == {str(one.id) for one in made}

"""The blocks of the pages on types and on unit tests run, and the names listed are those of the package."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_origin

import pulumi
import pytest
from pulumi.runtime.settings import Settings, configure

import xplenty_pulumi
from tests.support.engine.stack import STEP, Stack
from xplenty_pulumi import testing
from xplenty_pulumi.emulator import Emulator

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "how-to" / "typing.md").read_text(encoding="utf-8")
UNIT_TESTS = (ROOT / "docs" / "how-to" / "unit-tests.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CLOSED, LOOKUP, PROGRAM, TEST = _BLOCK.findall(PAGE + UNIT_TESTS)


@pytest.fixture
def _mocked() -> Iterator[None]:
    """Mocks in place of the engine, and the configuration that the block reads."""
    pulumi.runtime.set_mocks(testing.mocks(), project="loads", stack="dev")
    for name, text in {"large": "true", "type": "sandbox"}.items():
        pulumi.runtime.set_config(f"loads:{name}", text)
    yield
    for name in ("large", "type"):
        pulumi.runtime.set_config(f"loads:{name}", "")
    configure(Settings("project", "stack"))


@pytest.mark.usefixtures("_mocked")
def test_closed_sets_are_passed_as_shown() -> None:
    """The block runs, and the text from configuration arrives as it is."""
    found: dict[str, pulumi.Output[str]] = {}
    seen: list[str] = []

    def program() -> pulumi.Output[None]:
        exec(CLOSED, found)
        return found["etl"].type.apply(seen.append)

    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]  # the SDK has no types here
    assert seen == ["production"]


def test_closed_sets_are_accepted_by_type_checkers() -> None:
    """Each line stands in the file that mypy and pyright accept."""
    accepted = (ROOT / "tests" / "typed_programs" / "accepted.py").read_text(encoding="utf-8").splitlines()
    assert [line for line in CLOSED.splitlines() if line not in accepted and "from xplenty_pulumi" not in line] == []


def test_names_are_those_of_the_package() -> None:
    """Every closed set that can be imported is listed, and so is every typed mapping."""
    closed = {name for name in xplenty_pulumi.__all__ if get_origin(getattr(xplenty_pulumi, name)) is Literal}
    listed = re.search(r"^The names are (.*?)\.$", PAGE, re.MULTILINE | re.DOTALL)
    assert listed is not None
    assert {*re.findall(r"`(\w+)`", listed[1])} == closed
    shapes = {name for name in xplenty_pulumi.__all__ if hasattr(getattr(xplenty_pulumi, name), "__required_keys__")}
    assert shapes == {name for name in shapes if f"`{name}`" in PAGE}
    assert len(shapes) > 3


@pytest.mark.engine
def test_lookup_finds_what_the_same_up_creates(tmp_path: Path) -> None:
    """The preview asks nothing, and the `up` once the cluster is there."""
    with Emulator(step=STEP) as account:
        stack = Stack(tmp_path / "stack", account)
        (stack.folder / "__main__.py").write_text(LOOKUP)
        assert stack.preview()
        assert re.search(r"nodes *: 1", stack.up().succeeded().output)


def test_unit_test_passes(tmp_path: Path) -> None:
    """The test passes with the program above it, and fails where that runs on another cluster."""
    (tmp_path / "test_program.py").write_text(TEST, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", str(tmp_path)]
    for text, told in ((PROGRAM, "1 passed"), (PROGRAM.replace("cluster.id", "77"), "1 failed")):
        (tmp_path / "program.py").write_text(text, encoding="utf-8")
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert told in done.stdout, done.stdout + done.stderr

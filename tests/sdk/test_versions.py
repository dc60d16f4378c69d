"""Every item of the bridge, and every fallback, in the host of each version of the SDK that docs/bridge.md lists."""

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dynamic.conftest import host_apart
from tests.dynamic.host import HostError
from tests.sdk.items import BRIDGE, FALLBACK, Checks
from tests.sdk.versions import OLDEST, ROOT, VERSIONS, install
from tests.support.engine.stack import STEP, Stack, cluster, job
from xplenty_pulumi.dynamic.bridge.report import ITEMS
from xplenty_pulumi.emulator import Emulator


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for an environment of some hundred megabytes, which is not kept."""
    yield tmp_path
    shutil.rmtree(tmp_path)


def found(checks: Checks, python: str, switch: str) -> dict[str, str]:
    """Return the items that do not hold in the host of this interpreter, each with what was seen."""
    with (
        Emulator() as account,
        host_apart(account, python=python, PYTHONPATH=str(ROOT), XPLENTY_BRIDGE=switch) as scene,
    ):
        problems = {}
        for item, check in checks.items():
            try:
                check(scene)
            except (AssertionError, LookupError, HostError, pytest.fail.Exception) as problem:
                problems[item] = f"{type(problem).__name__}: {problem}"
        return problems


@pytest.mark.long
@pytest.mark.parametrize("version", VERSIONS)
def test_every_item_and_every_fallback(version: str, folder: Path) -> None:
    """All items work in this version, all fallbacks with the bridge switched off, and a program lives on the engine."""
    python = install(version, folder / "environment")
    assert found(BRIDGE, python, "on") == {}
    assert found(FALLBACK, python, "off") == {}
    lives_on_the_engine(python, folder / "stack")


def lives_on_the_engine(python: str, folder: Path) -> None:
    """Take a cluster and a run through their life on the real engine."""
    with Emulator(step=STEP) as account:
        stack = Stack(folder, account, PULUMI_PYTHON_CMD=python, PYTHONPATH=str(ROOT))
        output = stack.declare(cluster("etl"), job("load")).up().succeeded().output
        assert "xplenty_pulumi does not find" not in output
        stack.destroy().succeeded()
        assert [one.status for one in account.clusters()] == ["terminated"]


def test_both_columns_name_every_item() -> None:
    """No item of the bridge is without a check of what it gives and of what stands in for it."""
    assert list(BRIDGE) == list(FALLBACK) == [item.name for item in ITEMS]


def test_oldest_version_is_the_one_that_may_be_installed() -> None:
    """The lower bound in pyproject.toml is a version that is tested."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert f"pulumi>={OLDEST.removesuffix('.0')},<4" in listed

"""The fixture for other people's tests, in a pytest run of its own."""

import subprocess
import sys
from pathlib import Path

TESTS = """
import pytest
from xplenty_pulumi.emulator import Knobs, Seed

pytestmark = pytest.mark.xplenty(seed=Seed(account_id="module", api_key="of-the-module"), time_scale=5)


def test_options_come_from_the_module(xplenty_account):
    assert (xplenty_account.account_id, xplenty_account.api_key) == ("module", "of-the-module")
    assert xplenty_account.url.startswith("http://127.0.0.1:")


@pytest.mark.xplenty(knobs=Knobs(max_nodes=7), seed=Seed(account_id="nearest"))
def test_the_nearest_marker_wins_option_by_option(xplenty_account):
    assert xplenty_account.account_id == "nearest"
    assert xplenty_account.account.knobs.max_nodes == 7


def test_each_test_has_its_own_account(xplenty_account):
    xplenty_account.add_cluster()
    assert len(xplenty_account.clusters()) == 1


def test_nothing_is_left_from_the_test_before(xplenty_account):
    assert xplenty_account.clusters() == ()


@pytest.mark.xplenty(speed=3)
def test_unknown_options_are_refused(xplenty_account):
    pass
"""


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    options = ["-p", "no:cacheprovider", "-p", "no:randomly", "--strict-markers", "-W", "error", "-q", *arguments]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_fixture_serves_an_account_per_test(tmp_path: Path) -> None:
    """The marker's options reach the emulator, nearest first, and a wrong one is an error of that test alone."""
    (tmp_path / "test_theirs.py").write_text(TESTS)
    done = run_pytest(tmp_path)
    assert "4 passed, 1 error" in done.stdout, done.stdout
    assert "unexpected keyword argument 'speed'" in done.stdout


def test_the_marker_is_known(tmp_path: Path) -> None:
    """`pytest --markers` explains it."""
    assert "@pytest.mark.xplenty(**options)" in run_pytest(tmp_path, "--markers").stdout


def test_loading_the_plugin_loads_no_emulator() -> None:
    """Every pytest run imports the plugin, so it brings nothing but itself."""
    code = (
        "import sys, pytest; before = set(sys.modules); import xplenty_pulumi.emulator.pytest_plugin; "
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(
        [
            "xplenty_pulumi",
            "xplenty_pulumi._version",
            "xplenty_pulumi.emulator",
            "xplenty_pulumi.emulator.pytest_plugin",
        ]
    )

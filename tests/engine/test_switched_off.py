"""All tests of the real engine once more, with nothing but what every dynamic host offers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.engine.ran import bridged

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.long
@bridged("this very run")
def test_engine_suite_passes_without_the_bridge() -> None:
    """Tests about an item of the bridge are skipped for their partners; every other one passes as it stands."""
    plain = {name: text for name, text in os.environ.items() if not name.startswith(("PYTEST", "XPLENTY", "COV_"))}
    options = ["-q", "-n", "2", "-m", "not long", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "tests/engine", "tests/engine_crash"],
        cwd=ROOT,
        env={**plain, "XPLENTY_BRIDGE": "off"},
        capture_output=True,
        text=True,
        timeout=3600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:]

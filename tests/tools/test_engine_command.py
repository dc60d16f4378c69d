"""`python -m tools.engine` as the Makefile runs it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.fakes import command, engine

CHECKOUT = Path(__file__).resolve().parents[2]
CLOSED = "http://127.0.0.1:9"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment with an empty PATH and cache, in which no site is reached."""
    (tmp_path / "path").mkdir()
    return {
        "PATH": str(tmp_path / "path"),
        "HOME": str(tmp_path),
        "XPLENTY_ENGINE_CACHE": str(tmp_path / "cache"),
        "HTTPS_PROXY": CLOSED,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tools.engine"],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_only_the_folder_on_standard_output(tmp_path: Path, environment: dict[str, str]) -> None:
    """Standard output is the folder and nothing else, so that a script can use it."""
    folder = engine(tmp_path / "path")
    with start(environment) as process:
        output, errors = process.communicate(timeout=60)
    assert (output, errors, process.returncode) == (f"{folder}\n", f"engine: pulumi 3.250.0 in {folder}\n", 0)


def test_no_engine(environment: dict[str, str]) -> None:
    """Without an engine the command fails, prints no folder, and its last line names the three ways."""
    with start(environment) as process:
        output, errors = process.communicate(timeout=60)
    assert (output, process.returncode) == ("", 1)
    last = errors.splitlines()[-1]
    assert all(f"{number}. {way}" in last for number, way in enumerate(["pulumi", "the vendor's", "a build"], 1))
    assert "Traceback" not in errors


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_while_building(tmp_path: Path, environment: dict[str, str], number: signal.Signals) -> None:
    """A run that is stopped ends the build and removes what was half made."""
    os.mkfifo(tmp_path / "pipe")
    command(
        tmp_path / "path" / "go",
        f'[ "$1" = env ] && echo go1.27 && exit\necho building > {tmp_path / "pipe"}\nexec sleep 600',
    )
    (tmp_path / "path" / "sleep").symlink_to("/bin/sleep")
    with start(environment) as process:
        assert (tmp_path / "pipe").read_text() == "building\n"
        process.send_signal(number)
        output, errors = process.communicate(timeout=60)
    assert (output, process.returncode) == ("", 128 + number)
    assert [entry.name for entry in (tmp_path / "cache").iterdir()] == ["lock"]
    assert "Traceback" not in errors

"""Nothing that users run uses at its import what macOS or Windows lacks, and the types agree."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.systems.lacking import SYSTEMS, lacking
from tests.systems.started import ROOT, seen_as

IMPORT_ALL = """
import importlib, json, pkgutil, sys
import xplenty_pulumi
imported, failed = 0, {}
for one in pkgutil.walk_packages(xplenty_pulumi.__path__, "xplenty_pulumi."):
    if one.name.endswith(".__main__"):
        continue
    try:
        importlib.import_module(one.name)
        imported += 1
    except BaseException as problem:
        failed[one.name] = repr(problem)
from xplenty_pulumi.events import log
assert not [name for name in json.loads(sys.argv[1]) if hasattr(log.os, name)]
print(json.dumps([imported, failed]))
"""
ASK_FOR_FCNTL = """
import xplenty_pulumi
try:
    vars(xplenty_pulumi)["__builtins__"]["__import__"]("fcntl")
except ImportError:
    print("refused")
"""


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_module_is_imported(system: str, tmp_path: Path) -> None:
    """With the names that the system lacks removed, each module of the package is imported, in a process of its own."""
    hidden = json.dumps(lacking(system)["os"])
    imported, failed = json.loads(output(IMPORT_ALL, hidden, environment=seen_as(system, tmp_path)))
    assert failed == {}
    assert imported > 250


def test_a_module_that_windows_lacks_is_refused(tmp_path: Path) -> None:
    """The package cannot import it, so that the test above would show it."""
    assert output(ASK_FOR_FCNTL, environment=seen_as("win32", tmp_path)) == "refused\n"
    assert output(ASK_FOR_FCNTL, environment=seen_as("darwin", tmp_path)) == ""


def test_what_windows_lacks() -> None:
    """The modules and names that programs written on Linux use most are among what is removed."""
    windows = lacking("win32")
    assert {name for name, lacks in windows.items() if lacks is None} >= {"fcntl", "grp", "pwd", "resource", "termios"}
    assert {"O_NOFOLLOW", "fork", "getuid", "killpg", "setsid", "uname"} <= set(windows["os"] or ())
    assert {"SIGHUP", "SIGKILL", "SIGUSR1", "pthread_sigmask"} <= set(windows["signal"] or ())
    assert not {"SIGINT", "SIGTERM", "signal"} & set(windows["signal"] or ())
    assert not {"O_APPEND", "replace", "kill", "getpid"} & set(windows["os"] or ())


def test_what_macos_lacks() -> None:
    """It lacks less, and nothing that is POSIX."""
    macos = lacking("darwin")
    assert "fcntl" not in {name for name, lacks in macos.items() if lacks is None}
    assert {"memfd_create", "sched_getaffinity"} <= set(macos["os"] or ())
    assert "fork" not in (macos["os"] or ())


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS)
def test_types_of_the_system_are_right(system: str, tmp_path: Path) -> None:
    """Inside functions, too, nothing is used that the system lacks: mypy checks each as on that system."""
    command = [sys.executable, "-m", "mypy", "--platform", system, "--cache-dir", str(tmp_path), "xplenty_pulumi"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout


def output(code: str, *arguments: str, environment: dict[str, str]) -> str:
    """Return what a Python in this environment prints."""
    done = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-c", code, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not [line for line in done.stderr.splitlines() if "EncodingWarning" in line and "xplenty_pulumi" in line]
    return done.stdout

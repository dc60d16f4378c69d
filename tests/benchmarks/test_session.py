"""Ending what a command has started."""

import subprocess
import sys

import pytest

from benchmarks.session import end_session

linux = pytest.mark.skipif(sys.platform != "linux", reason="the processes of a session are found in /proc")


@linux
def test_orphans_end_too() -> None:
    """A process that outlives the one that started it ends with its session, and so lets go of the pipe it holds."""
    command = ["sh", "-c", "sleep 600 & echo started"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert process.wait(timeout=20) == 0
    end_session(process.pid)
    assert process.communicate(timeout=20)[0] == b"started\n"

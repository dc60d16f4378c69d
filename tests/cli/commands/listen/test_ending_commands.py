"""How the command of an event is ended with all that it has started, on Windows too."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from xplenty_pulumi.cli.commands.listen.queue import _stop

TASKKILL = '#!/bin/sh\n[ "$1 $2 $3" = "/t /f /pid" ] && kill -KILL "-$4"\n'


@pytest.mark.parametrize("at_once", [True, False])
def test_windows_ends_the_tree_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool) -> None:
    """There the system's own command ends the process and its children, also where they are only asked to end."""
    (tmp_path / "taskkill").write_text(TASKKILL)
    (tmp_path / "taskkill").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with subprocess.Popen(["/bin/sh", "-c", "/bin/sleep 600 & wait"], start_new_session=True) as process:
        monkeypatch.setattr(sys, "platform", "win32")
        _stop(process, at_once=at_once)
        assert process.wait(timeout=30) == -signal.SIGKILL
        _stop(process, at_once=at_once)  # there is nothing to end any more

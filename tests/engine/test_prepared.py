"""The process that stands for a prepared interpreter is signalled like the one it stands for."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ASK = Path(__file__).parent.parent / "support" / "engine" / "ask.py"


@contextmanager
def asked(folder: Path) -> Iterator[tuple[subprocess.Popen[str], socket.socket]]:
    """Yield a process that waits for the end of its command, and the connection on which it is told."""
    door = folder / "door"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(door))
        listener.listen()
        words = [sys.executable, "-I", "-S", str(ASK), str(door), "-u"]
        with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process, listener.accept()[0] as connection:
            connection.recv(8)
            connection.recv(65536)
            yield process, connection


def test_a_signal_reaches_the_command(tmp_path: Path) -> None:
    """What people and the engine send goes on to the command, which decides how it ends."""
    with asked(tmp_path) as (process, connection):
        process.send_signal(signal.SIGINT)
        assert connection.recv(1) == bytes([signal.SIGINT])
        connection.sendall((3).to_bytes(4, "big", signed=True))
        assert process.wait() == 3


def test_a_signal_after_the_end_changes_nothing(tmp_path: Path) -> None:
    """The command has ended when a signal comes: its exit code stands, and nothing is printed."""
    with asked(tmp_path) as (process, connection):
        os.kill(process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        connection.sendall((3).to_bytes(4, "big", signed=True))
        connection.close()
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGCONT)
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait() == 3

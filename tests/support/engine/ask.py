"""Lets the prepared interpreter run a command with this process's files, and ends as the command ends.

`ask.py DOOR WORDS...`: it loads next to nothing, as it stands for an interpreter that would. The signals that people
and CI systems send are passed on, and where this process is killed, the command is.
"""

import json
import os
import signal
import socket
import sys

_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(door: str, *words: str) -> None:
    """Have these words run, and end with the same exit code or signal."""
    command = {"folder": os.getcwd(), "environment": dict(os.environ), "words": words}  # noqa: PTH109 - pathlib takes longer
    text = json.dumps(command).encode()
    signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
    with socket.socket(socket.AF_UNIX) as asked:
        asked.connect(door)
        socket.send_fds(asked, [len(text).to_bytes(8, "big")], [0, 1, 2])
        asked.sendall(text)
        _pass_signals_on(asked)
        answer = asked.recv(4)
    _end(int.from_bytes(answer, "big", signed=True) if answer else 1)


def _pass_signals_on(asked: socket.socket) -> None:
    """Send on the signals that came since they were blocked, and those that come; none matters after the end."""

    def send_on(number: int, _: object) -> None:
        try:
            asked.sendall(bytes([number]))
        except OSError:
            return

    for number in _PASSED_ON:
        signal.signal(number, send_on)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)


def _end(code: int) -> None:
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


main(*sys.argv[1:])

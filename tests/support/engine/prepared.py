"""A prepared interpreter: it has loaded the SDK, our package and their libraries, and runs each command in a fork.

The engine starts two interpreters for each operation, and most of their time they load modules. This process does that
once. It is started with `-u`, as the engine starts a provider, and ends when its stdin does.

A command comes over a socket from `ask.py`: its open files, then its folder, environment and words as JSON. What comes
later are the numbers of signals for it, and what goes back is its exit code, negative for a signal. No module reads the
environment while it is loaded, except what the interpreter itself reads: a command for which that differs is started.
"""

import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

LIBRARIES = ("grpc", "pulumi.dynamic", "pulumi.automation", "httpcore", "httpx", "pydantic", "typer", "rich.console")
OURS = ("xplenty_pulumi", "xplenty_pulumi.dynamic.session")
HEAD = 8
"""How many bytes tell the length of what comes; a signal has one, and an exit code has four."""


def main(door: str) -> None:
    """Serve until stdin ends; in a fork this returns, and the caller's interpreter runs and ends as any other."""
    _load()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(door)
        listener.listen(64)
        sys.stdout.write("\n")
        command = _Prepared(listener).serve()
    if command is not None:
        _run(command)


def _load() -> None:
    for name in (*LIBRARIES, *OURS):
        importlib.import_module(name)
    ours = sys.modules["xplenty_pulumi"]
    for name in ours.__all__:  # loaded when they are first used
        getattr(ours, name)


class _Prepared:
    """The commands that run, each with the connection that waits for its end."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener, self._commands = listener, dict[int, socket.socket]()
        self._selector = selectors.DefaultSelector()
        self._ended, ended = socket.socketpair()
        ended.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(ended.fileno(), warn_on_full_buffer=False)
        self._signals = ended
        for source in (listener, self._ended, sys.stdin):
            self._selector.register(source, selectors.EVENT_READ)

    def serve(self) -> "dict[str, Any] | None":
        """Return a command in the process that is to run it, and None at the end of stdin."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is sys.stdin:
                    return None
                if key.fileobj is self._listener:
                    if (command := self._begin(self._listener.accept()[0])) is not None:
                        return command
                elif key.fileobj is self._ended:
                    self._ended.recv(4096)
                    self._tell_ends()
                elif key.data in self._commands:  # else it has ended with this very look
                    self._pass_on(key.data, self._commands[key.data])

    def _begin(self, connection: socket.socket) -> "dict[str, Any] | None":
        head, files, _, _ = socket.recv_fds(connection, HEAD, 3)
        size = int.from_bytes(head, "big")
        text = _read(connection, size)
        if not head or len(text) < size:  # who asked was killed while asking
            connection.close()
            return None
        command: dict[str, Any] = json.loads(text)
        pid = os.fork()
        if pid == 0:
            connection.close()
            self._become(files)
            return command
        for file in files:
            os.close(file)
        self._commands[pid] = connection
        self._selector.register(connection, selectors.EVENT_READ, pid)
        return None

    def _become(self, files: list[int]) -> None:
        """Hold nothing open that a new process would not."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for one in (self._listener, self._ended, self._signals, *self._commands.values()):
            one.close()
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)

    def _tell_ends(self) -> None:
        while self._commands:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            connection = self._commands.pop(pid)
            with suppress(KeyError):
                self._selector.unregister(connection)
            code = os.waitstatus_to_exitcode(status)
            with connection, suppress(BrokenPipeError):
                connection.send(code.to_bytes(4, "big", signed=True), socket.MSG_NOSIGNAL)

    def _pass_on(self, pid: int, connection: socket.socket) -> None:
        """Send the command what came for it: a signal, or the end of who asked for it, which is its own."""
        number = connection.recv(1)
        os.kill(pid, number[0] if number else signal.SIGKILL)
        if not number:
            self._selector.unregister(connection)


def _read(connection: socket.socket, size: int) -> bytes:
    """That many bytes, or what came of them."""
    text = b""
    while len(text) < size and (part := connection.recv(size - len(text))):
        text += part
    return text


def _run(command: dict[str, Any]) -> None:
    environment = command["environment"]
    os.chdir(command["folder"])
    if _of_python(environment) != _of_python(os.environ):
        os.execve(sys.executable, [sys.executable, *command["words"]], environment)
    os.environ.clear()
    os.environ.update(environment)
    first, *words = [word for word in command["words"] if word != "-u"]
    if first == "-m":
        sys.argv = words
        sys.path[0] = str(Path.cwd())
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = [first, *words]
        sys.path[0] = str(Path(first).parent)
        runpy.run_path(first, run_name="__main__")


def _of_python(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that an interpreter reads when it starts."""
    return {name: text for name, text in environment.items() if name.startswith("PYTHON")}


if __name__ == "__main__":
    main(sys.argv[1])

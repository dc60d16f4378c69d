"""A machine that gives no more threads, as a container with a limit of processes does."""

from typing import NoReturn


def no_thread(*_arguments: object) -> NoReturn:
    """Take the place of `threading.Thread.start`."""
    raise RuntimeError("can't start new thread")

"""What a command of the engine came to, and how long a test waits for something to happen."""

import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest

from xplenty_pulumi.settings import bridge_enabled

Found = TypeVar("Found")

LONGEST = 600
"""Seconds after which what has not ended hangs, on the slowest machine too."""
AGE = r"\(\d+(?:\.\d+)?s\)"
"""What the engine shows beside a row; below a second it has two decimals."""
_OWN_FAILURE = re.compile(r"^\s*[\w.]+\.ProviderFailure: (.+)$", re.MULTILINE)


def bridged(partner: str) -> pytest.MarkDecorator:
    """Mark a test of what only the bridge gives; `partner` is the test that expects the fallback instead."""
    return pytest.mark.skipif(not bridge_enabled(os.environ), reason=f"needs the bridge; without it: {partner}")


@dataclass(frozen=True)
class Ran:
    """What a command of the engine came to, and whether its provider had the bridge."""

    code: int
    output: str
    has_bridge: bool = True

    def succeeded(self) -> "Ran":
        """Return this, or fail the test with all that was printed."""
        assert self.code == 0, f"exit code {self.code}\n{self.output}"
        return self

    def failed(self) -> "Ran":
        """Return this, or fail the test because the command succeeded or told its failure in another way.

        No failure shows a traceback; without the bridge each one does, and ends in our text.
        """
        assert self.code != 0, f"expected a failure\n{self.output}"
        told = self.output.partition("Diagnostics:")[2] or self.output  # with --diff there is no such part
        tracebacks = told.count("Traceback")
        assert tracebacks == (0 if self.has_bridge else len(self.ends_of_tracebacks())), self.output
        return self

    def ends_of_tracebacks(self) -> list[str]:
        """Return our texts at the end of tracebacks."""
        return _OWN_FAILURE.findall(self.output)


def eventually(look: Callable[[], Found | None], *, seconds: float = LONGEST) -> Found:
    """Return what `look` finds as soon as it finds something; fail the test when it has not after `seconds`."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found is not None:
            return found
        pause.wait(0.02)
    raise AssertionError(f"nothing was found in {seconds} seconds")

"""The interpreter that the engine starts: this one, with the list of installed packages at hand.

In each operation the engine runs `pip list`, to find packages that bring a plugin, which takes a second of a processor.
The list is the same in all tests, so each test process makes it once.
"""

import functools
import shlex
import subprocess
import sys
from pathlib import Path

_LIST = ("-m", "pip", "list", "-v", "--format", "json")


def interpreter_in(folder: Path) -> Path:
    """Return the path of an executable in `folder` that is this interpreter to the engine."""
    packages, executable = folder / "packages.json", folder / "python"
    packages.write_text(_installed(), encoding="utf-8")
    executable.write_text(
        f'#!/bin/sh\n[ "$*" = "{" ".join(_LIST)}" ] && exec cat {shlex.quote(str(packages))}\n'
        f'exec {shlex.quote(sys.executable)} "$@"\n',
        encoding="utf-8",
    )
    executable.chmod(0o755)
    return executable


@functools.cache
def _installed() -> str:
    return subprocess.run([sys.executable, *_LIST], capture_output=True, text=True, check=True).stdout

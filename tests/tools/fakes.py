"""Stand-ins for `pulumi`, its parts and other commands: small shell scripts in a folder of the test."""

from collections.abc import Collection
from pathlib import Path

from tools.engine.verify import COMMAND, PARTS


def command(path: Path, body: str) -> Path:
    """Write an executable shell script with `body` to `path` and return it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def engine(folder: Path, *, version: str = "v3.250.0", without: Collection[str] = ()) -> Path:
    """Put an engine of `version` into `folder`, except the files named in `without`, and return the folder."""
    for name in {COMMAND, *PARTS} - set(without):
        command(folder / name, f'[ "$1" = version ] && echo {version}')
    return folder

"""Is this an engine that this project can use? It is asked by running it."""

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.engine.errors import Unusable
from tools.engine.process import run
from tools.engine.version import Version

COMMAND = "pulumi"
PARTS = {
    "pulumi-language-python": "Python language host",
    "pulumi-resource-pulumi-python": "plugin for resources written in Python",
}
FLOOR = Version(3, 229)
ANSWER_SECONDS = 60.0


@dataclass(frozen=True)
class Engine:
    """An engine that was seen to work: the folder that belongs on PATH, and its version."""

    folder: Path
    version: Version


def verify(folder: Path, *, search: Iterable[Path] = ()) -> Engine:
    """Return the engine in `folder`; its parts may also lie in one of the folders `search`, or Unusable is raised."""
    version = supported(folder / COMMAND)
    beside = [folder, (folder / COMMAND).resolve().parent]
    for part, meaning in PARTS.items():
        if not any(executable(place / part) for place in [*beside, *search]):
            raise Unusable(f"{folder / COMMAND} lacks {part}, its {meaning}")
    return Engine(folder=folder, version=version)


def supported(command: Path) -> Version:
    """Run `command` for its version and return it; raise Unusable when it is not one this project supports."""
    # Even to say its version the engine writes a log file into its home, which is to stay as it is.
    with tempfile.TemporaryDirectory(prefix="pulumi-home-") as home:
        environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1", "PULUMI_HOME": home}
        version = Version.find(run([command, "version"], seconds=ANSWER_SECONDS, environment=environment))
    if version is None:
        raise Unusable(f"{command} does not say its version")
    if version < FLOOR or version.major != FLOOR.major:
        raise Unusable(f"{command} is version {version}, and {FLOOR.major}.{FLOOR.minor} or later of 3.x is needed")
    return version


def executable(path: Path) -> bool:
    """Return whether `path` is a file that may be run."""
    return path.is_file() and os.access(path, os.X_OK)

"""The first way: an engine that is already on PATH."""

import os
from pathlib import Path

from tools.engine.errors import Unusable
from tools.engine.verify import COMMAND, Engine, executable, verify


def find(search_path: str) -> Engine:
    """Return the first usable engine in the folders of `search_path`, which is written as PATH is."""
    folders = [Path(part) for part in search_path.split(os.pathsep) if Path(part).is_absolute()]
    reasons = []
    for folder in dict.fromkeys(folders):
        if executable(folder / COMMAND):
            try:
                return verify(folder, search=folders)
            except Unusable as reason:
                reasons.append(str(reason))
    raise Unusable("; ".join(reasons) or "there is none on PATH")

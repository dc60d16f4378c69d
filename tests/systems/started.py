"""How processes are started that see our code as another system would run it."""

import os
from pathlib import Path

from tests.systems.lacking import lacking
from tests.systems.view import VARIABLE, written

ROOT = Path(__file__).resolve().parents[2]


def seen_as(system: str, folder: Path) -> dict[str, str]:
    """Return the variables with which each Python shows our code what `system` has, as a file in `folder` says."""
    path = (ROOT, Path(__file__).parent / "site")
    return {VARIABLE: str(written(folder, system, lacking(system))), "PYTHONPATH": os.pathsep.join(map(str, path))}

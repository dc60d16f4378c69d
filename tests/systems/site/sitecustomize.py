"""Read by each Python whose path has this folder: shows our code the standard library of another system."""

import os
from pathlib import Path

from tests.systems.view import VARIABLE, see_as

if VARIABLE in os.environ:
    see_as(Path(os.environ[VARIABLE]))

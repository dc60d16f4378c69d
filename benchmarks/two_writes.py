"""An interpreter whose provider process takes the state for saved after each step.

Without checkpoints a new cluster is signed by the next `up`. Here it is signed at once, so that a benchmark without
checkpoints has both writes of each cluster. No project should be run like this: what an interrupted `up` leaves would
be held by no state.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def python_that_saves() -> Iterator[str]:
    """Give the path of such an interpreter, for PULUMI_PYTHON_CMD."""
    with tempfile.TemporaryDirectory(prefix="xplenty-bench-python-") as folder:
        program = Path(folder) / "python3"
        program.write_text(f'#!/bin/sh\nunset PULUMI_SKIP_CHECKPOINTS\nexec "{sys.executable}" "$@"\n')
        program.chmod(0o700)
        yield str(program)

"""Record the stack of the scenario: `python -m tests.cli.commands.drift.record`, with `pulumi` on PATH."""

import tempfile
from pathlib import Path

from tests.cli.commands.drift.scenario import DECLARED
from tests.support.engine.recording import TIME_SCALE, record
from tests.support.engine.stack import Stack
from xplenty_pulumi.emulator import Emulator

FILE = Path(__file__).parent / "recorded.json"


def main() -> None:
    """Write the file and name it."""
    with tempfile.TemporaryDirectory() as folder, Emulator(time_scale=TIME_SCALE) as account:
        stack = Stack(Path(folder) / "stack", account).declare(*DECLARED)
        stack.up().succeeded()
        stack.refresh().succeeded()
        record(FILE, stack, account)


if __name__ == "__main__":
    main()

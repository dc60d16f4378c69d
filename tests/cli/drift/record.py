"""Record the stack of the scenario: `python -m tests.cli.drift.record` makes `recorded.json`, with `pulumi` on PATH.

The file holds the engine's state, and the account that it was made on.
"""

import dataclasses
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from tests.cli.drift.scenario import DECLARED
from tests.compatibility.record import stripped
from tests.support.stack import Stack
from xplenty_pulumi.emulator import EmulatedCluster, EmulatedHook, EmulatedJob, Emulator

FILE = Path(__file__).parent / "recorded.json"
_KINDS = {"clusters": EmulatedCluster, "jobs": EmulatedJob, "hooks": EmulatedHook}
_TIME_SCALE = 300


def restore(account: Emulator, recorded: dict[str, Any]) -> None:
    """Put the records that were kept beside the state into an account."""
    world = account.account.world
    records: list[EmulatedCluster | EmulatedJob | EmulatedHook] = [
        TypeAdapter(kind).validate_python(one) for name, kind in _KINDS.items() for one in recorded[name]
    ]
    world.restore(records, next_ids={}, born_at=world.born_at)


def main() -> None:
    """Write the file and name it."""
    with tempfile.TemporaryDirectory() as folder, Emulator(time_scale=_TIME_SCALE) as account:
        stack = Stack(Path(folder) / "stack", account).declare(*DECLARED)
        stack.up().succeeded()
        stack.refresh().succeeded()
        state = json.loads(stack.run("stack", "export").succeeded().output)
        text = json.dumps(stripped(state)).replace(account.url, "https://api.xplenty.com")
        recorded = {
            "now": account.account.world.now,
            "state": json.loads(text),
            "clusters": [dataclasses.asdict(one) for one in account.clusters()],
            "jobs": [dataclasses.asdict(one) for one in account.jobs()],
            "hooks": [dataclasses.asdict(one) for one in account.hooks()],
        }
    FILE.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
    sys.stdout.write(f"{FILE}\n")


if __name__ == "__main__":
    main()

"""A state as the engine writes it, with the records of the account that it was made on."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from tests.support.engine.stack import Stack
from xplenty_pulumi.emulator import (
    EmulatedCluster,
    EmulatedConnection,
    EmulatedHook,
    EmulatedJob,
    EmulatedPackage,
    EmulatedSchedule,
    Emulator,
)

TIME_SCALE = 300
"""How much faster than the machine's the time of an account passes while a state is recorded."""
_KINDS = {
    "clusters": EmulatedCluster,
    "jobs": EmulatedJob,
    "hooks": EmulatedHook,
    "packages": EmulatedPackage,
    "schedules": EmulatedSchedule,
    "connections": EmulatedConnection,
}
_OF_THIS_MACHINE = frozenset({"sourcePosition", "stackTrace"})


def record(file: Path, stack: Stack, account: Emulator) -> None:
    """Write the state of a stack and the records of its account into a file, and name the file."""
    state = json.loads(stack.run("stack", "export").succeeded().output)
    text = json.dumps(_stripped(state)).replace(account.url, "https://api.xplenty.com")
    records = {name: [dataclasses.asdict(one) for one in getattr(account, name)()] for name in _KINDS}
    recorded = {"now": account.account.world.now, "state": json.loads(text), **records}
    file.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
    sys.stdout.write(f"{file}\n")


def restore(account: Emulator, recorded: dict[str, Any]) -> None:
    """Put the records that were kept beside a state into an account."""
    world = account.account.world
    records: list[Any] = [
        TypeAdapter(kind).validate_python(one) for name, kind in _KINDS.items() for one in recorded.get(name, ())
    ]
    world.restore(records, next_ids={}, born_at=world.born_at)


def _stripped(value: Any) -> Any:
    """Return `value` without the places in source files that the engine notes beside each resource."""
    if isinstance(value, dict):
        return {name: _stripped(item) for name, item in value.items() if name not in _OF_THIS_MACHINE}
    return [_stripped(item) for item in value] if isinstance(value, list) else value

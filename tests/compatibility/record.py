"""Record a state as this version writes it: `python -m tests.compatibility.record` makes `states/VERSION.json`.

To be run once before each release, with `pulumi` on PATH; a file of a released version is never made anew. The file
holds the engine's state, and the records of the account that it was made on.
"""

import dataclasses
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.support.stack import Declared, Stack, cluster, job
from xplenty_pulumi._version import __version__
from xplenty_pulumi.emulator import Emulator

STATES = Path(__file__).parent / "states"
_OF_THIS_MACHINE = frozenset({"sourcePosition", "stackTrace"})
_PUBLIC_URL = "https://api.xplenty.com"
_TIME_SCALE = 300
FAILING = 103

DECLARED: tuple[Declared, ...] = (
    cluster(
        "etl",
        name="Nightly",
        description="loads by night",
        nodes=3,
        terminate_on_idle=False,
        time_to_idle=7200,
        region="amazon-web-services::eu-west-1",
        master_spot_percentage=0.5,
        allow_fallback=False,
        bootstrap_actions=[{"script_path": "s3://bucket/boot.sh", "args": ["--fast"]}],
        ready_timeout="45m",
        on_create_failure="keep",
    ),
    job("load", variables={"day": "'2026-01-31'", "password": {"secret": "'a made-up secret'"}}, triggers=["1"]),
    job("broken", package_id=FAILING, timeout="2h"),
)
"""What the recorded stack declares: a cluster of many fields, a run that completes, and one that fails."""


def main() -> None:
    """Write the file of this version and name it."""
    file = STATES / f"{__version__}.json"
    with tempfile.TemporaryDirectory() as folder:
        recorded = _recorded(Path(folder) / "stack")
    file.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
    sys.stdout.write(f"{file}\n")


def _recorded(folder: Path) -> dict[str, Any]:
    with Emulator(time_scale=_TIME_SCALE) as account:
        stack = Stack(folder, account).declare(*DECLARED)
        stack.up().failed()
        state = json.loads(stack.run("stack", "export").succeeded().output)
        text = json.dumps(stripped(state)).replace(account.url, _PUBLIC_URL)
        return {
            "state": json.loads(text),
            "clusters": [dataclasses.asdict(one) for one in account.clusters()],
            "jobs": [dataclasses.asdict(one) for one in account.jobs()],
        }


def stripped(value: Any) -> Any:
    """Return `value` without the places in source files that the engine notes beside each resource."""
    if isinstance(value, dict):
        return {name: stripped(item) for name, item in value.items() if name not in _OF_THIS_MACHINE}
    return [stripped(item) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()

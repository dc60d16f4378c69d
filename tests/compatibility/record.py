"""Record a state as this version writes it: `python -m tests.compatibility.record` makes `states/VERSION.json`.

To be run once before each release, with `pulumi` on PATH; a file of a released version is never made anew.
"""

import tempfile
from pathlib import Path

from tests.support.engine.recording import TIME_SCALE, record
from tests.support.engine.stack import Declared, Stack, cluster, job
from xplenty_pulumi._version import __version__
from xplenty_pulumi.emulator import Emulator

STATES = Path(__file__).parent / "states"
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
"""What each recorded stack declares: a cluster of many fields, a run that completes, and one that fails."""

FLOW = {"components": [{"id": "load", "table": "sales"}]}
DEFINITIONS: tuple[Declared, ...] = (
    Declared("Package", "flow", {"source": FLOW, "description": "loads orders", "variables": {"day": "'2026-01-31'"}}),
    Declared(
        "Schedule",
        "yearly",
        {
            "packages": [{"package_id": 101, "variables": {"day": "'2026-01-31'"}}],
            "every": "52 weeks",
            "nodes": 3,
            "overlap": False,
        },
    ),
    Declared(
        "Connection",
        "sales",
        {
            "type": "mysql",
            "name": "Sales",
            "settings": {"username": "etl", "host": "db.example.com", "password": "a made-up secret"},
        },
    ),
    Declared(
        "Hook",
        "bell",
        {
            "type": "slack",
            "settings": {"url": "https://hooks.example.com/T0/a-made-up-secret"},
            "events": ["job.failed"],
        },
    ),
)
"""What stacks that 0.3.0 and later versions recorded declare as well."""


def main() -> None:
    """Write the file of this version and name it."""
    with tempfile.TemporaryDirectory() as folder, Emulator(time_scale=TIME_SCALE) as account:
        stack = Stack(Path(folder) / "stack", account).declare(*DECLARED, *DEFINITIONS)
        stack.up().failed()
        record(STATES / f"{__version__}.json", stack, account)


if __name__ == "__main__":
    main()

"""A program of classes derived from ours, and its state as version 0.2.0 wrote it.

That version gave each of them the type of all dynamic resources without a module, unless a class named one. The file
was made by `python -m tests.compatibility.subclasses`, and is never made anew: later versions give them other types.
"""

import dataclasses
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.compatibility.record import stripped
from tests.support.stack import Stack
from xplenty_pulumi.emulator import Emulator

FILE = Path(__file__).parent / "subclasses.json"
PROGRAM = """\
import pulumi
from xplenty_pulumi import Cluster, Hook, JobRun

class House(Cluster):
    pass

class Villa(House):
    def __init__(self, name, opts=None):
        super().__init__(name, nodes=3, time_to_idle=86400, opts=opts)
        self.size = self.nodes.apply(lambda nodes: nodes * 10)

class Own(Cluster, module="own", name="Own"):
    pass

class Load(JobRun):
    pass

class Bell(Hook):
    pass

class Team(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("tests:Team", name)

team = Team("team")
house = House("house", nodes=2, time_to_idle=86400, description="loads")
villa = Villa("villa", opts=pulumi.ResourceOptions(parent=team))
own = Own("own", nodes=2, time_to_idle=86400)
Load("load", cluster_id=house.id, package_id=101, opts=pulumi.ResourceOptions(parent=house))
JobRun("within", cluster_id=villa.id, package_id=101, opts=pulumi.ResourceOptions(parent=villa))
Bell("bell", type="slack", settings={"url": "https://hooks.example.test/T0/token"}, events=["job.failed"], ping=False)
pulumi.export("shown", [house.status, villa.size])
"""
_PUBLIC_URL = "https://api.xplenty.com"
_TIME_SCALE = 300


def main() -> None:
    """Write the file and name it."""
    with tempfile.TemporaryDirectory() as folder, Emulator(time_scale=_TIME_SCALE) as account:
        recorded = _recorded(Path(folder) / "stack", account)
    FILE.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
    sys.stdout.write(f"{FILE}\n")


def _recorded(folder: Path, account: Emulator) -> dict[str, Any]:
    stack = Stack(folder, account)
    (folder / "__main__.py").write_text(PROGRAM)
    stack.up().succeeded()
    state = json.loads(stack.run("stack", "export").succeeded().output)
    text = json.dumps(stripped(state)).replace(account.url, _PUBLIC_URL)
    return {
        "state": json.loads(text),
        "clusters": [dataclasses.asdict(one) for one in account.clusters()],
        "jobs": [dataclasses.asdict(one) for one in account.jobs()],
        "hooks": [dataclasses.asdict(one) for one in account.hooks()],
    }


if __name__ == "__main__":
    main()

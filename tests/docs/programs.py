"""Programs of the pages, run with Pulumi's mocks: what they declare, without an engine."""

import json
import subprocess
import sys
from typing import Any

_RUN = """\
import asyncio, json, sys, pulumi

SECRET = "4dabf18193072939515e22adb298388d"

def plain(value):
    if isinstance(value, dict):
        return plain(value["value"]) if SECRET in value else {name: plain(item) for name, item in value.items()}
    return value

class Recorded(pulumi.runtime.Mocks):
    made = []
    def new_resource(self, args):
        hidden = {name for name in args.inputs if name.startswith("__")}
        inputs = {name: plain(value) for name, value in args.inputs.items() if name not in hidden and value is not None}
        self.made.append({"type": args.typ.rpartition(":")[2], "name": args.name, "inputs": inputs})
        return f"{len(self.made)}", {**args.inputs, "observed": {"status": "available"}}
    def call(self, args):
        return {}

pulumi.runtime.set_mocks(Recorded(), project="loads", stack="dev")
pulumi.runtime.set_all_config(json.loads(sys.argv[2]))

@pulumi.runtime.test
def run():
    exec(compile(sys.argv[1], "__main__.py", "exec"), {"__name__": "__main__"})

run()
print(json.dumps(Recorded.made))
"""


def declared(program: str, **config: str) -> list[dict[str, Any]]:
    """Return what a program declares, each with `type`, `name` and `inputs`; `config` is that of the project."""
    settings = json.dumps({f"loads:{name}": value for name, value in config.items()})
    command = [sys.executable, "-c", _RUN, program, settings]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found

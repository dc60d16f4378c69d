"""As many packages as `BENCH_COUNT` says, each with a flow of its own of about `BENCH_BYTES` bytes."""

import json
import os
from pathlib import Path

from xplenty_pulumi import Package

FLOWS = Path("flows")
COMPONENT = {"type": "filter", "condition": "amount > 0 and region == 'north'", "fields": ["id", "region", "amount"]}
SIZE = len(json.dumps({"id": "component-00000", **COMPONENT}, indent=2))


def flow(number: int) -> str:
    """Return the text of a flow that no other package has."""
    count = max(1, int(os.environ["BENCH_BYTES"]) // SIZE)
    components = [{"id": f"component-{index:05}", **COMPONENT} for index in range(count)]
    return json.dumps({"components": [{"id": f"source-{number}", "type": "database_source"}, *components]}, indent=2)


FLOWS.mkdir(exist_ok=True)
for number in range(int(os.environ["BENCH_COUNT"])):
    file = FLOWS / f"{number}.json"
    if not file.exists():
        file.write_text(flow(number))
    Package(f"package-{number}", source=str(file), validate=False)

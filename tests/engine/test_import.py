"""`xplenty-pulumi import` on the real engine: what exists is managed, and nothing of it is changed."""

import re
import sys
from collections import Counter
from typing import Any

from tests.support.accounts.clients import client_of
from tests.support.engine.stack import Stack, cluster, writes
from xplenty_pulumi.core.kinds.marker import read, strip
from xplenty_pulumi.emulator import Emulator

SECRET = "tkn-4711"
BELL = {
    "type": "slack",
    "settings": {"url": f"https://hooks.example.test/T0/{SECRET}", "channel": "#etl"},
    "events": ["job.failed"],
    "name": "Bell",
}
PASSWORD = "pw-4712"
WAREHOUSE = {"type": "s3", "name": "Warehouse", "username": "AKIA", "password": PASSWORD}
NIGHTLY = {
    "name": "Loads",
    "status": "enabled",
    "start_at": "2041-01-01T02:00:00Z",
    "interval_amount": 1,
    "interval_unit": "days",
    "task": {"nodes": 3, "packages": [{"package_id": 101, "variables": {"day": "'2026-01-01'"}}]},
}
EMPTY = '"""A Pulumi program."""\n\nimport pulumi\n'


def shown(account: Emulator) -> list[dict[str, Any]]:
    """Return all definitions and clusters as the service shows them, without markers and times."""
    with client_of(account) as client:
        records: list[Any] = [*client.clusters.list(), *client.packages.list(include=["flow"])]
        records += [*client.hooks.list(), *client.connections.list(), *client.schedules.list()]
    found = [one.model_dump(mode="json", exclude={"updated_at", "version", "idle_since", "salt"}) for one in records]
    return sorted(({name: strip(str(value)) for name, value in one.items()} for one in found), key=str)


def test_an_account_is_taken_over(stack: Stack, account: Emulator) -> None:
    """The first `up` signs markers and nothing else, the second plans nothing; a run goes on, no secret is in clear."""
    nightly, *_ = [account.add_cluster(name="Nightly ETL", nodes=3, description="theirs") for _ in range(5)]
    with client_of(account) as client:
        for collection, body in ((client.hooks, BELL), (client.connections, WAREHOUSE), (client.schedules, NIGHTLY)):
            for _ in range(5):
                collection.create(body)
        run = client.jobs.run(cluster_id=nightly.id, package_id=104)
    (stack.folder / "__main__.py").write_text(EMPTY)
    before, calls = shown(account), len(writes(account))

    output = stack.command("import", "--all", "--out", ".").succeeded().output
    assert len(writes(account)) == calls
    stack.line(sys.executable, "-m", "ruff", "format", "--isolated", "--check", "__main__.py").succeeded()
    output += stack.up().succeeded().output

    assert {call.partition(" ")[0] for call in writes(account)[calls:]} == {"PUT"}
    texts = [one.description for one in account.clusters()]
    texts += [one.description for one in account.schedules()]
    texts += [one.description for one in account.packages() if one.status == "active"]
    texts += [*(one.name for one in account.hooks()), *(one.name for one in account.connections())]
    assert all(map(read, texts))
    assert account.connections()[0].settings["password"] == PASSWORD
    assert shown(account) == before
    assert next(one.status for one in account.jobs() if one.id == run.id) not in ("stopped", "pending_stop")
    calls = len(writes(account))
    stack.up("--expect-no-changes").succeeded()
    stack.refresh("--expect-no-changes").succeeded()
    stack.up("--expect-no-changes").succeeded()
    assert len(writes(account)) == calls
    program = (stack.folder / "__main__.py").read_text()
    declared = Counter(re.findall(r"xplenty\.([A-Z]\w+)\(", program))
    assert declared == {"Cluster": 5, "Hook": 5, "Connection": 5, "Package": 5, "Schedule": 7}
    assert '{"package_id": daily_sales.id, "variables": {"day": "\'2026-01-01\'"}}' in program
    assert SECRET not in output + program + (stack.folder / "Pulumi.dev.yaml").read_text() + stack.files()


def test_what_another_stack_holds_or_has_signed_is_left_to_it(stack: Stack, account: Emulator) -> None:
    """What a state holds is never taken over; a marker of a stack that holds it no more is overcome by name alone."""
    stack.declare(cluster("etl")).up().succeeded()
    (etl,) = account.clusters()
    stack.run("stack", "init", "prod").succeeded()

    def imported(*words: str) -> Any:
        return stack.command("import", *words, "--out", "taken", "--stack", "prod")

    output = imported("cluster", "--take-over", f"cluster:{etl.id}").failed().output
    assert f"cluster {etl.id}: the state of stack organization/tests/dev holds it" in output
    stack.run("state", "delete", "--yes", "--all", "--stack", "dev").succeeded()
    assert "left out: " in imported("cluster").succeeded().output
    assert f"--take-over cluster:{etl.id}" in imported(f"cluster:{etl.id}").failed().output
    output = imported("--take-over", f"cluster:{etl.id}").succeeded().output
    assert "a `pulumi up` without it ends" in output

    (stack.folder / "__main__.py").write_text((stack.folder / "taken" / "__main__.py").read_text())
    stack.up("--stack", "prod").succeeded()
    (taken,) = account.clusters()
    marker, former = read(taken.description), read(etl.description)
    assert marker
    assert former
    assert (taken.id, marker.scope == former.scope) == (etl.id, False)

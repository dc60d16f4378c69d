"""The log of events of the real engine."""

import json
from pathlib import Path

from tests.support.engine.stack import Stack, cluster, job
from xplenty_pulumi.emulator import Emulator


def test_up_leaves_events_of_every_resource(stack: Stack, account: Emulator, tmp_path: Path) -> None:
    """An `up` of a cluster and a run leaves the outcome of each with its URN, and as many calls as were received."""
    path = tmp_path / "events.jsonl"
    before = len(account.calls())
    stack.declare(cluster("etl"), job("load", variables={"day": {"secret": "'canary'"}}))
    stack.up(XPLENTY_EVENTS=str(path)).succeeded()

    events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    made = {one["name"]: one for one in events if one["event"] == "outcome" and one["operation"] == "create"}
    assert {name: (one["result"], one["kind"]) for name, one in made.items()} == {
        "etl": ("succeeded", "cluster"),
        "load": ("succeeded", "job"),
    }
    state = stack.state()
    assert {name: (one["urn"], one["id"]) for name, one in made.items()} == {
        name: (one["urn"], one["id"]) for name, one in state.items()
    }
    assert len([one for one in events if one["event"] == "call"]) == len(account.calls()) - before
    waits = {one["name"]: one["goal"] for one in events if one["event"] == "wait"}
    assert (waits["etl"], waits["load"]) == ("available with 2 nodes", "completed")
    assert "canary" not in path.read_text(encoding="utf-8")

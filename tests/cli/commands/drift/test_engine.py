"""What `drift` says beside what the engine itself says, on a real stack."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands.drift.scenario import DECLARED, EDITS, hook
from tests.cli.commands.drift.scene import ids
from tests.support.engine.ran import Ran
from tests.support.engine.stack import STEP, Stack, cluster
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.kind import Change, Drift
from xplenty_pulumi.core.kinds.marker import Marker, read, sign
from xplenty_pulumi.core.reports.drift import Cause
from xplenty_pulumi.emulator import EmulatedCluster, Emulator
from xplenty_pulumi.emulator.life.records import EmulatedSubscription

SCRIPT = {"script_path": "s3://scripts/one.sh"}

CLUSTER_FIELDS: Mapping[str, tuple[object, object]] = {
    "nodes": (2, 5),
    "type": ("production", "sandbox"),
    "name": ("loads", "somebody's loads"),
    "description": ("loads", "somebody's loads"),
    "terminate_on_idle": (False, True),
    "time_to_idle": (86_400, 172_800),
    "region": ("amazon-web-services::us-east-1", "amazon-web-services::eu-west-1"),
    "zone": ("us-east-1b", "us-east-1c"),
    "master_instance_type": ("m3.xlarge", "m3.2xlarge"),
    "slave_instance_type": ("m3.xlarge", "m3.2xlarge"),
    "master_spot_price": (0.1, 0.25),
    "slave_spot_price": (0.1, 0.25),
    "master_spot_percentage": (0.5, 0.75),
    "slave_spot_percentage": (0.5, 0.75),
    "allow_fallback": (True, False),
    "stack": ("white-everest", "blue-everest"),
    "bootstrap_actions": ([SCRIPT], [{**SCRIPT, "args": ["--fast"]}]),
}
HOOK_FIELDS: Mapping[str, tuple[object, object]] = {
    "events": (["job.failed"], ["job.completed"]),
    "name": ("bell", "somebody's bell"),
    "active": (True, False),
}
"""Of a hook, `type` cannot be changed by anybody, and `settings` are secret: only the engine can compare them."""


pytestmark = pytest.mark.engine

GONE = {Cause.GONE.value, Cause.ENDED_ON_IDLE.value}


def drift(stack: Stack, *arguments: str) -> Ran:
    """Run the command as a user does."""
    done = subprocess.run(
        [sys.executable, "-m", "xplenty_pulumi.cli", "drift", *arguments],
        cwd=stack.folder,
        env=stack.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout + done.stderr)


def told_by_drift(document: dict[str, Any]) -> dict[str, set[str]]:
    """Return the fields of each resource that a refresh would show too, `gone` for what it would drop."""
    told: dict[str, set[str]] = {}
    for one in document["findings"]:
        is_field = one["field"] and Drift(one["class"]).is_drift
        if is_field or one["cause"] in GONE:
            told.setdefault(one["resource"], set()).add(one["field"] or Cause.GONE.value)
    return told


def told_by_refresh(stack: Stack) -> dict[str, set[str]]:
    """Return the same of the engine's own preview of a refresh."""
    output = stack.run("refresh", "--preview-only", "--json").output
    steps, _ = json.JSONDecoder().raw_decode(output[output.index("{") :])
    told: dict[str, set[str]] = {}
    for step in steps["steps"]:
        fields = {name.partition("[")[0].partition(".")[0] for name in step.get("detailedDiff") or {}}
        found = {Cause.GONE.value} if step["op"] == "delete" else fields
        if found:
            told[step["urn"].rpartition("::")[2]] = found
    return told


def test_whole_scenario_agrees_with_a_refresh(tmp_path: Path) -> None:
    """After all edits at once, `drift` and the engine name the same resources with the same fields."""
    with Emulator(step=STEP) as account:
        stack = Stack(tmp_path, account).declare(*DECLARED)
        stack.up().succeeded()
        account.pace(0)
        numbers = ids(json.loads(stack.run("stack", "export").output))
        for edit in EDITS:
            edit.does(account, numbers[edit.resource.name])

        found = drift(stack, "--unmanaged", "--json")
        document = json.loads(found.output)

        assert found.code == 2
        assert told_by_drift(document) == told_by_refresh(stack)
        assert {name for name, what in told_by_drift(document).items() if what == {Cause.GONE.value}} == {
            edit.resource.name for edit in EDITS if edit.gone
        }
        causes = {one["cause"] for one in document["findings"]}
        ends_by_itself, needs_two_states = {Cause.UNFINISHED.value, Cause.END_UNKNOWN.value}, {Cause.SHARED.value}
        assert causes | ends_by_itself | needs_two_states == {cause.value for cause in Cause}


def test_every_field_that_can_be_changed_by_hand_is_tried() -> None:
    """A field added to the tables needs a row in `by_hand`."""
    assert {*CLUSTER_FIELDS} == {*CLUSTER.compared}
    assert {*HOOK_FIELDS} == {*HOOK.compared} - {"type", "settings"}


def test_each_field_changed_by_hand_is_named_and_repaired(tmp_path: Path) -> None:
    """A refresh names field, old and new and ends with 7, `drift` agrees, `up --refresh` repairs, then all is quiet."""
    in_place, replace = set(CLUSTER.names(Change.IN_PLACE)), set(CLUSTER.names(Change.REPLACE))
    with Emulator(step=STEP) as account:
        changed = cluster("changed", **before(CLUSTER_FIELDS, in_place))
        replaced = cluster("replaced", time_to_idle=86_400, **before(CLUSTER_FIELDS, replace))
        stack = Stack(tmp_path, account).declare(changed, replaced, hook("bell", **before(HOOK_FIELDS, {*HOOK_FIELDS})))
        stack.up().succeeded()
        numbers = ids(json.loads(stack.run("stack", "export").output))
        whole = account.cluster(numbers["changed"])
        for field, (_, after) in CLUSTER_FIELDS.items():
            edit_cluster(account, numbers["changed" if field in in_place else "replaced"], field, after)
        for field, (_, after) in HOOK_FIELDS.items():
            edit_hook(account, numbers["bell"], field, after)

        shown = stack.run("refresh", "--preview-only", "--diff", "--expect-no-changes")
        found = drift(stack, "--json")

        assert (shown.code, found.code) == (7, 2)
        sandbox = {"nodes"}  # which has one, whatever was declared
        assert told_by_drift(json.loads(found.output)) == {
            "changed": in_place,
            "replaced": replace | sandbox,
            "bell": {*HOOK_FIELDS},
        }
        for name, (old, new) in [*CLUSTER_FIELDS.items(), *HOOK_FIELDS.items()]:
            assert re.search(line_of(name, old, new), shown.output), name
        stack.up("--refresh").succeeded()
        assert in_place_of(account.cluster(whole.id)) == in_place_of(whole)
        after_all = ids(json.loads(stack.run("stack", "export").output))
        assert {name for name, number in numbers.items() if after_all[name] != number} == {"replaced"}
        stack.run("refresh", "--preview-only", "--expect-no-changes").succeeded()
        move_settings_into_the_configuration(stack)
        assert drift(stack, "--all").succeeded().output.count("harmful") == 0


def move_settings_into_the_configuration(stack: Stack) -> None:
    """Let the settings be found in the stack's configuration, the key as a secret, and no longer in the environment."""
    for key, variable in (("accountId", "XPLENTY_ACCOUNT_ID"), ("apiUrl", "XPLENTY_API_URL")):
        stack.run("config", "set", f"xplenty:{key}", stack.environment.pop(variable)).succeeded()
    stack.run("config", "set", "--secret", "xplenty:apiKey", stack.environment.pop("XPLENTY_API_KEY")).succeeded()


def in_place_of(one: EmulatedCluster) -> dict[str, object]:
    """Return what a cluster has in the fields that change in place, the marker included."""
    return {name: getattr(one, name) for name in CLUSTER.names(Change.IN_PLACE)}


def before(fields: Mapping[str, tuple[object, object]], names: set[str]) -> dict[str, Any]:
    """Return what is declared of these fields."""
    return {name: old for name, (old, _) in fields.items() if name in names}


def line_of(field: str, old: object, new: object) -> str:
    """Return the pattern of what a refresh shows of a field: both values, of a list only that it differs."""
    if isinstance(old, list):
        return rf"~ {field}\s*: \["
    return rf"~ {field}\s*: {re.escape(json.dumps(old))} => {re.escape(json.dumps(new))}"


def edit_cluster(account: Emulator, number: int, field: str, value: Any) -> None:
    """Change a field of a cluster; its description keeps the marker."""
    if field == "description":
        value = sign(value, marker_in(account.cluster(number).description))
    account.edit_cluster(number, **{field: tuple(value) if isinstance(value, list) else value})


def edit_hook(account: Emulator, number: int, field: str, value: Any) -> None:
    """Change a field of a hook; its name keeps the marker."""
    if field == "events":
        subscriptions = tuple(EmulatedSubscription(place, event) for place, event in enumerate(value, start=1))
        account.edit_hook(number, subscriptions=subscriptions)
        return
    name = next(one.name for one in account.hooks() if one.id == number)
    account.edit_hook(number, **{field: sign(value, marker_in(name)) if field == "name" else value})


def marker_in(text: str | None) -> Marker:
    """Return the marker that must be there."""
    found = read(text)
    assert found is not None
    return found

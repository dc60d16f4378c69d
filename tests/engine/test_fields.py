"""Every field of a cluster, changed once: in place or by a new cluster, exactly as the table says.

What is changed by hand is in `tests/cli/commands/drift/test_engine.py`.
"""

import re
from collections.abc import Mapping
from typing import Any

from tests.support.engine.stack import Stack, cluster, writes
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import Change
from xplenty_pulumi.emulator import Emulator

BEFORE_AND_AFTER: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "nodes": ({"nodes": 2}, {"nodes": 3}),
    "name": ({"name": "loads"}, {"name": "nightly loads"}),
    "description": ({"description": "loads"}, {"description": "nightly loads"}),
    "terminate_on_idle": ({"time_to_idle": 86_400}, {"time_to_idle": 86_400, "terminate_on_idle": True}),
    "time_to_idle": ({"time_to_idle": 1800}, {"time_to_idle": 7200}),
    "type": ({"type": "production"}, {"type": "sandbox", "nodes": 1}),
    "region": ({}, {"region": "amazon-web-services::eu-west-1"}),
    "zone": ({"zone": "us-east-1b"}, {"zone": "us-east-1c"}),
    "master_instance_type": ({"master_instance_type": "m3.xlarge"}, {"master_instance_type": "m3.2xlarge"}),
    "slave_instance_type": ({"slave_instance_type": "m3.xlarge"}, {"slave_instance_type": "m3.2xlarge"}),
    "master_spot_price": ({"master_spot_price": 0.1}, {"master_spot_price": 0.25}),
    "slave_spot_price": ({"slave_spot_price": 0.1}, {"slave_spot_price": 0.25}),
    "master_spot_percentage": ({"master_spot_percentage": 0.5}, {"master_spot_percentage": 1}),
    "slave_spot_percentage": ({"slave_spot_percentage": 0.5}, {"slave_spot_percentage": 1}),
    "allow_fallback": ({"allow_fallback": True}, {"allow_fallback": False}),
    "stack": ({"stack": "white-everest"}, {"stack": "blue-everest"}),
    "bootstrap_actions": (
        {"bootstrap_actions": [{"script_path": "s3://scripts/one.sh"}]},
        {"bootstrap_actions": [{"script_path": "s3://scripts/one.sh", "args": ["--fast"]}]},
    ),
}


def test_every_field_the_service_sees_is_changed_below() -> None:
    """A field added to the table needs a row here."""
    assert set(BEFORE_AND_AFTER) == {*CLUSTER.names(Change.IN_PLACE), *CLUSTER.names(Change.REPLACE)}


def test_each_changed_field_updates_in_place_or_replaces(stack: Stack, account: Emulator) -> None:
    """One cluster per field: the preview announces what the table says, `up` does it, and another `up` is quiet."""
    stack.declare(*(cluster(name, **before) for name, (before, _) in BEFORE_AND_AFTER.items())).up().succeeded()
    ids = {name: resource["id"] for name, resource in stack.state().items()}
    stack.declare(*(cluster(name, **after) for name, (_, after) in BEFORE_AND_AFTER.items()))

    planned = stack.preview()
    stack.up().succeeded()

    in_place = set(CLUSTER.names(Change.IN_PLACE))
    assert {name for name in BEFORE_AND_AFTER if planned[name]["op"] == "update"} == in_place
    assert {name for name in BEFORE_AND_AFTER if planned[name]["op"] == "replace"} == set(BEFORE_AND_AFTER) - in_place
    state, outputs = stack.state(), stack.outputs()
    assert {name for name in BEFORE_AND_AFTER if state[name]["id"] == ids[name]} == in_place
    for name, (_, after) in BEFORE_AND_AFTER.items():
        assert {field: outputs[name][field] for field in after} == after
    assert len(account.living_clusters()) == len(BEFORE_AND_AFTER)
    stack.up("--expect-no-changes").succeeded()


def test_replacement_ends_the_old_cluster_first(stack: Stack, account: Emulator) -> None:
    """The old cluster is terminated before the new one is requested, so the two are never paid for at once.

    The row, which goes on with the new one, says which of the two has ended; without the bridge a row says nothing.
    """
    stack.declare(cluster("etl", zone="us-east-1b")).up().succeeded()
    output = stack.declare(cluster("etl", zone="us-east-1c")).up().succeeded().output

    old, new = account.clusters()
    assert [call for call in writes(account) if not call.startswith("PUT")] == [
        "POST /clusters",
        f"DELETE /clusters/{old.id}",
        "POST /clusters",
    ]
    assert old.terminated_at is not None
    assert new.created_at >= old.terminated_at
    replaced = rf"etl deleted original \(\S+\) cluster {old.id} terminated and is replaced\n"
    ended = rf"etl deleted \(\S+\) cluster {new.id} terminated\n"
    assert bool(re.search(replaced, output)) == stack.has_bridge
    assert bool(re.search(ended, stack.destroy().succeeded().output)) == stack.has_bridge


def test_lost_marker_alone_is_no_drift(stack: Stack, account: Emulator) -> None:
    """Somebody who removes the marker from the description changes nothing that the user asked for."""
    stack.declare(cluster("etl", description="loads")).up().succeeded()
    account.edit_cluster(account.clusters()[0].id, description="loads")

    stack.refresh("--expect-no-changes").succeeded()

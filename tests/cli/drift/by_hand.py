"""Every field of a cluster and of a hook that can be changed by hand: what is declared, and what it is made."""

from collections.abc import Mapping

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

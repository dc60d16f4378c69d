"""What resources are declared with: a canary in each input that is a secret."""

from typing import Any

from tests.support.leaks import (
    ECHOED,
    IN_ARGUMENT,
    IN_DESCRIPTION,
    IN_DYNAMIC_VARIABLES,
    IN_NAME,
    IN_SETTINGS,
    IN_VARIABLES,
)
from xplenty_pulumi.dynamic.state import SECRETS

SECRET_INPUTS: dict[str, Any] = {
    "variables": {"password": f"'{IN_VARIABLES}'", "echoed": f"'{ECHOED}'", "day": "'monday'"},
    "dynamic_variables": {"token": f"'{IN_DYNAMIC_VARIABLES}'"},
    SECRETS: ["password", "echoed", "token"],
}
HOOK_INPUTS: dict[str, Any] = {
    "type": "slack",
    "settings": {"url": IN_SETTINGS},
    "events": ["cluster.error"],
    "name": IN_NAME,
    SECRETS: ["/name", "url"],
}
CLUSTER_INPUTS: dict[str, Any] = {
    "name": IN_NAME,
    "description": IN_DESCRIPTION,
    "bootstrap_actions": [{"script_path": "s3://bucket/boot.sh", "args": ["--fast", IN_ARGUMENT]}],
    SECRETS: ["/bootstrap_actions/0/args/1", "/description", "/name"],
}

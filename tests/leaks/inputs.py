"""What resources are declared with, a canary in each input that is a secret, and a service that repeats them."""

from typing import Any

from tests.leaks.canaries import (
    ECHOED,
    IN_ARGUMENT,
    IN_DESCRIPTION,
    IN_DYNAMIC_VARIABLES,
    IN_HOST,
    IN_NAME,
    IN_PASSWORD,
    IN_SETTINGS,
    IN_VARIABLES,
    KEY,
    SPELLINGS,
)
from xplenty_pulumi.dynamic.state import SECRETS
from xplenty_pulumi.emulator import PackageSeed, Seed

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
CONNECTION_INPUTS: dict[str, Any] = {
    "type": "mysql",
    "name": IN_NAME,
    "settings": {"username": "etl", "password": IN_PASSWORD, "host": IN_HOST},
    "test": True,
    SECRETS: ["/name", "code", "host", "password", "refresh_token"],
}
PACKAGE_INPUTS: dict[str, Any] = {
    "name": IN_NAME,
    "variables": {"password": f"'{IN_VARIABLES}'", "echoed": f"'{ECHOED}'", "day": "'monday'"},
    "validate": False,
    SECRETS: ["/name", "password", "echoed"],
}
SCHEDULE_INPUTS: dict[str, Any] = {
    "packages": [{"package_id": "101", "variables": {"password": f"'{IN_VARIABLES}'", "echoed": f"'{ECHOED}'"}}],
    "every": "1 day",
    "start_at": "2099-01-01T00:00:00Z",
    "description": IN_DESCRIPTION,
    SECRETS: ["/description", "/packages/0/variables/password", "/packages/0/variables/echoed"],
}
CLUSTER_INPUTS: dict[str, Any] = {
    "name": IN_NAME,
    "description": IN_DESCRIPTION,
    "bootstrap_actions": [{"script_path": "s3://bucket/boot.sh", "args": ["--fast", IN_ARGUMENT]}],
    SECRETS: ["/bootstrap_actions/0/args/1", "/description", "/name"],
}
SPOKEN = " | ".join(
    sorted(spell(secret))[0]
    for name, spell in SPELLINGS.items()
    if name != "reversed halves"
    for secret in (KEY, ECHOED)
)
"""What the service says in its errors: the key and a variable, in every spelling that it could know."""

SEED = Seed(
    api_key=KEY,
    packages=(
        PackageSeed(101, "Sales", run_seconds=60, outputs={"sales": 7}),
        PackageSeed(103, "Broken", run_seconds=20, failure=f"Could not log in: {SPOKEN}"),
        PackageSeed(106, "Endless", run_seconds=10**9),
    ),
    clusters_that_fail=("doomed*",),
)

"""What resources are declared with, a canary in each input that is a secret, and a service that repeats them."""

from collections.abc import Mapping
from typing import Any

from tests.leaks.canaries import (
    ECHOED,
    IN_ARGUMENT,
    IN_CHANNEL,
    IN_DESCRIPTION,
    IN_DYNAMIC_VARIABLES,
    IN_HOST,
    IN_NAME,
    IN_PASSWORD,
    IN_PATH,
    IN_SETTINGS,
    IN_TOKEN,
    IN_VARIABLES,
    IN_VERSION,
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
    "settings": {"url": IN_SETTINGS, "channel": IN_CHANNEL},
    "events": ["cluster.error"],
    "name": IN_NAME,
    SECRETS: ["/name", "basic_auth_data", "channel", "service_key", "url"],
}
PAGER_INPUTS: dict[str, Any] = {**HOOK_INPUTS, "type": "pagerduty", "settings": {"service_key": IN_TOKEN}}
WEB_INPUTS: dict[str, Any] = {
    **HOOK_INPUTS,
    "type": "web",
    "settings": {"url": IN_SETTINGS, "basic_auth": True, "basic_auth_data": IN_TOKEN},
    "ping": False,
}
CONNECTION_INPUTS: dict[str, Any] = {
    "type": "mysql",
    "name": IN_NAME,
    "settings": {"username": "etl", "password": IN_PASSWORD, "host": IN_HOST},
    "test": True,
    SECRETS: ["/name", "code", "host", "password", "refresh_token"],
}
OAUTH_INPUTS: dict[str, Any] = {
    "type": "adwords",
    "name": IN_NAME,
    "settings": {"code": IN_TOKEN, "redirect_uri": "https://example.test/back", "refresh_token": IN_PASSWORD},
    SECRETS: ["/name", "code", "password", "refresh_token"],
}
PACKAGE_INPUTS: dict[str, Any] = {
    "name": IN_NAME,
    "description": IN_DESCRIPTION,
    "variables": {"password": f"'{IN_VARIABLES}'", "echoed": f"'{ECHOED}'", "day": "'monday'"},
    "flow_version": IN_VERSION,
    "source": IN_PATH,
    "validate": False,
    SECRETS: ["/description", "/flow_version", "/name", "/source", "password", "echoed"],
}
SCHEDULE_INPUTS: dict[str, Any] = {
    "packages": [{"package_id": "101", "variables": {"password": f"'{IN_VARIABLES}'", "echoed": f"'{ECHOED}'"}}],
    "every": "1 day",
    "start_at": "2099-01-01T00:00:00Z",
    "name": IN_NAME,
    "description": IN_DESCRIPTION,
    SECRETS: ["/description", "/name", "/packages/0/variables/password", "/packages/0/variables/echoed"],
}
DEFINITION_INPUTS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "connection": (CONNECTION_INPUTS, OAUTH_INPUTS),
    "hook": (HOOK_INPUTS, PAGER_INPUTS, WEB_INPUTS),
    "package": (PACKAGE_INPUTS,),
    "schedule": (SCHEDULE_INPUTS,),
}
"""Inputs of definitions, by kind, as the engine hands them over; `test_every_input.py` says whether one is left out."""
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

"""Definitions as a program declares them, a canary in each input that may be secret, and where these inputs are."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.leaks.canaries import (
    CANARIES,
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
)
from tests.support.engine.stack import Declared
from xplenty_pulumi.core.kinds.kind import Ending, Field, Kind
from xplenty_pulumi.core.kinds.registry import KINDS

Place = tuple[str, ...]
DEFINITIONS = tuple(kind for kind in KINDS.values() if kind.ends is Ending.REMOVED)
FILE = "packages/sums.json"
"""The file of the package that somebody edits in the service."""
FLOW = json.dumps({"components": [{"id": "load", "table": "sales"}]})
_TEXTS: dict[str, Any] = {"name": {"secret": IN_NAME}, "description": {"secret": IN_DESCRIPTION}}
_EXPORT = {"name": IN_NAME, "variables": {"v": IN_VARIABLES}, "flow_version": IN_VERSION, "data_flow_json": FLOW}


def _variables(password: str) -> dict[str, Any]:
    return {"password": {"secret": f"'{password}'"}, "day": "'monday'"}


def declared(password: str = IN_VARIABLES, *, token: str = IN_TOKEN) -> tuple[Declared, ...]:
    """Return all of them; other texts are a change of each."""
    task = [{"package_id": {"id of": "sums"}, "variables": _variables(password)}]
    always = {"type": "adwords", "name": {"secret": IN_NAME}}
    back = {"redirect_uri": "https://example.test/back"}
    hook = {"name": {"secret": IN_NAME}, "events": ["cluster.error"], "ping": False}
    web = {"url": IN_SETTINGS, "basic_auth": True, "basic_auth_data": token}
    return (
        Declared("Package", "sums", {**_TEXTS, "source": FILE, "variables": _variables(password)}),
        Declared("Package", "sealed", {"source": {"secret": json.dumps(_EXPORT)}, "description": {"secret": password}}),
        Declared("Package", "hidden", {"source": {"secret": IN_PATH}, **_TEXTS}),
        Declared("Schedule", "nightly", {**_TEXTS, "every": "1 day", "packages": task}),
        Declared("Connection", "sales", {"type": "mysql", "test": True, **_sales(token)}),
        Declared("Connection", "ads", {**always, "settings": {"code": token, "refresh_token": IN_PASSWORD, **back}}),
        Declared("Hook", "bell", {**hook, "type": "slack", "settings": _slack(token)}),
        Declared("Hook", "pager", {**hook, "type": "pagerduty", "settings": {"service_key": token}}),
        Declared("Hook", "web", {**hook, "type": "web", "settings": web}),
    )


def _sales(token: str) -> dict[str, Any]:
    settings = {"username": "etl", "password": token, "host": {"secret": IN_HOST}}
    return {"name": {"secret": IN_NAME}, "settings": settings}


def _slack(token: str) -> dict[str, Any]:
    return {"url": IN_SETTINGS, "channel": {"secret": IN_CHANNEL}, "team": {"secret": token}}


WRONG = Declared(
    "Schedule",
    "nightly",
    {"every": {"secret": IN_VARIABLES}, "packages": [{"package_id": {"secret": IN_DYNAMIC_VARIABLES}}]},
)
"""Secrets where they do not belong."""


def secret_places(kind: Kind) -> list[Place]:
    """Return the ways to all inputs of a kind that may be secret: always, or because they accept any text."""
    always = [(one.name, member) for one in kind.fields for member in sorted(one.secret)]
    return [*always, *((one.name,) for one in kind.fields if one.private or _accepts_text(one))]


def _accepts_text(field: Field) -> bool:
    try:
        return bool(field.read(IN_NAME))
    except ValueError:
        return False


def planted_places(inputs: Mapping[str, Any]) -> set[Place]:
    """Return the ways to all canaries in inputs; what an export document has beside its flow are inputs."""
    return set(_places(inputs, ()))


def _places(value: object, path: Place) -> Iterator[Place]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _places(inner, path if name == "secret" else (*path, str(name)))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _places(inner, path)
    elif path == ("source",) and str(value).startswith("{"):
        yield from _places(json.loads(str(value)), ())
    elif any(canary in str(value) for canary in CANARIES):
        yield path


def planted_texts(value: object) -> set[str]:
    """Return all texts in a value that have a canary in them."""
    if isinstance(value, Mapping):
        return set().union(*map(planted_texts, value.values()))
    if isinstance(value, list | tuple):
        return set().union(*map(planted_texts, value))
    return {one for one in [str(value)] if any(canary in one for canary in CANARIES)}

"""Each input of each kind as a secret: masked in its place, and nowhere else, whatever its value is."""

from collections.abc import Mapping
from typing import Any

import pytest

from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.registry import KINDS as KINDS_BY_NAME
from xplenty_pulumi.dynamic.properties import outputs
from xplenty_pulumi.dynamic.state import OBSERVED, SECRETS, side_by_side, stored

VALUES = ("a", "1", "ab", "abc", "true", "failed", "available", "2026", "https", "api.example.test", "canary 51c0ffee")
KINDS = tuple(KINDS_BY_NAME.values())
INPUTS = [(kind, field.name) for kind in KINDS for field in kind.fields]
RECORD: Mapping[str, Any] = {
    "status": "failed",
    "created_at": "2026-11-29T10:00:00Z",
    "url": "https://api.example.test/acme/api/jobs/1",
    "owner_id": 1,
    "running_jobs_count": 2026,
    "creator": {"type": "User", "display_name": "a"},
    "errors": "it failed in 2026, and that is true: abc, see https://api.example.test/acme/jobs/1",
}
"""What a service shows beside inputs: texts, of which every one of `VALUES` but the last is a part."""


def _seen(kind: Kind, given: Mapping[str, Any], view: Mapping[str, Any], *secret: str) -> dict[str, Any]:
    lies = stored(outputs({**given, SECRETS: [*secret]}, view, kind))
    found: dict[str, Any] = side_by_side(lies)[OBSERVED]
    return found


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(("kind", "name"), INPUTS, ids=[f"{kind.name}-{name}" for kind, name in INPUTS])
def test_a_secret_input_is_masked_in_its_place_alone(kind: Kind, name: str, value: str) -> None:
    """The status, dates, links, ids and the service's own words say what they have said."""
    for shape in (value, {"x": value}, [value], [{"x": [value]}]):
        seen = _seen(kind, {name: shape}, {**RECORD, name: shape}, f"/{name}")
        assert seen == {**RECORD, name: "***"}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", ["variables", "dynamic_variables"])
def test_a_secret_variable_is_masked_by_its_name(name: str, value: str) -> None:
    """Another one of the same value is not, nor is what the package has by itself."""
    given = {name: {"one": value, "other": value}}
    seen = _seen(JOB_RUN, given, {**RECORD, **given, "effective_variables": {**given[name], "own": value}}, "one")
    assert seen[name] == {"one": "***", "other": value}
    assert seen["effective_variables"] == {"one": "***", "other": value, "own": value}
    assert {field: seen[field] for field in RECORD} == RECORD


@pytest.mark.parametrize("value", VALUES)
def test_a_secret_argument_is_masked_by_its_position(value: str) -> None:
    """The script's path and its other arguments stay as they are."""
    given = {"bootstrap_actions": [{"script_path": "s3://b/boot.sh", "args": ["--fast", value]}]}
    seen = _seen(CLUSTER, given, {**RECORD, **given}, "/bootstrap_actions/0/args/1")
    assert seen == {**RECORD, "bootstrap_actions": [{"script_path": "s3://b/boot.sh", "args": ["--fast", "***"]}]}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(("kind", "name"), INPUTS, ids=[f"{kind.name}-{name}" for kind, name in INPUTS])
def test_a_secret_is_masked_where_the_service_quotes_it(kind: Kind, name: str, value: str) -> None:
    """An error may repeat what it was given."""
    seen = _seen(kind, {name: value}, {"errors": f"no such path: '{value}'"}, f"/{name}")
    assert seen["errors"] == "no such path: '***'"


@pytest.mark.parametrize("value", VALUES)
def test_the_declared_input_stays_readable(value: str) -> None:
    """The engine keeps the output of its name as the secret that it is."""
    given = {"description": value, SECRETS: ["/description"]}
    assert stored(outputs(given, {"description": value}, CLUSTER))["description"] == value

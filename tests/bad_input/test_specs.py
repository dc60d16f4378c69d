"""Desired states: accepted and stable, or refused with every failure naming its field."""

import base64
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from pulumi.dynamic import CheckResult
from pulumi.output import Unknown

from tests.bad_input.amounts import draws, part, settle, share
from tests.bad_input.values import NUMBERS, TEXTS, nested, value
from xplenty_pulumi import ClusterProvider, JobRunProvider
from xplenty_pulumi.client.collection import checked_body
from xplenty_pulumi.core.kinds.inputs import shown
from xplenty_pulumi.core.kinds.kind import Change
from xplenty_pulumi.dynamic.providers.base import Provider
from xplenty_pulumi.dynamic.state import OWNER, SECRETS

PROVIDERS: tuple[Provider, ...] = (ClusterProvider(), JobRunProvider())
GOOD: Mapping[str, Mapping[str, Any]] = {
    "cluster": {
        "nodes": 2.0,
        "type": "production",
        "name": "night \U0001f319",
        "description": "loads",
        "terminate_on_idle": True,
        "time_to_idle": "1800",
        "bootstrap_actions": [{"script_path": "s3://a", "args": ["b"]}],
        "ready_timeout": "30m",
    },
    "job": {
        "cluster_id": "77",
        "package_id": 101.0,
        "variables": {"day": "'2026-01-31'", "limit": 5},
        "dynamic_variables": {"now": "CurrentTime()"},
        "triggers": [1, {"hash": "a"}],
        "timeout": "2h",
    },
}
UNKNOWN = Unknown()  # type: ignore[no-untyped-call]  # the SDK has no types here
SECRET_FIELDS = ("variables", "dynamic_variables", "triggers")


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {"API_KEY": "key", "ACCOUNT_ID": "acme", "API_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(f"XPLENTY_{name}", text)


def odd(draw: Random) -> Any:
    """Return a value that hardly any field accepts."""
    rarely = draw.randrange(40)
    if rarely == 0:
        return nested(90, draw.choice((1, UNKNOWN)))
    if rarely == 1:
        return [{"script_path": value(draw, depth=0), "args": value(draw, depth=1)}]
    if rarely == 2:
        return {str(number): value(draw, depth=1) for number in range(300)}
    return draw.choice((UNKNOWN, draw.choice(NUMBERS), draw.choice(TEXTS), value(draw)))


def desired_state(draw: Random, provider: Provider) -> dict[str, Any]:
    """Return inputs of which some are missing, some strange and some called by names that there are not."""
    kind = provider.kind
    spec = {name: given for name, given in GOOD[kind.name].items() if draw.random() < 0.9}
    for name in draw.sample(sorted(kind.by_name), k=draw.randrange(4)):
        spec[name] = odd(draw)
    if draw.random() < 0.2:
        spec[draw.choice(("", "Nodes", "nodes ", "\U0001f4a5", "a\nb", "x" * 10_000, "id", "urn"))] = odd(draw)
    return spec


def asked(provider: Provider, spec: Mapping[str, Any]) -> CheckResult:
    """Return what the provider says to inputs with what a resource adds to them."""
    return provider.check({}, {**spec, OWNER: "acme|urn:pulumi:dev::loads::type::name", SECRETS: []})


BY_ANOTHER = {"package_id", "nodes"}
"""Missed unless another input stands for it, or says that it is not needed."""


def assert_tells_the_field(result: CheckResult, spec: Mapping[str, Any], provider: Provider) -> None:
    """Each failure is one readable paragraph about a field that was given or is required."""
    required = {one.name for one in provider.kind.fields if one.required} | BY_ANOTHER
    for failure in result.failures:
        if failure.reason.startswith(f"xplenty-{spec.get('account')}:"):  # the settings that this account names
            continue
        field = failure.property or next((one for one in SECRET_FIELDS if failure.reason.startswith(one)), "")
        assert field in {*spec, *required}, failure.reason
        assert shown(field)[1:50] in failure.reason or failure.reason.startswith(field)
        assert failure.reason.isprintable()
        assert len(failure.reason) < 1_000
        assert "Traceback" not in failure.reason


def assert_stable(result: CheckResult, provider: Provider) -> None:
    """What was accepted is accepted again as it is, and can be sent as far as it is known."""
    again = provider.check(result.inputs, dict(result.inputs))
    assert not again.failures
    assert again.inputs == result.inputs
    local = provider.kind.names(Change.LOCAL)
    known = {name: one for name, one in result.inputs.items() if name not in {*local, "triggers"}}
    checked_body({name: one for name, one in known.items() if "Unknown" not in repr(one)})


@share
@part
def test_desired_states(step: int, part: int) -> None:
    """Whatever a program declares is accepted and stable, or every failure names its field."""
    tried = refused = 0
    for draw in draws("specs", step=step, part=part):
        provider = draw.choice(PROVIDERS)
        spec = desired_state(draw, provider)
        result = asked(provider, spec)
        if result.failures:
            assert_tells_the_field(result, spec, provider)
            refused += 1
        else:
            assert_stable(result, provider)
        tried += 1
    settle("specs", tried=tried, step=step, part=part)
    assert tried * 0.2 < refused < tried * 0.95, "the inputs are all alike"


def test_no_value_of_a_secret_field_is_told() -> None:
    """A failure about variables says which one is wrong and neither shows its value nor names the property."""
    hidden = base64.b64encode(b"hidden" * 20).decode()
    result = asked(JobRunProvider(), {**GOOD["job"], "variables": {"a": [hidden]}, "dynamic_variables": hidden})
    told = " ".join(f"{failure.property} {failure.reason}" for failure in result.failures)
    assert len(result.failures) == 2
    assert hidden[:20] not in told

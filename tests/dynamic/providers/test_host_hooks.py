"""Hooks through the SDK's host."""

from typing import Any

import pytest

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import Host, HostError
from xplenty_pulumi import HookProvider
from xplenty_pulumi.dynamic.state import SECRETS

pytestmark = pytest.mark.slow

SLACK = {
    "type": "slack",
    "settings": {"url": "https://hooks.example.test/tkn-4711"},
    "events": ["job.failed"],
    SECRETS: ["basic_auth_data", "service_key", "url"],
}


def created(host: Host, **given: Any) -> tuple[str, dict[str, Any]]:
    """Check and create a Slack hook with these inputs besides."""
    inputs, failures = host.check(host.properties({**SLACK, **given}))
    assert not failures
    return host.create(inputs)


def test_life_of_a_hook(scene: ProviderScene) -> None:
    """A hook is made, changed, read and removed, and each step is seen to be true."""
    host = scene.hooks()
    id_, made = created(host, name="night")
    assert (made["name"], made["settings"], made["active"]) == ("night", SLACK["settings"], True)
    assert len(made["salt"]) == 64
    news, _ = host.check(host.properties({**SLACK, "name": "day", "active": False}))
    changed = host.update(id_, made, news)
    assert (changed["name"], changed["active"]) == ("day", False)
    host.delete(id_, changed)
    assert host.read(id_, changed)[0] == ""


def test_drift_comes_back_as_inputs(scene: ProviderScene) -> None:
    """What somebody else changed is in the refreshed inputs, settings included."""
    host = scene.hooks()
    id_, made = created(host)
    elsewhere = {"url": "https://hooks.example.test/other"}
    scene.account.edit_hook(int(id_), active=False, settings=elsewhere)
    inputs = host.read(id_, {**made, "active": True})[2]
    assert (inputs["settings"], inputs["events"]) == (elsewhere, ["job.failed"])


def test_another_type_is_another_hook(scene: ProviderScene) -> None:
    """Everything else changes in place."""
    host = scene.hooks()
    olds, _ = host.check(host.properties(SLACK))
    news, _ = host.check(host.properties({**SLACK, "type": "email", "settings": {"emails": "a@x.test"}}))
    assert list(host.diff("5", olds, news).replaces) == ["type"]
    news, _ = host.check(host.properties({**SLACK, "events": ["job"], "name": "x"}))
    assert list(host.diff("5", olds, news).replaces) == []


def test_wrong_settings_are_told_without_pointing_at_them(scene: ProviderScene) -> None:
    """The engine prints the value of the property that a failure names, so none is named for settings."""
    host = scene.hooks()
    _, (failure,) = host.check(host.properties({**SLACK, "settings": {"url": "tkn-4711"}}))
    assert (failure.property, "tkn" in failure.reason) == ("", False)


def test_a_failure_shows_neither_settings_nor_salt(scene: ProviderScene) -> None:
    """Whatever an error repeats is masked."""
    host = scene.hooks()
    id_, made = created(host)
    scene.account.delete_record("hook", int(id_))
    with pytest.raises(HostError) as caught:
        host.update(id_, made, made)
    assert caught.value.status.message.startswith(f"hook {id_}: it cannot be updated")
    text = HookProvider().scrubbed(f"{made['salt']} {SLACK['settings']}", made)
    assert made["salt"] not in text
    assert "tkn-4711" not in text

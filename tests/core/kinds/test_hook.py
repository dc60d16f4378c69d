"""What hooks are told is checked by tables that say what the documentation says, and no error shows a value."""

from typing import Any

import pytest

from tests.support.accounts.caller import emulated
from tests.support.accounts.desired import OWNER
from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.hook import GROUPS, HOOK, NEEDED, SECRET_SETTINGS, SETTINGS, events
from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.emulator.life.records import EVENT_NAMES

SLACK = {"type": "slack", "settings": {"url": "https://x.test/tkn"}, "events": ["job"]}


def problem(**inputs: Any) -> str:
    """Return the one problem of a Slack hook with these inputs."""
    (found,) = check(HOOK, {**SLACK, **inputs}).problems
    return str(found)


def test_tables_are_complete() -> None:
    """Each type needs one of its settings, every secret one is there, and the events are those of the emulator."""
    assert set(NEEDED) == set(SETTINGS)
    assert all(NEEDED[type_] in SETTINGS[type_] for type_ in SETTINGS)
    assert set().union(*SETTINGS.values()) > SECRET_SETTINGS
    assert {*EVENT_NAMES} == {*GROUPS, *(event for group in GROUPS.values() for event in group)}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["job.failed", "job.failed"], ["job.failed"]),
        (["cluster.error", "job.failed"], ["job.failed", "cluster.error"]),
        (["job", "job.failed"], ["job"]),
        ([*GROUPS["job"], "cluster"], ["job", "cluster"]),
    ],
)
def test_events_have_one_spelling(given: list[str], read: list[str]) -> None:
    """The same events are the same, in whatever order and however they are named."""
    assert events(given) == read


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        ({"events": []}, "events must be a list of one event or more"),
        ({"events": ["job.fail"]}, "events has 'job.fail', which is none of cluster, "),
        ({"type": "hipchat"}, "type must be one of 'web', 'slack', 'email', 'pagerduty'"),
        ({"settings": "tkn"}, "settings must be a mapping"),
        ({"settings": {"url": "tkn"}}, "settings has a 'url' that is not an address"),
        ({"settings": {"url": ["tkn"]}}, "settings has a 'url' that is not a text"),
        ({"settings": {"url": "https://x.test/tkn", "room": "tkn"}}, "settings of a slack hook have no 'room'"),
        ({"settings": {"channel": "tkn"}}, "settings of a slack hook need 'url'"),
        ({"type": "web", "settings": {"url": "https://x.test/", "basic_auth": "tkn"}}, "not true or false"),
        ({"type": "email", "settings": {"emails": [1]}}, "settings has a 'emails' that is not a text"),
        ({"name": str(marker_of(OWNER))}, "name must not end in an ownership marker"),
    ],
)
def test_what_is_wrong_is_told_without_values(inputs: dict[str, Any], text: str) -> None:
    """The text names the setting; what stands there may be secret."""
    found = problem(**inputs)
    assert text in found
    assert "tkn" not in found


def test_inputs_take_their_canonical_form() -> None:
    """Lists of addresses become the text that the service wants, flags become flags, and defaults are filled in."""
    found = check(HOOK, {"type": "email", "settings": {"emails": ["a@x.test ", "b@x.test"]}, "events": ["job"]})
    assert found.inputs == {
        "type": "email",
        "settings": {"emails": "a@x.test,b@x.test"},
        "events": ["job"],
        "name": "",
        "active": True,
        "ping": True,
    }


@pytest.mark.parametrize("type_", sorted(SETTINGS))
def test_an_account_takes_all_settings_of_a_type(type_: str) -> None:
    """All settings of the table are ones that the emulated account knows, which has its own list."""
    values: dict[str, Any] = {"basic_auth": True, "insecure_ssl": False, "emails": "a@x.test"}
    given = {name: values.get(name, "https://x.test/") for name in SETTINGS[type_]}
    caller = emulated(unknown_body_field="refuse")
    inputs = {"type": type_, "settings": given, "events": ["job"]}
    assert not check(HOOK, inputs).problems
    assert caller.post("hooks", inputs).status == 201

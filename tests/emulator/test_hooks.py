"""The calls on hooks."""

from typing import Any

import pytest

from tests.support.accounts.caller import KEY, AccountCaller, basic, emulated

SETTINGS: dict[str, dict[str, Any]] = {
    "web": {"url": "http://192.0.2.1/bell", "basic_auth": True, "basic_auth_data": "YTpi", "insecure_ssl": False},
    "slack": {"url": "https://192.0.2.1/in", "team": "harbour", "channel": "#quay"},
    "email": {"emails": "quay@example.test,pier@example.test"},
    "pagerduty": {"pd_account": "harbour", "service_name": "quay", "service_key": "key-of-the-quay"},
}
NAMES = {
    "web": "http://192.0.2.1/bell",
    "slack": "harbour #quay",
    "email": "quay@example.test,pier@example.test",
    "pagerduty": "quay",
}
SECRET = {"web": "basic_auth_data", "pagerduty": "service_key"}


def new_hook(caller: AccountCaller, kind: str = "web", **fields: Any) -> int:
    body = {"type": kind, "settings": SETTINGS[kind], "events": ["job.failed"], **fields}
    created = caller.post("hooks", body)
    assert created.status == 201, created.body
    return int(created.json()["id"])


def read(caller: AccountCaller, number: int) -> Any:
    return caller.get(f"hooks/{number}").json()


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_hook_of_each_type_is_made_and_read(kind: str) -> None:
    """The answer to a create is the hook as it reads later, active, and named after its settings."""
    caller = emulated()
    body = {"type": kind, "settings": SETTINGS[kind], "events": ["job.failed", "cluster"]}
    created = caller.post("hooks", body)
    hook = created.json()
    assert created.status == 201
    assert hook == read(caller, hook["id"])
    assert (hook["type"], hook["active"], hook["name"]) == (kind, True, NAMES[kind])
    assert hook["events"] == ["job.failed", "cluster"]
    assert hook["settings"].items() <= SETTINGS[kind].items()


def test_a_salt_is_64_digits_of_its_own() -> None:
    """Each hook has another salt, and no salt holds the key."""
    caller = emulated()
    salts = [read(caller, new_hook(caller))["salt"] for _ in range(2)]
    assert salts[0] != salts[1]
    assert all(len(salt) == 64 and int(salt, 16) >= 0 and KEY not in salt for salt in salts)


def test_a_wrapped_or_a_form_body_makes_the_same_hook() -> None:
    """The fields may come within `hook`, and as form fields, as older clients send them."""
    caller = emulated()
    plain = {"type": "email", "settings": {"emails": "a@example.test"}, "events": ["job"]}
    headers = {"Authorization": basic(KEY), "Content-Type": "application/x-www-form-urlencoded"}
    form = b"hook[type]=email&hook[settings][emails]=a@example.test&hook[events][]=job"
    answers = [
        caller.post("hooks", plain).json(),
        caller.post("hooks", {"hook": plain}).json(),
        caller.send("POST", "hooks", body=form, headers=headers).json(),
    ]
    assert [{**one, "id": 0, "salt": ""} for one in answers] == [{**answers[0], "id": 0, "salt": ""}] * 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": None}, "type"),
        ({"type": "pigeon"}, "type"),
        ({"events": None}, "events"),
        ({"events": []}, "events"),
        ({"events": "job"}, "events"),
        ({"events": ["job.sunk"]}, "events"),
        ({"events": [["job"]]}, "events"),
        ({"settings": None}, "settings"),
        ({"settings": []}, "settings"),
        ({"settings": {}}, "settings.url"),
        ({"settings": {"url": "bell"}}, "settings.url"),
        ({"settings": {"url": "ftp://192.0.2.1"}}, "settings.url"),
        ({"settings": {"url": "http://[::1"}}, "settings.url"),
        ({"settings": {"url": "http://a:99999/"}}, "settings.url"),
        ({"settings": {"url": 7}}, "settings.url"),
        ({"name": 7}, "name"),
    ],
)
def test_what_can_not_be_a_hook_is_refused_by_field(change: dict[str, Any], field: str) -> None:
    """A 422 begins with the field, and nothing is made."""
    caller = emulated()
    body = {"type": "web", "settings": SETTINGS["web"], "events": ["job"], **change}
    refused = caller.post("hooks", body)
    assert refused.status == 422
    assert refused.json()["message"].startswith(f"{field} ")
    assert caller.get("hooks").json() == []


@pytest.mark.parametrize(("kind", "field"), [("web", "basic_auth_data"), ("pagerduty", "service_key")])
def test_a_refusal_does_not_repeat_a_secret(kind: str, field: str) -> None:
    """A secret of a wrong kind is refused without being shown."""
    refused = emulated().post("hooks", {"type": kind, "events": ["job"], "settings": {field: ["hush-hush"]}})
    assert refused.status == 422
    assert b"hush" not in refused.body


@pytest.mark.parametrize("kind", [kind for kind in SETTINGS if kind != "web"])
def test_what_a_type_needs_is_required(kind: str) -> None:
    """Without anybody to tell there is no hook."""
    assert emulated().post("hooks", {"type": kind, "events": ["job"], "settings": {}}).status == 422


def test_an_update_changes_what_it_names() -> None:
    """Name, activity, events as a whole and settings change, type, id and salt stay."""
    caller = emulated()
    number = new_hook(caller, events=["job.failed", "job.stopped"])
    before = read(caller, number)
    body = {"settings": {"url": "http://192.0.2.9/"}, "name": "bell", "active": "f", "events": ["cluster.error"]}
    answer = caller.put(f"hooks/{number}", body)
    expected = {**before, "name": "bell", "active": False, "events": ["cluster.error"]}
    assert answer.status == 200
    assert answer.json() == read(caller, number)
    assert answer.json() == {**expected, "settings": {**before["settings"], "url": "http://192.0.2.9/"}}


@pytest.mark.parametrize("hook_settings_on_put", ["merge", "replace"])
def test_a_hook_is_switched_off_by_active_alone(hook_settings_on_put: str) -> None:
    """An update without settings leaves them as they are."""
    caller = emulated(hook_settings_on_put=hook_settings_on_put)
    number = new_hook(caller)
    before = read(caller, number)
    assert caller.put(f"hooks/{number}", {"active": False}).json() == {**before, "active": False}
    assert read(caller, number) == {**before, "active": False}


@pytest.mark.parametrize(("hook_settings_on_put", "left"), [("merge", True), ("replace", False)])
def test_whether_left_out_settings_stay_is_a_knob(hook_settings_on_put: str, left: bool) -> None:
    """A PUT of the address alone keeps the password, or drops it."""
    caller = emulated(hook_settings_on_put=hook_settings_on_put, hook_secrets_shown="all")
    number = new_hook(caller)
    changed = caller.put(f"hooks/{number}", {"settings": {"url": "http://192.0.2.9/"}}).json()
    assert ("basic_auth_data" in changed["settings"]) is left


def test_another_type_in_an_update_is_ignored() -> None:
    """A type cannot be changed: another one is ignored."""
    caller = emulated()
    number = new_hook(caller)
    assert caller.put(f"hooks/{number}", {"type": "slack", "settings": SETTINGS["web"]}).status == 200
    assert read(caller, number)["type"] == "web"


@pytest.mark.parametrize(
    ("hook_secrets_shown", "shown"),
    [("all_but_password", {"service_key"}), ("all", set(SECRET.values())), ("none", set())],
)
def test_which_secrets_are_answered_is_a_knob(hook_secrets_shown: str, shown: set[str]) -> None:
    """The password of a web hook is not answered unless asked for; other secrets are, unless told otherwise."""
    caller = emulated(hook_secrets_shown=hook_secrets_shown)
    for kind in SECRET:
        new_hook(caller, kind)
    settings = [hook["settings"] for hook in caller.get("hooks").json()]
    assert {name for one in settings for name in one} & set(SECRET.values()) == shown


def test_settings_nobody_knows_follow_the_knob_for_unknown_fields() -> None:
    """An unknown setting is dropped, or refused by name."""
    body = {"type": "web", "settings": {**SETTINGS["web"], "colour": "red"}, "events": ["job"]}
    assert "colour" not in emulated().post("hooks", body).json()["settings"]
    assert emulated(unknown_body_field="refuse").post("hooks", body).status == 422


def test_a_removed_hook_is_gone() -> None:
    """DELETE answers the hook as it was; then it is a 404 everywhere, and its id is not given again."""
    caller = emulated()
    number = new_hook(caller)
    before = read(caller, number)
    deleted = caller.delete(f"hooks/{number}")
    assert (deleted.status, deleted.json()) == (200, before)
    assert caller.get("hooks").json() == []
    assert new_hook(caller) > number


@pytest.mark.parametrize(
    ("method", "tail"), [("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/ping"), ("PUT", "/reset_salt")]
)
def test_what_is_not_there_is_not_found(method: str, tail: str) -> None:
    """Every call on a hook that there is not is a 404."""
    assert emulated().send(method, f"hooks/7{tail}").status == 404


def test_a_salt_can_be_replaced() -> None:
    """The answer is the new salt alone, the hook has it from then on, and each is another one."""
    caller = emulated()
    number = new_hook(caller)
    salts = [read(caller, number)["salt"]]
    for _ in range(2):
        answer = caller.put(f"hooks/{number}/reset_salt", {})
        assert (answer.status, set(answer.json())) == (200, {"salt"})
        salts.append(answer.json()["salt"])
    assert len(set(salts)) == 3
    assert read(caller, number)["salt"] == salts[-1]


def test_hooks_are_listed_by_type_and_in_order() -> None:
    """The newest comes first, `type` takes several, and `sort` takes a name."""
    caller = emulated()
    made = {}
    for kind, name in (("web", "b"), ("slack", "c"), ("email", "a")):
        made[kind] = new_hook(caller, kind, name=name)
        caller.clock.advance(10)
    caller.put(f"hooks/{made['web']}", {"settings": {}, "active": False})

    def listed(**query: Any) -> list[int]:
        return [hook["id"] for hook in caller.get("hooks", **query).json()]

    assert listed() == [made["email"], made["slack"], made["web"]]
    assert listed(type="web,email") == [made["email"], made["web"]]
    assert listed(sort="name", direction="asc") == [made["email"], made["web"], made["slack"]]
    assert listed(sort="updated") == [made["web"], made["email"], made["slack"]]
    assert listed(since="2026-01-01T00:00:20Z") == [made["email"], made["web"]]
    assert listed(limit=1, offset=1) == [made["slack"]]


@pytest.mark.parametrize(("unknown_list_value", "status"), [("refuse", 422), ("ignore", 200)])
def test_a_type_nobody_knows_in_a_list_is_a_knob(unknown_list_value: str, status: int) -> None:
    """Asking for hooks of an unknown type is refused, or counts as not asked."""
    caller = emulated(unknown_list_value=unknown_list_value)
    new_hook(caller)
    answer = caller.get("hooks", type="pigeon")
    assert answer.status == status
    assert status == 422 or len(answer.json()) == 1


def test_a_ping_shows_events_as_objects() -> None:
    """Each event of a pinged hook has an id of its own and says that nothing was told yet."""
    caller = emulated()
    number = new_hook(caller, events=["job.failed", "cluster"])
    answer = caller.get(f"hooks/{number}/ping")
    pinged = answer.json()
    assert answer.status == 200
    assert {**pinged, "events": ["job.failed", "cluster"]} == read(caller, number)
    untold: dict[str, Any] = {"last_response": {}, "last_trigger_status": "none", "last_trigger_time": None}
    assert [{**event, "id": 0} for event in pinged["events"]] == [
        {"id": 0, "name": name, **untold} for name in ("job.failed", "cluster")
    ]
    assert len({event["id"] for event in pinged["events"]}) == 2


def test_an_inactive_hook_can_be_pinged() -> None:
    """A hook that is switched off is told of a ping all the same."""
    caller = emulated()
    number = new_hook(caller, active=False)
    assert caller.get(f"hooks/{number}/ping").status == 200
    assert len(caller.emulator.deliveries()) == 1


def test_hooks_are_seen_and_changed_backstage() -> None:
    """What somebody else does to a hook shows to clients, and nothing of it costs credits."""
    caller = emulated()
    number = new_hook(caller)
    before = caller.emulator.credits_used
    assert [hook.id for hook in caller.emulator.hooks()] == [number]
    assert caller.emulator.edit_hook(number, active=False).active is False
    assert caller.emulator.credits_used == before
    assert read(caller, number)["active"] is False
    caller.emulator.delete_record("hook", number)
    assert caller.get(f"hooks/{number}").status == 404


def test_printing_a_hook_shows_no_secret() -> None:
    """Neither salt nor settings are in the text of a record."""
    caller = emulated()
    number = new_hook(caller, "pagerduty")
    text = repr(caller.emulator.hooks())
    assert "key-of-the-quay" not in text
    assert read(caller, number)["salt"] not in text

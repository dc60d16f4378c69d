"""Hooks and watchers through the client, against the emulated service and against scripted answers."""

import json
from collections.abc import Callable, Iterator
from random import Random

import httpx
import pytest

from tests.support.faults.script import Script, client_on, refusal
from tests.support.faults.transport import in_process
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.client import Client, Hook, HookSettings, PingedHook
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Emulator, Knobs
from xplenty_pulumi.errors import InvalidError, NotFoundError, ServerError, SpecError, UnsureError, XplentyError
from xplenty_pulumi.redact import Secret

WEB: dict[str, object] = {
    "type": "web",
    "settings": {"url": "http://192.0.2.1/bell", "basic_auth": True, "basic_auth_data": Secret("YTpi")},
    "events": ["job.failed", "cluster"],
}
SALT = "5a17" * 16
ANSWER: dict[str, object] = {
    "id": 41,
    "type": "pagerduty",
    "active": True,
    "name": "quay",
    "settings": {"service_key": "key-of-the-quay", "service_name": "quay", "tide": "high"},
    "events": ["job"],
    "salt": SALT,
}


@pytest.fixture
def emulator() -> Emulator:
    """An account that answers with all fields of a hook."""
    return Emulator(clock=ManualClock(), knobs=Knobs(hook_secrets_shown="all"))


@pytest.fixture
def client(emulator: Emulator, schema_watch: SchemaWatch) -> Iterator[Client]:
    """A client of that account; what it is answered fits the description."""
    with Client(
        api_key=emulator.api_key,
        account_id=emulator.account_id,
        clock=ManualClock(),
        random=Random(1),
        http=in_process(emulator.account),
    ) as made:
        yield made


def test_the_life_of_a_hook(client: Client) -> None:
    """A hook is made, read, changed as a whole, and removed."""
    made = client.hooks.create({**WEB, "name": "bell"})
    assert made == client.hooks.get(made.id)
    assert (made.type, made.name, made.active, made.events) == ("web", "bell", True, ("job.failed", "cluster"))
    assert made.settings is not None
    assert (made.settings.url, made.settings.basic_auth) == ("http://192.0.2.1/bell", True)
    changed = client.hooks.update(made.id, {"settings": {}, "events": ["job"], "active": False})
    assert (changed.active, changed.events, changed.salt) == (False, ("job",), made.salt)
    assert client.hooks.delete(made.id) == changed
    with pytest.raises(NotFoundError, match=f"hook {made.id}"):
        client.hooks.get(made.id)


def test_secrets_arrive_and_stay_hidden(client: Client, emulator: Emulator) -> None:
    """A Secret among the settings is sent as it is, read as a Secret, and no text shows it or the salt."""
    made = client.hooks.create(WEB)
    assert emulator.hooks()[0].settings["basic_auth_data"] == "YTpi"
    assert made.settings is not None
    assert made.settings.basic_auth_data == Secret("YTpi")
    assert made.salt is not None
    assert made.salt.reveal() == emulator.hooks()[0].salt
    for text in (repr(made), str(made), repr(made.settings), made.model_dump_json(), str(made.model_dump())):
        assert "YTpi" not in text
        assert made.salt.reveal() not in text


def test_hooks_are_listed(client: Client) -> None:
    """All pages come, the newest first, and types narrow the list."""
    mail: dict[str, object] = {"type": "email", "settings": {"emails": "a@example.test"}, "events": ["job"]}
    made = [client.hooks.create(fields).id for fields in (WEB, mail, WEB)]
    assert [hook.id for hook in client.hooks.list(page_size=2)] == made[::-1]
    assert [hook.id for hook in client.hooks.list(types=["email"])] == [made[1]]
    assert [hook.id for hook in client.hooks.list(types=["email", "web"], sort="created", direction="asc")] == made


def test_a_ping_sends_a_test(client: Client, emulator: Emulator) -> None:
    """The test is on its way, and the answer has the events with what came of them."""
    number = client.hooks.create(WEB).id
    pinged = client.hooks.ping(number)
    assert [delivery.event for delivery in emulator.deliveries()] == ["ping"]
    assert pinged.events is not None
    assert [(event.name, event.last_trigger_status) for event in pinged.events] == [
        ("job.failed", "none"),
        ("cluster", "none"),
    ]


def test_a_hook_the_service_refuses(client: Client) -> None:
    """The refusal names the field, in the service's words."""
    with pytest.raises(InvalidError, match=r"settings\.url"):
        client.hooks.create({**WEB, "settings": {"url": "bell"}})


@pytest.mark.parametrize("bad", [0, -1, True, "7"])
def test_what_is_no_id_is_not_asked_for(bad: int) -> None:
    """A wrong id is an error before anything is sent."""
    script = Script(httpx.Response(200, json=ANSWER))
    with client_on(script) as client, pytest.raises(SpecError, match="hook_id"):
        client.hooks.get(bad)
    assert script.calls == 0


def test_settings_that_json_can_not_express() -> None:
    """The error for a value that cannot be sent names its field, and does not show it."""
    with client_on(Script(httpx.Response(201, json=ANSWER))) as client, pytest.raises(SpecError, match="settings"):
        client.hooks.create({**WEB, "settings": {"url": object()}})
    with client_on(Script(httpx.Response(201, json=ANSWER))) as client, pytest.raises(SpecError, match="settings"):
        client.hooks.create({**WEB, "settings": {object()}})


def test_a_secret_is_put_on_the_wire_in_settings_only() -> None:
    """What is sent is the revealed setting, and the request's own text does not show it."""
    script = Script(httpx.Response(201, json={**ANSWER, "type": "web"}))
    with client_on(script) as client:
        client.hooks.create(WEB)
    assert json.loads(script.requests[0].content)["settings"]["basic_auth_data"] == "YTpi"


def test_an_answer_with_all_the_service_may_leave_out() -> None:
    """A hook is read although only id and type are there, and odd fields count as missing."""
    odd = {"id": 41, "type": "carrier_pigeon", "events": "job", "settings": 7, "salt": 5, "active": "true"}
    with client_on(Script(httpx.Response(200, json=odd))) as client:
        hook = client.hooks.get(41)
    assert (hook.type, hook.events, hook.settings, hook.salt, hook.active) == ("carrier_pigeon", None, None, None, True)


def test_repr_of_scripted_answers_hides_secrets() -> None:
    """Tokens, keys and salts of any answer are Secrets, and unknown settings are kept without being shown."""
    hook = Hook.model_validate(ANSWER)
    pinged = PingedHook.model_validate({**ANSWER, "events": [{"id": 1, "name": "job"}]})
    settings = HookSettings.model_validate({"auth_token": "token-of-the-quay", "encrypted_basic_auth_data": "YTpi"})
    text = f"{hook!r} {pinged!r} {settings!r} {hook.settings!r} {pinged.settings!r}"
    secrets = (SALT, "key-of-the-quay", "token-of-the-quay", "YTpi", "high")
    assert not [secret for secret in secrets if secret in text]
    assert hook.settings is not None
    assert hook.settings.service_key == Secret("key-of-the-quay")
    assert settings.auth_token == Secret("token-of-the-quay")
    assert hook.settings.model_extra == {"tide": "high"}


@pytest.mark.parametrize("body", [{"id": 41}, {"type": "web"}, [], {"id": "x", "type": "web"}])
def test_a_create_without_a_hook_in_its_answer_is_unsure(body: object) -> None:
    """A success that shows no hook is not taken for one, and not repeated."""
    script = Script(httpx.Response(201, json=body))
    with client_on(script) as client, pytest.raises(UnsureError, match="new hook"):
        client.hooks.create(WEB)
    assert script.calls == 1


CHANGES: dict[str, Callable[[Client], object]] = {
    "hooks.update": lambda client: client.hooks.update(41, {"settings": {}}),
    "hooks.delete": lambda client: client.hooks.delete(41),
    "hooks.ping": lambda client: client.hooks.ping(41),
    "clusters.watch": lambda client: client.clusters.watch(77),
    "clusters.unwatch": lambda client: client.clusters.unwatch(77),
    "jobs.watch": lambda client: client.jobs.watch(5),
    "jobs.unwatch": lambda client: client.jobs.unwatch(5),
}
READS: dict[str, Callable[[Client], object]] = {
    "hooks.get": lambda client: client.hooks.get(41),
    "hooks.list": lambda client: list(client.hooks.list()),
    "clusters.watchers": lambda client: client.clusters.watchers(77),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize(
    ("status", "error", "calls"), [(404, NotFoundError, 1), (422, InvalidError, 1), (502, UnsureError, 1)]
)
def test_a_lasting_status_of_a_change(name: str, status: int, error: type[XplentyError], calls: int) -> None:
    """A change is an error at once, refused or unsure, and never repeated on a server fault; a ping is a change."""
    script = Script(refusal(status, "Sorry."))
    with client_on(script, deadline=1000.0) as client, pytest.raises(error) as caught:
        CHANGES[name](client)
    assert (type(caught.value), script.calls) == (error, calls)
    assert caught.value.advice


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize(("status", "error", "calls"), [(404, NotFoundError, 1), (502, ServerError, 5)])
def test_a_lasting_status_of_a_read(name: str, status: int, error: type[XplentyError], calls: int) -> None:
    """A read is repeated on a server fault and ends in the named error."""
    script = Script(refusal(status, "Sorry."))
    with client_on(script, deadline=1000.0) as client, pytest.raises(error) as caught:
        READS[name](client)
    assert (type(caught.value), script.calls) == (error, calls)


def test_who_watches_a_cluster_and_a_job(client: Client) -> None:
    """The maker watches, can stop and begin again, and each can be done twice."""
    cluster = client.clusters.create({"nodes": 2}).id
    job = client.jobs.run(cluster_id=cluster, package_id=101).id
    for calls, number in ((client.clusters, cluster), (client.jobs, job)):
        assert [watcher.id for watcher in calls.watchers(number)] == [client.user_id()]
        for _ in range(2):
            calls.unwatch(number)
            assert calls.watchers(number) == ()
        for _ in range(2):
            calls.watch(number)
            assert len(calls.watchers(number)) == 1


@pytest.mark.parametrize("status", [200, 201, 204])
def test_beginning_to_watch_is_believed_by_its_status(status: int) -> None:
    """The documented answer has no id, and its code differs between the documents and a client in use."""
    answer = {"created_at": "2013-04-09T11:28:27+03:00", "job_url": "https://api.example.test/jobs/5"}
    script = Script(httpx.Response(status, json=answer) if status != 204 else httpx.Response(204))
    with client_on(script) as client:
        client.jobs.watch(5)
    assert (script.calls, script.requests[0].method) == (1, "POST")
    assert script.requests[0].content == b""

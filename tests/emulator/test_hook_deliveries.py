"""Web hooks are really sent: signed, in order, within a bounded time, and to this machine only."""

import hashlib
import json
import socket
import threading
import time
from typing import Any

import pytest

from tests.support.accounts.caller import KEY, AccountCaller, emulated
from tests.support.accounts.loopback import Received
from tests.support.accounts.receiver import HookReceiver, receiving
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Delivery, Emulator, Knobs, Seed
from xplenty_pulumi.emulator.hooks import outbox
from xplenty_pulumi.emulator.hooks.sending import send


def new_hook(caller: AccountCaller, url: str, *events: str, **settings: Any) -> dict[str, Any]:
    """Make a web hook of all events unless some are named, and return it."""
    body = {"type": "web", "settings": {"url": url, **settings}, "events": list(events) or ["job", "cluster"]}
    created = caller.post("hooks", body)
    assert created.status == 201, created.body
    hook: dict[str, Any] = created.json()
    return hook


def signed_by(hook: dict[str, Any], event: str) -> str:
    text = str(hook["id"]) + event + hook["settings"]["url"] + hook["salt"]
    return hashlib.sha1(text.encode()).hexdigest()


def outcome(url: str, **knobs: Any) -> Delivery:
    """Ping a hook with this address and return what came of it."""
    caller = emulated(**knobs)
    caller.get(f"hooks/{new_hook(caller, url)['id']}/ping")
    (delivery,) = caller.emulator.deliver()
    return delivery


def test_an_event_is_posted_and_signed() -> None:
    """The request is a POST of JSON, the same as the API's answer for the job, with the documented signature."""
    with receiving() as receiver:
        caller = emulated()
        hook = new_hook(caller, receiver.url, "job.failed")
        job = caller.new_job(caller.new_cluster(), 103)
        caller.clock.advance(100)
        (delivery,) = caller.emulator.deliver()
        (request,) = receiver.received()
    assert (request.method, request.path) == ("POST", "/bell?of=harbour")
    assert request.headers["X-Hook-Signature"] == signed_by(hook, "job.failed")
    assert request.headers["Content-Type"] == "application/json"
    assert f"http://{request.headers['Host']}" == receiver.address
    assert request.json() == caller.job(job)
    assert (delivery.result, delivery.status, delivery.body) == ("delivered", 200, request.body)


def test_the_body_shows_a_thing_as_it_was() -> None:
    """A cluster is in each request as it was at the event, although the request leaves later."""
    with receiving() as receiver:
        caller = emulated()
        new_hook(caller, receiver.url, "cluster")
        cluster = caller.new_cluster(ready=False)
        caller.new_job(cluster)
        caller.clock.advance(200)
        caller.emulator.end_cluster(cluster)
        caller.emulator.deliver()
        shown = [request.json() for request in receiver.received()]
    assert [one["status"] for one in shown] == ["pending", "available", "terminated"]


@pytest.mark.parametrize("hook_body", ["event", "resource", "none"])
def test_the_form_of_the_body_is_a_knob(hook_body: str) -> None:
    """The body is the cluster alone, the event around it, or nothing; a ping has no cluster."""
    with receiving() as receiver:
        caller = emulated(hook_body=hook_body)
        hook = new_hook(caller, receiver.url, "cluster.requested")
        cluster = caller.new_cluster(ready=False)
        caller.get(f"hooks/{hook['id']}/ping")
        caller.emulator.deliver()
        told, ping = receiver.received()
    shown = caller.cluster(cluster)
    if hook_body == "none":
        assert (told.body, ping.body) == (b"", b"")
    elif hook_body == "resource":
        assert (told.json(), ping.json()) == (shown, {})
    else:
        assert (told.json()["cluster"], ping.json()["event"]) == (shown, "ping")
        assert (told.json()["hook_id"], told.json()["account_id"]) == (hook["id"], "emulated-account")


def test_user_and_password_go_along_if_asked_for() -> None:
    """The stored data are sent as HTTP Basic, and only by a hook that is set to."""
    with receiving() as receiver:
        caller = emulated()
        for basic_auth in (True, False):
            hook = new_hook(caller, receiver.url, basic_auth=basic_auth, basic_auth_data="YTpi")
            caller.get(f"hooks/{hook['id']}/ping")
        caller.emulator.deliver()
        sent = [request.headers.get("Authorization") for request in receiver.received()]
    assert sent == ["Basic YTpi", None]


def test_a_new_salt_signs_what_happens_from_then_on() -> None:
    """What was waiting keeps the signature of its moment."""
    with receiving() as receiver:
        caller = emulated()
        hook = new_hook(caller, receiver.url)
        ping = f"hooks/{hook['id']}/ping"
        caller.get(ping)
        salt = caller.put(f"hooks/{hook['id']}/reset_salt", {}).json()["salt"]
        caller.get(ping)
        caller.emulator.deliver()
        found = [request.headers["X-Hook-Signature"] for request in receiver.received()]
    assert found == [signed_by(hook, "ping"), signed_by({**hook, "salt": salt}, "ping")]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.10"])
def test_every_name_of_this_machine_will_do(host: str) -> None:
    """The loopback network and `localhost` are reached."""
    listening = socket.create_server(("0.0.0.0", 0))
    port = listening.getsockname()[1]
    listening.close()
    delivery = outcome(f"http://{host}:{port}/")
    assert (delivery.result, delivery.attempts) == ("failed", 1)
    assert "ConnectionRefusedError" in delivery.reason


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/",
        "https://bells.example.test/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://[fe80::1]/",
        "http://127.1/",
        "http://2130706433/",
        "http://127.0.0.1.example.test/",
        "http://localhost.example.test/",
        "http://127.0.0.1@192.0.2.1/",
        "http://127.0.0.1:80@192.0.2.1/",
        "http://192.0.2.1#@127.0.0.1/",
        "http://192.0.2.1\\@127.0.0.1:1/x",
    ],
)
def test_nothing_leaves_this_machine(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other address is refused before a connection is tried or a name resolved."""
    tried: list[str] = []

    def look_up(host: str, *rest: object, **named: object) -> list[object]:
        tried.append(host)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    delivery = outcome(url)
    assert set(tried) <= {"127.0.0.1"}
    assert delivery.result == ("refused" if not tried else "failed")
    assert delivery.attempts == len(tried)
    assert url not in repr(delivery)


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/", "http://[::1", "", "//127.0.0.1"])
def test_what_is_no_address_of_the_web_is_refused(address: str) -> None:
    """An address that no client could have set does not break the sender."""
    assert send(Delivery(1, "web", "ping", 0.0, address), timeout=1).result == "refused"


def test_a_redirect_is_not_followed() -> None:
    """A 302 to another machine is a failure and ends there."""
    with receiving(302) as receiver:
        delivery = outcome(receiver.url)
        assert len(receiver.received()) == 1
    assert (delivery.result, delivery.status) == ("failed", 302)


def test_a_silent_receiver_costs_a_bounded_time() -> None:
    """A receiver that does not answer is given up after the time of the knob, and the next one gets its events."""
    with receiving(holding=True) as silent, receiving() as receiver:
        caller = emulated(hook_timeout_seconds=0.2)
        for url in (silent.url, receiver.url):
            caller.get(f"hooks/{new_hook(caller, url)['id']}/ping")
        began = time.monotonic()
        first, second = caller.emulator.deliver()
        assert time.monotonic() - began < 5
    assert (first.result, first.status, second.result) == ("failed", None, "delivered")
    assert first.reason


def test_a_receiver_that_never_ends_costs_a_bounded_time() -> None:
    """An answer that comes byte by byte does not hold up the sender for longer than a silence would."""
    ended = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not ended.wait(0.02):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        began = time.monotonic()
        delivery = outcome(f"http://127.0.0.1:{listening.getsockname()[1]}/", hook_timeout_seconds=0.3)
        assert time.monotonic() - began < 5
        ended.set()
        thread.join()
    assert (delivery.result, delivery.status) == ("failed", None)


@pytest.mark.parametrize("setting", ["a\r\nX-Evil: 1", "gr\u00fc\u00dfe \u20ac", "\ud800"])
def test_settings_that_no_request_can_carry_fail(setting: str) -> None:
    """A password or a path that cannot be written into a request is a failure and nothing else."""
    with receiving() as receiver:
        caller = emulated()
        for url, password in ((receiver.url, setting), (receiver.url + setting, "YTpi")):
            hook = new_hook(caller, url, basic_auth=True, basic_auth_data=password)
            caller.get(f"hooks/{hook['id']}/ping")
        assert all(one.headers.get("X-Evil") is None for one in receiver.received())
        results = [one.result for one in caller.emulator.deliver()]
    assert len(results) == 2
    assert set(results) <= {"failed", "delivered"}
    assert results[0] == "failed"


def test_what_came_of_it_is_noted_with_the_hook() -> None:
    """Success and failure stand at the event that was sent, and only there."""
    with receiving(200, 500) as receiver:
        caller = emulated()
        hook = new_hook(caller, receiver.url, "cluster", "job.submitted", "job.failed")
        caller.new_job(caller.new_cluster(ready=False))
        caller.emulator.deliver()
        events = caller.get(f"hooks/{hook['id']}/ping").json()["events"]
    noted = {event["name"]: (event["last_trigger_status"], event["last_response"]) for event in events}
    assert noted == {
        "cluster": ("success", {"status": 200}),
        "job.submitted": ("failure", {"status": 500}),
        "job.failed": ("none", {}),
    }


def test_a_hook_removed_meanwhile_stays_removed() -> None:
    """What was waiting is still sent, and does not bring the hook back."""
    with receiving() as receiver:
        caller = emulated(hook_body="event")
        number = new_hook(caller, receiver.url)["id"]
        caller.get(f"hooks/{number}/ping")
        caller.delete(f"hooks/{number}")
        caller.emulator.deliver()
        assert receiver.events() == ["ping"]
    assert caller.emulator.hooks() == ()


def test_calls_send_nothing_by_themselves() -> None:
    """Without being served or asked to deliver, an account only keeps what waits."""
    with receiving() as receiver:
        caller = emulated()
        caller.get(f"hooks/{new_hook(caller, receiver.url)['id']}/ping")
        caller.clock.advance(100)
        assert [one.result for one in caller.emulator.deliveries()] == ["waiting"]
        assert receiver.received() == []


def test_too_many_waiting_messages_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is beyond the bound is written down as dropped; what was there first is sent."""
    monkeypatch.setattr(outbox, "MOST_WAITING", 2)
    with receiving() as receiver:
        caller = emulated()
        number = new_hook(caller, receiver.url)["id"]
        for _ in range(3):
            caller.get(f"hooks/{number}/ping")
        results = [one.result for one in caller.emulator.deliver()]
        assert len(receiver.received()) == 2
    assert results == ["delivered", "delivered", "dropped"]


def test_only_the_last_deliveries_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest fall out, and settling one of those does no harm."""
    monkeypatch.setattr(outbox, "KEPT", 2)
    with receiving() as receiver:
        caller = emulated()
        number = new_hook(caller, receiver.url)["id"]
        for _ in range(4):
            caller.get(f"hooks/{number}/ping")
        kept = caller.emulator.deliver()
        assert len(receiver.received()) == 4
    assert [(one.number, one.result) for one in kept] == [(3, "delivered"), (4, "delivered")]


def test_printing_a_delivery_shows_no_secret() -> None:
    """Address, headers and body are not in its text."""
    with receiving() as receiver:
        caller = emulated()
        hook = new_hook(caller, receiver.url, basic_auth=True, basic_auth_data="c2VjcmV0")
        caller.get(f"hooks/{hook['id']}/ping")
        (delivery,) = caller.emulator.deliver()
    assert delivery.headers["Authorization"] == "Basic c2VjcmV0"
    assert not [text for text in ("c2VjcmV0", receiver.url, signed_by(hook, "ping")) if text in repr(delivery)]


def served(receiver: HookReceiver, clock: ManualClock, **knobs: Any) -> Emulator:
    emulator = Emulator(Seed(api_key=KEY), clock=clock, knobs=Knobs(**{"hook_body": "event", **knobs}))
    new_hook(AccountCaller(emulator, clock), receiver.url)
    return emulator


def test_a_served_account_delivers_by_itself() -> None:
    """Nobody calls: time alone makes the events, and they arrive in order."""
    clock = ManualClock()
    with receiving() as receiver, served(receiver, clock) as emulator:
        caller = AccountCaller(emulator, clock)
        caller.new_job(caller.new_cluster(ready=False, terminate_on_idle=True, time_to_idle=60))
        clock.advance(400)
        calls = len(emulator.calls())
        assert receiver.events(7) == [
            "cluster.requested",
            "job.submitted",
            "cluster.available",
            "job.started",
            "job.completed",
            "cluster.idled",
            "cluster.terminated",
        ]
        assert len(emulator.calls()) == calls


def test_a_hook_made_while_serving_is_delivered() -> None:
    """A served account without hooks begins to deliver with its first one, also if that is switched on backstage."""
    clock = ManualClock()
    with receiving() as receiver, Emulator(Seed(api_key=KEY), clock=clock, knobs=Knobs(hook_body="event")) as emulator:
        caller = AccountCaller(emulator, clock)
        number = new_hook(caller, receiver.url)["id"]
        caller.new_cluster(ready=False)
        assert receiver.events(1) == ["cluster.requested"]
        emulator.edit_hook(number, active=False)
        emulator.edit_hook(number, active=True)
        clock.advance(200)
        assert receiver.events(2)[1] == "cluster.available"


def test_a_receiver_may_call_the_account() -> None:
    """While a hook is being delivered the account answers: nothing waits for the receiver."""
    clock = ManualClock()
    with receiving(holding=True) as receiver, served(receiver, clock) as emulator:
        caller = AccountCaller(emulator, clock)
        number = caller.new_cluster(ready=False)
        receiver.received(1)
        assert caller.cluster(number)["status"] == "pending"
        receiver.free.set()
        assert [one.result for one in emulator.deliver()] == ["delivered"]


def test_stopping_ends_the_delivering_thread() -> None:
    """After the end of serving no thread is left, whatever the receiver does, and what waits stays waiting."""
    clock = ManualClock()
    before = set(threading.enumerate())
    with receiving(holding=True) as receiver:
        with served(receiver, clock, hook_timeout_seconds=0.2) as emulator:
            caller = AccountCaller(emulator, clock)
            for _ in range(3):
                caller.new_cluster(ready=False)
            receiver.received(1)
        left = {thread.name for thread in set(threading.enumerate()) - before}
        assert "xplenty-hooks" not in left
    results = [one.result for one in emulator.deliveries()]
    assert results[0] == "failed"
    assert len(results) == 3


def test_a_delivery_is_recorded_as_it_was_sent() -> None:
    """The record of a request is what arrived, byte for byte."""
    with receiving() as receiver:
        caller = emulated()
        caller.get(f"hooks/{new_hook(caller, receiver.url)['id']}/ping")
        (delivery,) = caller.emulator.deliver()
        (request,) = receiver.received()
    assert isinstance(request, Received)
    assert json.loads(delivery.body) == request.json()
    sent = {(name.encode(), value.encode()) for name, value in delivery.headers.items()}
    assert len(sent) > 2
    assert sent <= {*request.headers.raw}

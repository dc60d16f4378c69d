"""Which hooks get which events: each event once, at its moment, and only who is subscribed."""

from typing import Any

import pytest

from tests.support.accounts.caller import AccountCaller, emulated


def listener(caller: AccountCaller, *events: str, **fields: Any) -> int:
    """Make a hook whose messages are written down and never sent."""
    body = {"type": "slack", "settings": {"url": "https://192.0.2.1/in"}, "events": list(events), **fields}
    return int(caller.post("hooks", body).json()["id"])


def sent(caller: AccountCaller) -> list[str]:
    return [delivery.event for delivery in caller.emulator.deliveries()]


def test_the_life_of_a_cluster_is_told() -> None:
    """Requested, available, idled and, once it is over, terminated."""
    caller = emulated()
    listener(caller, "cluster")
    cluster = caller.new_cluster(time_to_idle=60)
    caller.clock.advance(100)
    caller.delete(f"clusters/{cluster}")
    assert sent(caller) == ["cluster.requested", "cluster.available", "cluster.idled"]
    caller.clock.advance(100)
    assert sent(caller)[3:] == ["cluster.terminated"]


def test_a_cluster_in_error_is_told() -> None:
    """A cluster that fails to start has an event for the error and none for available."""
    caller = emulated()
    listener(caller, "cluster")
    caller.emulator.fail_next_clusters()
    caller.new_cluster()
    assert sent(caller) == ["cluster.requested", "cluster.error"]


@pytest.mark.parametrize(
    ("package", "end", "event"), [(101, "", "job.completed"), (103, "", "job.failed"), (101, "stop", "job.stopped")]
)
def test_the_life_of_a_job_is_told(package: int, end: str, event: str) -> None:
    """Submitted, started, and its end."""
    caller = emulated()
    listener(caller, "job")
    job = caller.new_job(caller.new_cluster(), package)
    caller.clock.advance(10)
    if end:
        caller.delete(f"jobs/{job}")
    caller.clock.advance(100)
    assert sent(caller) == ["job.submitted", "job.started", event]


def test_each_event_is_told_at_its_own_moment_and_in_order() -> None:
    """However late a call comes, events come in the order and with the time in which they happened."""
    caller = emulated()
    listener(caller, "job", "cluster")
    cluster = caller.new_cluster(ready=False, terminate_on_idle=True, time_to_idle=60)
    caller.new_job(cluster)
    start = caller.clock.now().timestamp()
    caller.clock.advance(86_400)
    assert [(one.event, one.at - start) for one in caller.emulator.deliveries()] == [
        ("cluster.requested", 0),
        ("job.submitted", 0),
        ("cluster.available", 180),
        ("job.started", 180),
        ("job.completed", 240),
        ("cluster.idled", 300),
        ("cluster.terminated", 300),
    ]


def test_only_what_a_hook_is_subscribed_to_is_told() -> None:
    """A hook gets its own events, one for all of a kind gets all of these, and an inactive one nothing."""
    caller = emulated()
    names = {
        listener(caller, "job.failed"): "failures",
        listener(caller, "job"): "jobs",
        listener(caller, "job", active=False): "asleep",
    }
    caller.new_job(caller.new_cluster(), 103)
    caller.clock.advance(100)
    told = [(names[one.hook_id], one.event) for one in caller.emulator.deliveries()]
    assert told == [
        ("jobs", "job.submitted"),
        ("jobs", "job.started"),
        ("failures", "job.failed"),
        ("jobs", "job.failed"),
    ]


def test_a_hook_with_an_event_twice_over_hears_it_once() -> None:
    """Being subscribed to `job` and to `job.failed` is not being told twice."""
    caller = emulated()
    listener(caller, "job", "job.submitted", "job.submitted")
    caller.new_job(caller.new_cluster())
    assert sent(caller) == ["job.submitted"]


def test_a_hook_hears_only_of_its_own_time() -> None:
    """What happened before a hook was made, or after it was removed, is not told, however late anybody looks."""
    caller = emulated()
    cluster = caller.new_cluster(ready=False)
    caller.clock.advance(500)
    hook = listener(caller, "cluster", "job")
    caller.new_job(cluster)
    caller.clock.advance(5)
    caller.delete(f"hooks/{hook}")
    caller.clock.advance(500)
    caller.get("clusters")
    assert sent(caller) == ["job.submitted", "job.started"]


@pytest.mark.parametrize(("cluster_available_event", "times"), [("first", 1), ("every", 3)])
def test_being_available_again_is_a_knob(cluster_available_event: str, times: int) -> None:
    """After a resize and after idling, being available is told again or not."""
    caller = emulated(cluster_available_event=cluster_available_event)
    listener(caller, "cluster.available")
    cluster = caller.new_cluster(time_to_idle=600)
    caller.put(f"clusters/{cluster}", {"nodes": 3})
    caller.clock.advance(1_000)
    assert caller.cluster(cluster)["status"] == "idle"
    caller.new_job(cluster)
    assert sent(caller) == ["cluster.available"] * times


def test_idling_at_the_end_is_told_too() -> None:
    """A cluster that ends by idling is told as idled and then as terminated."""
    caller = emulated()
    listener(caller, "cluster.idled", "cluster.terminated")
    caller.new_cluster(terminate_on_idle=True, time_to_idle=60)
    caller.clock.advance(100)
    assert sent(caller) == ["cluster.idled", "cluster.terminated"]


def test_a_ping_sends_one_event_of_that_name() -> None:
    """A ping is told once, whatever the hook is subscribed to."""
    caller = emulated()
    caller.get(f"hooks/{listener(caller, 'job.failed', 'cluster')}/ping")
    assert sent(caller) == ["ping"]


@pytest.mark.parametrize(
    ("kind", "settings", "to"),
    [
        ("slack", {"url": "https://192.0.2.1/in", "team": "harbour", "channel": "#quay"}, "harbour #quay"),
        ("email", {"emails": "a@example.test"}, "a@example.test"),
        ("pagerduty", {"service_key": "k", "service_name": "pager"}, "pager"),
    ],
)
def test_what_is_no_web_hook_is_only_written_down(kind: str, settings: dict[str, str], to: str) -> None:
    """Messages of other hooks are recorded with whom they are for, and the hook knows that it told."""
    caller = emulated()
    body = {"type": kind, "name": "bell", "settings": settings, "events": ["job.failed"]}
    number = caller.post("hooks", body).json()["id"]
    job = caller.new_job(caller.new_cluster(), 103)
    caller.clock.advance(100)
    (delivery,) = caller.emulator.deliver()
    assert (delivery.type, delivery.to, delivery.result, delivery.attempts) == (kind, to, "recorded", 0)
    assert f"job.failed: job {job}" in delivery.body.decode()
    (event,) = caller.get(f"hooks/{number}/ping").json()["events"]
    assert (event["last_trigger_status"], event["last_response"]) == ("success", {})
    assert event["last_trigger_time"] is not None


def test_an_email_hook_writes_a_mail() -> None:
    """The mail goes to all addresses of the hook and says what has happened to what."""
    caller = emulated()
    to = "a@example.test,b@example.test"
    body = {"type": "email", "settings": {"emails": to}, "events": ["cluster.requested"]}
    hook = caller.post("hooks", body).json()["id"]
    cluster = caller.new_cluster(ready=False)
    caller.get(f"hooks/{hook}/ping")
    told, ping = caller.emulator.mail()
    assert (told.to, told.event, told.about, told.hook_id) == (to, "cluster.requested", f"cluster {cluster}", hook)
    assert f"clusters/{cluster}" in told.text
    assert (ping.event, ping.about) == ("ping", f"hook {hook}")

"""Events: what they say, which operation they belong to, and what is kept out of them."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.events.conftest import Event, Events
from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired, signed
from tests.support.faults.behaviours import lost_after
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.errors import ReadyTimeout
from xplenty_pulumi.events import happened, observed, operation
from xplenty_pulumi.events.fields import COMMON, OWN
from xplenty_pulumi.redact import scrub
from xplenty_pulumi.settings import load


def of(found: list[Event], name: str) -> list[Any]:
    return [one for one in found if one["event"] == name]


def test_duration_is_that_of_the_clock(events: Events) -> None:
    """An event has the moment of its begin, and how long it took."""
    clock = ManualClock()
    with observed("wait", clock, facts={"goal": "available"}) as facts:
        clock.advance(90)
        facts["polls"] = 3
    (found,) = events()
    assert (found["time"], found["seconds"]) == ("2026-01-01T00:00:00.000000Z", 90)
    assert (found["goal"], found["polls"], found["result"]) == ("available", 3, "reached")


def test_failure_is_named(events: Events) -> None:
    """What fails says why and with which error, and fails all the same."""
    with pytest.raises(ReadyTimeout), observed("wait", ManualClock()):
        raise ReadyTimeout("not available after 1m", resource="cluster 7")
    (found,) = events()
    assert (found["result"], found["error_class"]) == ("failed", "ReadyTimeout")
    assert found["error"] == "cluster 7: not available after 1m"


def test_what_is_within_belongs_to_it(events: Events) -> None:
    """Events within an operation are of its trace, below it or below each other, and name its resource."""
    clock = ManualClock()
    with operation("create", clock, scrub=str, facts={"urn": "urn:x", "name": "etl"}), observed("wait", clock):
        happened("adoption", clock, facts={"resource": "cluster 7"})
    adoption, wait, outcome = events()
    assert adoption["parent"] == wait["span"]
    assert wait["parent"] == outcome["span"]
    assert "parent" not in outcome
    assert {one["trace"] for one in events()} == {outcome["trace"]}
    assert [(one["operation"], one["name"]) for one in events()] == [("create", "etl")] * 3


def test_trace_of_the_caller_goes_on(events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    """TRACEPARENT names the trace, and what the operation is a part of."""
    monkeypatch.setenv("TRACEPARENT", f"00-{'ab' * 16}-{'cd' * 8}-01")
    with operation("create", ManualClock(), scrub=str):
        pass
    (found,) = events()
    assert (found["trace"], found["parent"]) == ("ab" * 16, "cd" * 8)


def test_secrets_are_masked(events: Events) -> None:
    """The secrets of an operation are masked in every text of the service, and so are those in addresses."""
    with operation("create", ManualClock(), scrub=lambda text: text.replace("canary", "***")) as facts:
        facts.update(error="no: canary", result="failed", request_id="canary")
    with observed("wait", ManualClock()) as facts:
        facts.update(error="ftp://me:canary@host", result="failed")
    assert "canary" not in str(events())


def test_nothing_is_written_without_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without XPLENTY_EVENTS the clock is not even looked at."""
    monkeypatch.delenv("XPLENTY_EVENTS", raising=False)
    nobody: Any = None
    with operation("create", nobody, scrub=str), observed("wait", nobody):
        happened("adoption", nobody, facts={})


def test_calls_and_waits_of_a_create(events: Events, bench: Bench) -> None:
    """A create whose answer is lost leaves a call in doubt and the wait for the cluster, in fields that are known."""
    bench.wire.on("POST clusters", lost_after)
    bench.clusters.create(desired())
    found = events()
    posts = [one for one in of(found, "call") if one["method"] == "POST"]
    assert [(one["call"], one["result"], one["attempt"]) for one in posts] == [("create", "unsure", 1)]
    (wait,) = of(found, "wait")
    assert (wait["goal"], wait["result"], wait["last_status"]) == ("available with 2 nodes", "reached", "available")
    assert wait["seconds"] > 60
    own: Mapping[Any, Mapping[str, str]] = OWN
    for one in found:
        assert set(one) <= {*COMMON, *own[one["event"]]}


def test_adoption_is_an_event(events: Events, bench: Bench) -> None:
    """What is taken instead of making a new one is named, with the reason."""
    left = bench.emulator.add_cluster(description=signed())
    bench.clusters.create(desired())
    (found,) = of(events(), "adoption")
    assert (found["resource"], found["seconds"]) == (f"cluster {left.id}", 0)
    assert bench.warned == [found["reason"]]


def test_paths_are_without_queries(events: Events, bench: Bench) -> None:
    """A call names its path, and neither its query nor its body."""
    bench.clusters.create(desired())
    paths = [str(one["path"]) for one in of(events(), "call")]
    assert all(re.fullmatch(r"(/[\w-]+)+", one) for one in paths)


def test_keys_of_all_settings_are_masked_outside_of_operations(events: Events) -> None:
    """A key that any set of settings has is in no event, whatever the operation knows of."""
    environment = {
        "XPLENTY_API_KEY": "MAINsecret111",
        "XPLENTY_ACCOUNT_ID": "acme",
        "XPLENTY_EU_API_KEY": "EUsecret222",
    }
    load(environment, lambda _: None)
    told = {"request_id": "r EUsecret222", "reason": "MAINsecret111", "last_status": "EUsecret222"}
    happened("call", ManualClock(), facts=told)
    with operation("read", ManualClock(), scrub=lambda text: scrub(text, ())):
        happened("call", ManualClock(), facts=told)
    assert "secret" not in str(events())
    assert [one.get("request_id") for one in events()] == ["r ***", "r ***", None]

"""Faults by rule: which calls meet them, when, and what they do to the account."""

import json
import urllib.error
import urllib.request
from collections.abc import Container
from typing import Any

import pytest

from tests.support.accounts.caller import KEY, AccountCaller, basic
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import (
    ALWAYS,
    FAULTS,
    FIRST,
    MIXED_UP,
    SECOND,
    Breakage,
    Broken,
    Effect,
    Emulator,
    FaultRule,
    Faults,
    Followed,
    Request,
    Response,
    Seed,
    answered_with,
    doubled,
    followed,
    late_commit,
    leaving_out,
    lost,
    refusing,
)
from xplenty_pulumi.errors import ConfigError

pytestmark = pytest.mark.usefixtures("_no_schema")


@pytest.fixture
def _no_schema(schema_watch: SchemaWatch) -> None:
    """Faults are answers that the description does not allow."""
    schema_watch.look_away()


def account(*rules: FaultRule, seed: int = 0) -> tuple[AccountCaller, Faults]:
    """Return a caller of an account with these rules, and the gate that holds them."""
    clock, faults = ManualClock(), Faults(*rules, seed=seed)
    emulator = Emulator(Seed(api_key=KEY), clock=clock, gates=[faults])
    faults.join(emulator.account)
    return AccountCaller(emulator, clock), faults


@pytest.mark.parametrize(
    ("calls", "statuses"),
    [
        (FIRST, [418, 200, 200, 200]),
        (SECOND, [200, 418, 200, 200]),
        (range(1, 4), [418, 418, 418, 200]),
        ({2, 4}, [200, 418, 200, 418]),
        (ALWAYS, [418, 418, 418, 418]),
    ],
    ids=["first", "second", "three times", "a set", "always"],
)
def test_occasions(calls: Container[int], statuses: list[int]) -> None:
    """A rule strikes on the occasions it names, counted from 1."""
    caller, _ = account(FaultRule("listClusters", refusing(418, "No."), calls=calls))
    assert [caller.get("clusters").status for _ in statuses] == statuses


@pytest.mark.parametrize(
    ("call", "method", "path", "matches"),
    [
        ("getCluster", "GET", "/acme/api/clusters/5", True),
        ("getCluster", "GET", "/acme/api/clusters/5/instances", False),
        ("getCluster", "DELETE", "/acme/api/clusters/5", False),
        ("getRateLimit", "GET", "/rate_limit_status", True),
        ("getRateLimit", "GET", "/acme/api/rate_limit_status", True),
        ("GET clusters/{id}/*", "GET", "/acme/api/clusters/5/instances", True),
        ("* jobs*", "DELETE", "/acme/api/jobs/5", True),
        ("GET clusters.", "GET", "/acme/api/clusters", False),
        ("POST clusters", "POST", "/acme/api/clusters/", True),
    ],
)
def test_which_call(call: str, method: str, path: str, matches: bool) -> None:
    """A call is named by its operation, or by method and path below the account, in full."""
    assert FaultRule(call, "401").matches(Request(method, path)) is matches


def test_the_first_rule_goes_first() -> None:
    """Where several rules are about a call, each counts it, and the first whose occasion it is decides."""
    caller, _ = account(
        FaultRule("listClusters", refusing(418, "No."), calls=SECOND),
        FaultRule("* *", refusing(451, "No."), calls={2, 3}),
    )
    assert [caller.get("clusters").status for _ in range(4)] == [200, 418, 451, 200]


def test_unknown_names_are_refused() -> None:
    """A fault or an operation that there is not is told when the rule is made."""
    with pytest.raises(ConfigError, match=r"no fault 'flood'.*no such host"):
        FaultRule("listClusters", "flood")
    with pytest.raises(ConfigError, match="'makeCluster' is neither"):
        FaultRule("makeCluster", "401")


@pytest.mark.parametrize("name", FAULTS)
def test_what_a_fault_does(name: str) -> None:
    """A call under a fault makes something exactly when the fault says so, and its answer is no good."""
    caller, faults = account(FaultRule("createCluster", name))
    answer = caller.post("clusters", {"nodes": 2})
    assert len(caller.emulator.clusters()) == (1 if FAULTS[name].effect is Effect.DONE else 0)
    assert not _is_good(answer)
    assert [(one.method, one.fault) for one in faults.strikes] == [("POST", FAULTS[name])]
    caller.clock.advance(60)
    faults.settle()
    assert len(caller.emulator.clusters()) == (1 if FAULTS[name].effect in {Effect.DONE, Effect.LATE} else 0)


def _is_good(answer: Response) -> bool:
    """Whether a client could take the answer for a new cluster."""
    if isinstance(answer, Broken) or answer.status != 201 or "Content-Encoding" in answer.headers:
        return False
    try:
        document: Any = answer.json()
    except json.JSONDecodeError:
        return False
    return isinstance(document, dict) and "id" in document and "/emulated-account/api/clusters/" in document["url"]


def test_a_list_under_a_lying_fault() -> None:
    """Lists lie item by item, or are no lists."""
    caller, faults = account()
    caller.new_cluster()
    faults.add(FaultRule("listClusters", "no id", calls=FIRST))
    faults.add(FaultRule("listClusters", "wrong type", calls=SECOND))
    assert "id" not in caller.get("clusters").json()[0]
    assert isinstance(caller.get("clusters").json(), dict)


def test_a_broken_answer_keeps_the_whole_one() -> None:
    """A front that can break connections is told how, and what the connection should have brought."""
    caller, _ = account(FaultRule("createCluster", "cut body"))
    answer = caller.post("clusters", {"nodes": 2})
    assert isinstance(answer, Broken)
    assert answer.how is Breakage.CUT_BODY
    assert answer.whole is not None
    assert answer.whole.status == 201


def test_late_commits_come_about_by_themselves() -> None:
    """A late commit is seen by the first call after its time, and by a look backstage after `settle`."""
    caller, faults = account(FaultRule("createCluster", late_commit(30, 30), calls=FIRST))
    assert caller.post("clusters", {"nodes": 2}).status == 502
    caller.clock.advance(29)
    assert caller.get("clusters").json() == []
    caller.clock.advance(1)
    assert len(caller.get("clusters").json()) == 1
    faults.settle()
    assert len(caller.emulator.clusters()) == 1


def lateness(seed: int) -> int:
    """Return the whole seconds after which a late commit with this seed is there."""
    caller, faults = account(FaultRule("createCluster", late_commit(0, 1000)), seed=seed)
    caller.post("clusters", {"nodes": 2})
    for second in range(1001):
        faults.settle()
        if caller.emulator.clusters():
            return second
        caller.clock.advance(1)
    raise AssertionError("it never came")


def test_lateness_follows_the_seed() -> None:
    """The same seed makes a commit as late again, another seed does not."""
    assert lateness(1) == lateness(1)
    assert len({lateness(seed) for seed in range(4)}) > 1


def test_late_commits_need_an_account() -> None:
    """Without `join` there is nothing on which a late commit could come about."""
    faults = Faults(FaultRule("createCluster", "late commit"))
    caller = AccountCaller(Emulator(Seed(api_key=KEY), clock=ManualClock(), gates=[faults]), ManualClock())
    with pytest.raises(ConfigError, match=r"faults\.join"):
        caller.post("clusters", {"nodes": 2})


def test_what_is_late_meets_no_other_fault() -> None:
    """A late commit is no call of its own: no rule counts it."""
    rule = FaultRule("createCluster", late_commit(5, 5), calls=FIRST)
    caller, faults = account(rule)
    caller.post("clusters", {"nodes": 2})
    caller.clock.advance(5)
    faults.settle()
    assert (faults.met(rule), len(faults.strikes), len(caller.emulator.clusters())) == (1, 1, 1)


def test_faults_end() -> None:
    """After `calm` no call meets a fault, and what is late still comes about."""
    caller, faults = account(FaultRule("* *", late_commit(5, 5)))
    caller.post("clusters", {"nodes": 2})
    faults.calm()
    assert caller.get("clusters").json() == []
    caller.clock.advance(5)
    assert len(caller.get("clusters").json()) == 1


def test_a_call_without_effect_costs_nothing() -> None:
    """What does not come to the account is not charged."""
    caller, _ = account(FaultRule("* *", lost(Breakage.RESET, Effect.NONE)))
    caller.get("clusters")
    assert caller.emulator.credits_used == 0


def test_on_a_served_account() -> None:
    """Over the emulator's own server a connection that should break is a 502, as a gateway would answer."""
    faults = Faults(FaultRule("createCluster", "reset after", calls=FIRST))
    with Emulator(Seed(api_key=KEY), gates=[faults]) as served:
        request = urllib.request.Request(
            f"{served.url}/{served.account_id}/api/clusters",
            data=b'{"nodes": 2}',
            headers={"Authorization": basic(f"{KEY}:"), "Content-Type": "application/json"},
        )
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=20)
        caught.value.close()
        assert (caught.value.code, len(served.clusters())) == (502, 1)


def test_another_id() -> None:
    """An answer of another id shows it in its address too, and every item of a list has the same one."""
    caller, faults = account()
    number = caller.new_cluster()
    faults.add(FaultRule("* *", "another id"))
    shown = caller.get(f"clusters/{number}").json()
    assert (shown["id"], shown["url"].rpartition("/")[2]) == (999_999, "999999")
    assert [item["id"] for item in caller.get("clusters").json()] == [999_999]


@pytest.mark.parametrize(
    ("fault", "address"),
    [("another kind", "emulated-account/api/invoices/"), ("another account", "rival/api/clusters/")],
)
def test_another_kind_and_account(fault: str, address: str) -> None:
    """An answer of another kind or account shows it by its address, in lists and about watchers as well."""
    caller, faults = account()
    number = caller.new_cluster()
    faults.add(FaultRule("* *", fault))
    shown = caller.get(f"clusters/{number}").json()
    assert (shown["id"], shown["url"]) == (number, f"http://127.0.0.1/{address}{number}")
    assert address in caller.get("clusters").json()[0]["url"]
    assert address in caller.post(f"clusters/{number}/watchers").json()["cluster_url"]
    assert caller.get("rate_limit_status").json().keys() == {"limits"}
    assert caller.delete(f"clusters/{number}/watchers").body == b""


def test_a_record_that_was_there_before() -> None:
    """A create can be answered with the record of another thing."""
    caller, faults = account()
    old = caller.get(f"clusters/{caller.new_cluster()}").json()
    faults.add(FaultRule("createCluster", answered_with(old), calls=FIRST))
    assert caller.post("clusters", {"nodes": 2}).json() == old
    assert len(caller.emulator.clusters()) == 2


@pytest.mark.parametrize("name", [name for name in MIXED_UP if name.startswith("doubled")])
def test_doubled_calls(name: str) -> None:
    """A doubled call comes about once more, at once or later, and what is made first is what is answered."""
    caller, faults = account(FaultRule("createCluster", name))
    answer = caller.post("clusters", {"nodes": 2}).json()
    later = MIXED_UP[name].lateness[0]
    assert len(caller.emulator.clusters()) == (1 if later else 2)
    assert answer["id"] == min(one.id for one in caller.emulator.clusters())
    caller.clock.advance(max(0.0, later - 1))
    faults.settle()
    assert len(caller.emulator.clusters()) == (1 if later else 2)
    caller.clock.advance(1)
    faults.settle()
    assert (len(caller.emulator.clusters()), len(faults.strikes)) == (2, 1)


def test_a_doubled_write_undoes_a_later_one() -> None:
    """The second time a call comes about it changes again what was changed meanwhile."""
    caller, faults = account()
    number = caller.new_cluster()
    caller.clock.advance(3600)
    faults.add(FaultRule("updateCluster", doubled(40), calls=FIRST))
    caller.put(f"clusters/{number}", {"name": "first"})
    caller.put(f"clusters/{number}", {"name": "second"})
    caller.clock.advance(40)
    assert caller.get(f"clusters/{number}").json()["name"] == "first"


@pytest.mark.parametrize(("single", "shown"), [(True, False), (False, True)])
def test_views_that_disagree(single: bool, shown: bool) -> None:
    """For some seconds a single look does not know what lists show, or the other way round."""
    caller, faults = account()
    number = caller.new_cluster()
    rule = (
        FaultRule("getCluster", "404", lasting=30)
        if shown
        else FaultRule("listClusters", leaving_out({number}), lasting=30)
    )
    faults.add(rule)
    caller.clock.advance(100)
    for _ in range(3):
        assert (caller.get(f"clusters/{number}").status == 200) is single
        assert bool(caller.get("clusters").json()) is shown
        caller.clock.advance(14)
    assert (caller.get(f"clusters/{number}").status, len(caller.get("clusters").json())) == (200, 1)


@pytest.mark.parametrize("status", ["401", "403"])
@pytest.mark.parametrize("seconds", [3, 30, 120])
def test_a_key_that_is_refused_for_a_while(status: str, seconds: float) -> None:
    """A fault that lasts strikes from its first call on, for so long."""
    caller, _ = account(FaultRule("* *", status, lasting=seconds))
    caller.clock.advance(1000)
    assert caller.get("clusters").status == int(status)
    caller.clock.advance(seconds - 1)
    assert caller.post("clusters", {"nodes": 2}).status == int(status)
    caller.clock.advance(1)
    assert caller.post("clusters", {"nodes": 2}).status == 201


def test_a_second_answer() -> None:
    """A surplus answer is kept beside the true one, for a front that sends both."""
    caller, _ = account(FaultRule("listClusters", followed({"id": 7})))
    answer = caller.get("clusters")
    assert isinstance(answer, Followed)
    assert answer.behind is not None
    assert (answer.json(), answer.behind.json()) == ([], {"id": 7})

"""Whose record an answer holds: the one asked for, or none that is believed."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.faults.script import Script, client_on, refusal
from xplenty_pulumi.client import Client
from xplenty_pulumi.errors import ServerError, UnsureError, XplentyError

BASE = "https://api.xplenty.com/acme/api"
Call = Callable[[Client], Any]
RECORD: dict[str, object] = {"id": 77, "status": "available", "type": "web"}

READS: dict[str, tuple[str, Call]] = {
    "cluster": ("clusters", lambda client: client.clusters.get(77)),
    "job": ("jobs", lambda client: client.jobs.get(77)),
    "package": ("packages", lambda client: client.packages.get(77)),
    "hook": ("hooks", lambda client: client.hooks.get(77)),
}
WRITES: dict[str, tuple[str, Call]] = {
    "resize": ("clusters", lambda client: client.clusters.update(77, {"nodes": 3})),
    "terminate": ("clusters", lambda client: client.clusters.terminate(77)),
    "stop": ("jobs", lambda client: client.jobs.stop(77)),
    "update of a package": ("packages", lambda client: client.packages.update(77, {"name": "Loads"})),
    "archive": ("packages", lambda client: client.packages.delete(77)),
    "update of a hook": ("hooks", lambda client: client.hooks.update(77, {"events": []})),
    "delete of a hook": ("hooks", lambda client: client.hooks.delete(77)),
    "ping": ("hooks", lambda client: client.hooks.ping(77)),
}
CREATES: dict[str, tuple[str, Call]] = {
    "new cluster": ("clusters", lambda client: client.clusters.create({"nodes": 2})),
    "new run": ("jobs", lambda client: client.jobs.run(cluster_id=5, package_id=8)),
    "new package": ("packages", lambda client: client.packages.create({"name": "Loads"})),
    "new hook": ("hooks", lambda client: client.hooks.create({"type": "web", "settings": {}, "events": []})),
}
LISTS: dict[str, tuple[str, Call]] = {
    "clusters": ("clusters", lambda client: list(client.clusters.list())),
    "jobs": ("jobs", lambda client: list(client.jobs.list())),
    "packages": ("packages", lambda client: list(client.packages.list())),
    "hooks": ("hooks", lambda client: list(client.hooks.list())),
    "children": ("jobs", lambda client: list(client.jobs.children(5))),
}


def cases(*tables: dict[str, tuple[str, Call]]) -> pytest.MarkDecorator:
    rows = [pytest.param(*row, id=name) for table in tables for name, row in table.items()]
    return pytest.mark.parametrize(("collection", "call"), rows)


def outcome(call: Call, body: object) -> object:
    """What a call returns or raises whose every answer is this."""
    with client_on(Script(httpx.Response(200, json=body))) as client:
        try:
            return call(client)
        except XplentyError as error:
            return type(error)


@cases(READS, WRITES)
def test_another_id(collection: str, call: Call) -> None:
    """The record of another id is none: a read is repeated and fails, a write may have been done."""
    script = Script(httpx.Response(200, json={**RECORD, "id": 78}))
    is_read = call in [row[1] for row in READS.values()]
    with client_on(script) as client, pytest.raises(ServerError if is_read else UnsureError, match="with another"):
        call(client)
    assert script.calls == (5 if is_read else 1)


@cases(READS)
def test_another_id_once(collection: str, call: Call) -> None:
    """A read that was answered with the record of another is repeated."""
    script = Script(httpx.Response(200, json={**RECORD, "id": 78}), httpx.Response(200, json=RECORD))
    with client_on(script) as client:
        assert call(client).id == 77
    assert script.calls == 2


def wrong_addresses(collection: str) -> list[str]:
    other = "jobs" if collection == "clusters" else "clusters"
    return [f"{BASE}/{other}/77", f"{BASE}/{collection}/78", f"https://api.xplenty.com/rival/api/{collection}/77"]


def right_addresses(collection: str) -> list[object]:
    return [
        f"{BASE}/{collection}/77",
        f"http://proxy.example.test:8080/ACME/api/{collection}/77",
        f"https://api.xplenty.com/1234/api/{collection}/77",
        f"https://api.xplenty.com/%61cme/api/{collection}/77?x=1",
        f"https://xplenty.com/rival/{collection}/78",
        f"https://xplenty.com/rival/api/{collection}/78/more",
        "https://[",
        "",
        None,
        7,
    ]


@cases(READS, WRITES, CREATES)
def test_addresses(collection: str, call: Call) -> None:
    """Where a record shows its address in the documented form, kind, id and account in it are those asked for."""
    for name in ("url", "html_url"):
        for wrong in wrong_addresses(collection):
            assert outcome(call, {**RECORD, name: wrong}) in (ServerError, UnsureError), wrong
        for address in right_addresses(collection):
            assert getattr(outcome(call, {**RECORD, name: address}), "id", None) == 77, address


@cases(LISTS)
def test_addresses_in_lists(collection: str, call: Call) -> None:
    """One foreign record makes a list unreadable."""
    good = {**RECORD, "id": 76, "url": f"{BASE}/{collection}/76"}
    for wrong in wrong_addresses(collection):
        assert outcome(call, [good, {**RECORD, "url": wrong}]) is ServerError, wrong
    for address in right_addresses(collection):
        assert [one.id for one in outcome(call, [good, {**RECORD, "url": address}])] == [76, 77]  # type: ignore[attr-defined]


@cases(LISTS)
def test_one_id_twice_in_a_page(collection: str, call: Call) -> None:
    """A page that shows two records of one id is unreadable."""
    assert outcome(call, [RECORD, {**RECORD, "name": "another"}]) is ServerError


def test_a_numeric_account_is_not_compared() -> None:
    """For a client with the account's number, the account's text is not another account."""
    script = Script(httpx.Response(200, json={**RECORD, "url": f"{BASE}/clusters/77"}))
    with client_on(script, account="1234") as client:
        assert client.clusters.get(77).id == 77


@pytest.mark.parametrize("fields", [{"cluster_id": 6}, {"package_id": 9}, {"cluster_id": 5, "package_id": 9}])
def test_a_new_run_of_another_package_or_cluster(fields: dict[str, object]) -> None:
    """A run that is not of what was asked for is not taken for the new one."""
    assert outcome(CREATES["new run"][1], {**RECORD, **fields}) is UnsureError
    assert outcome(CREATES["new run"][1], {**RECORD, "cluster_id": 5, "package_id": "8"}) is not UnsureError


def test_a_new_hook_of_another_type() -> None:
    """A hook of another type is not taken for the new one."""
    assert outcome(CREATES["new hook"][1], {**RECORD, "type": "slack"}) is UnsureError


def test_a_new_package_of_another_type() -> None:
    """A workflow is not taken for the new data flow; without a type in either, there is nothing to compare."""

    def create(client: Client) -> object:
        return client.packages.create({"flow_type": "dataflow"})

    assert outcome(create, {**RECORD, "flow_type": "workflow"}) is UnsureError
    assert outcome(create, {**RECORD, "flow_type": "dataflow"}) is not UnsureError
    assert outcome(CREATES["new package"][1], {**RECORD, "flow_type": "workflow"}) is not UnsureError
    assert outcome(create, RECORD) is not UnsureError


PARTS: dict[str, tuple[str, Call]] = {
    "machines": ("clusters", lambda client: client.clusters.instances(77)),
    "watchers": ("clusters", lambda client: client.clusters.watchers(77)),
    "watchers of a run": ("jobs", lambda client: client.jobs.watchers(77)),
    "validations": ("packages", lambda client: list(client.packages.validations(77))),
}


@cases(PARTS)
def test_parts_of_another(collection: str, call: Call) -> None:
    """Parts of a record that say whose they are belong to the one asked for."""
    part = {"id": 1, "instance_id": "i-1", "status": "available"}
    assert outcome(call, [part, {**part, "url": f"{BASE}/{collection}/78/part/1"}]) is ServerError
    assert outcome(call, [{**part, "url": f"{BASE}/{collection}/77/part/1"}]) is not ServerError


def test_the_log_of_another_run() -> None:
    """A log that says that it is of another run is none."""
    assert outcome(lambda client: client.jobs.log(77), {"body": "x", "url": f"{BASE}/jobs/78/log"}) is ServerError


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda client: client.clusters.watch(77), "cluster"),
        (lambda client: client.clusters.unwatch(77), "cluster"),
        (lambda client: client.jobs.watch(77), "job"),
        (lambda client: client.jobs.unwatch(77), "job"),
    ],
)
def test_watching_another(call: Call, name: str) -> None:
    """An answer about the watchers of another thing does not count as one about this thing."""
    assert outcome(call, {f"{name}_url": f"{BASE}/{name}s/78"}) is UnsureError
    assert outcome(call, {f"{name}_url": f"{BASE}/{name}s/77"}) is None


def test_refusals_are_not_compared() -> None:
    """A refusal is about the call, whatever else it shows."""
    with client_on(Script(refusal(422, "No."))) as client, pytest.raises(XplentyError, match="No"):
        client.clusters.update(77, {"nodes": 3})


ANOTHER_KINDS = {
    "cluster": {"id": 77, "status": "available", "nodes": 2},
    "run": {"id": 77, "status": "running", "cluster_id": 5, "package_id": 8},
    "hook": {"id": 77, "type": "web", "events": ["job_failed"]},
    "schedule": {"id": 77, "status": "enabled"},
}


@pytest.mark.parametrize("body", ANOTHER_KINDS.values(), ids=ANOTHER_KINDS)
def test_the_record_of_another_kind_is_no_user(body: dict[str, object]) -> None:
    """Its id would be taken for that of the key's user, to whom the creators of all things are compared."""
    script = Script(httpx.Response(200, json=body))
    with client_on(script) as client, pytest.raises(ServerError, match="the body is that of another kind of record"):
        client.user_id()
    assert script.calls == 5


def test_the_user_is_asked_for_again_after_the_record_of_another_kind() -> None:
    """The answer that is a user's counts, and is kept."""
    cluster, user = ({"id": 77, "status": "available", "nodes": 2}, {"id": 27, "email": "ann@example.test"})
    script = Script(httpx.Response(200, json=cluster), httpx.Response(200, json=user))
    with client_on(script) as client:
        assert [client.user_id(), client.user_id()] == [27, 27]
    assert script.calls == 2

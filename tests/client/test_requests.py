"""What goes over the wire for each operation."""

import base64
import json
import platform
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import httpx
import pytest

from tests.support.faults.script import KEY, Script, client_on, cluster_reply, job_reply, refusal
from xplenty_pulumi._version import __version__
from xplenty_pulumi.client import Client, RateLimit
from xplenty_pulumi.errors import SpecError

RECORD: dict[str, object] = {"id": 5, "status": "active", "instance_id": "i-1"}
EVENING = datetime(2026, 3, 1, 22, 30, 15, 999, tzinfo=timezone(timedelta(hours=3)))

Wire = tuple[str, str, dict[str, str], dict[str, object] | None]

OPERATIONS: list[tuple[Callable[[Client], object], object, Wire]] = [
    (
        lambda client: client.clusters.create({"nodes": 2, "name": "night"}),
        RECORD,
        ("POST", "/acme/api/clusters", {}, {"nodes": 2, "name": "night"}),
    ),
    (lambda client: client.clusters.get(5), RECORD, ("GET", "/acme/api/clusters/5", {}, None)),
    (
        lambda client: client.clusters.update(5, {"nodes": 3}),
        RECORD,
        ("PUT", "/acme/api/clusters/5", {}, {"nodes": 3}),
    ),
    (lambda client: client.clusters.terminate(5), RECORD, ("DELETE", "/acme/api/clusters/5", {}, None)),
    (lambda client: client.clusters.instances(77), [RECORD], ("GET", "/acme/api/clusters/77/instances", {}, None)),
    (
        lambda client: list(client.clusters.list()),
        [RECORD],
        ("GET", "/acme/api/clusters", {"status": "all", "limit": "100", "offset": "0"}, None),
    ),
    (
        lambda client: list(
            client.clusters.list(status="idle", sort="updated", direction="asc", since=EVENING, page_size=7)
        ),
        [RECORD],
        (
            "GET",
            "/acme/api/clusters",
            {
                "status": "idle",
                "sort": "updated",
                "direction": "asc",
                "since": "2026-03-01T19:30:15Z",
                "limit": "7",
                "offset": "0",
            },
            None,
        ),
    ),
    (
        lambda client: client.jobs.run(cluster_id=7, package_id=8),
        RECORD,
        ("POST", "/acme/api/jobs", {}, {"cluster_id": 7, "package_id": 8}),
    ),
    (
        lambda client: client.jobs.run(
            cluster_id=7, package_id=8, variables={"day": "'mon'"}, dynamic_variables={"now": "CurrentTime()"}
        ),
        RECORD,
        (
            "POST",
            "/acme/api/jobs",
            {},
            {
                "cluster_id": 7,
                "package_id": 8,
                "variables": {"day": "'mon'"},
                "dynamic_variables": {"now": "CurrentTime()"},
            },
        ),
    ),
    (lambda client: client.jobs.get(5), RECORD, ("GET", "/acme/api/jobs/5", {}, None)),
    (
        lambda client: client.jobs.get(5, include=["log_summary", "cluster"]),
        RECORD,
        ("GET", "/acme/api/jobs/5", {"include": "log_summary,cluster"}, None),
    ),
    (
        lambda client: list(client.jobs.list(package_id=8, include=("package",))),
        [RECORD],
        (
            "GET",
            "/acme/api/jobs",
            {"status": "all", "package_id": "8", "include": "package", "limit": "100", "offset": "0"},
            None,
        ),
    ),
    (lambda client: client.jobs.stop(5), RECORD, ("DELETE", "/acme/api/jobs/5", {}, None)),
    (lambda client: client.jobs.variables(5), {"day": 3}, ("GET", "/acme/api/jobs/5/variables", {}, None)),
    (lambda client: client.jobs.log(5), {"body": "done"}, ("GET", "/acme/api/jobs/5/log", {}, None)),
    (
        lambda client: client.packages.get(5, include=["flow"]),
        RECORD,
        ("GET", "/acme/api/packages/5", {"include": "flow"}, None),
    ),
    (
        lambda client: list(client.packages.list()),
        [RECORD],
        (
            "GET",
            "/acme/api/packages",
            {"status": "active", "flow_type": "all", "limit": "100", "offset": "0"},
            None,
        ),
    ),
    (
        lambda client: client.rate_limit(),
        {"limits": {"limit": 5000, "remaining": 4}},
        ("GET", "/rate_limit_status", {}, None),
    ),
]


@pytest.mark.parametrize(("operation", "reply", "wire"), OPERATIONS)
def test_wire_form(operation: Callable[[Client], object], reply: object, wire: Wire) -> None:
    """Method, path, query and body are what the service documents."""
    script = Script(httpx.Response(200, json=reply))
    with client_on(script) as client:
        operation(client)
    (request,) = script.requests
    body = json.loads(request.content) if request.content else None
    assert (request.method, request.url.path, dict(request.url.params), body) == wire
    assert request.headers.get("content-type") == (None if body is None else "application/json")


def test_headers_of_every_request() -> None:
    """Each request names the version of the API and of this client, and authenticates with the key and no password."""
    script = Script(cluster_reply())
    with client_on(script) as client:
        client.clusters.get(77)
    headers = script.requests[0].headers
    assert headers["accept"] == "application/vnd.xplenty+json; version=2"
    assert headers["user-agent"] == f"xplenty-pulumi/{__version__} (+python {platform.python_version()})"
    assert headers["authorization"] == "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
    assert headers["accept-encoding"] == "gzip"


def test_no_cookies() -> None:
    """A cookie that the service sets is not sent back."""
    script = Script(httpx.Response(200, json=RECORD, headers={"Set-Cookie": "session=1; Path=/"}))
    with client_on(script) as client:
        client.clusters.get(5)
        client.clusters.get(5)
    assert "cookie" not in script.requests[1].headers


def test_account_is_quoted() -> None:
    """An account id with unusual characters stays one part of the path."""
    script = Script(cluster_reply())
    with client_on(script, account="Ünï?x=1#&y") as client:
        client.clusters.get(77)
    assert script.requests[0].url.raw_path == b"/%C3%9Cn%C3%AF%3Fx%3D1%23%26y/api/clusters/77"


def test_results() -> None:
    """Free-form answers come back as they are."""
    with client_on(Script(httpx.Response(200, json={"some": 32, "other": "x"}))) as client:
        assert client.jobs.variables(5) == {"some": 32, "other": "x"}
    with client_on(Script(httpx.Response(200, json={"body": "line 1\nline 2", "url": "u"}))) as client:
        assert client.jobs.log(5).body == "line 1\nline 2"


@pytest.mark.parametrize("bad", [0, -1, True, "7", 7.0, None])
def test_ids_are_positive_numbers(bad: object) -> None:
    """Anything else than a positive number is refused before a request is made, so it cannot become another path."""
    script = Script(cluster_reply())
    with client_on(script) as client:
        operations: list[Callable[..., object]] = [
            client.clusters.get,
            client.clusters.terminate,
            client.clusters.instances,
            client.jobs.get,
            client.jobs.stop,
            client.jobs.log,
            client.jobs.variables,
            client.packages.get,
        ]
        for operation in operations:
            with pytest.raises(SpecError, match="positive whole number") as caught:
                operation(bad)
            assert caught.value.field in {"cluster_id", "job_id", "package_id"}
    assert script.calls == 0


@pytest.mark.parametrize("value", [object(), {1, 2}, float("nan"), b"x", {"a": float("inf")}])
def test_values_that_json_can_not_express(value: object) -> None:
    """A value that cannot be sent is refused, naming its field, before a request is made."""
    script = Script(cluster_reply())
    with client_on(script) as client, pytest.raises(SpecError) as caught:
        client.clusters.create({"nodes": 2, "name": value})
    assert caught.value.field == "name"
    assert script.calls == 0


@pytest.mark.parametrize("size", [0, -1, 101, True])
def test_page_size_limits(size: int) -> None:
    """A page has from 1 to 100 items; the error comes at once and not with the first item."""
    with client_on(Script(cluster_reply())) as client, pytest.raises(SpecError, match="from 1 to 100"):
        client.clusters.list(page_size=size)


def test_since_needs_a_zone() -> None:
    """A time without a zone could be meant in two ways."""
    with client_on(Script(cluster_reply())) as client, pytest.raises(SpecError, match="time zone"):
        client.jobs.list(since=datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test


def test_rate_limit_on_the_older_path() -> None:
    """Where the documented path does not exist, the one of the service's old client is tried."""
    script = Script(refusal(404), httpx.Response(200, json={"limits": {"limit": 5000, "remaining": 4}}))
    with client_on(script) as client:
        assert client.rate_limit() == RateLimit(limit=5000, remaining=4)
    assert [request.url.path for request in script.requests] == ["/rate_limit_status", "/acme/api/rate_limit_status"]


def test_credits() -> None:
    """The budget is that of the latest answer, and answers without it change nothing."""
    told = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "41"}
    script = Script(job_reply(), refusal(404, **told), job_reply())
    with client_on(script) as client:
        assert client.credits is None
        client.jobs.get(5)
        assert client.credits is None
        with pytest.raises(Exception, match="404"):
            client.jobs.get(5)
        client.jobs.get(5)
        assert client.credits == RateLimit(limit=5000, remaining=41)

"""What a status that never goes away leads to, by kind of call: the error, and the number of requests it costs."""

from collections.abc import Callable

import httpx
import pytest

from tests.support.faults.script import Script, client_on, cluster_reply, job_reply, refusal
from xplenty_pulumi.client import Client
from xplenty_pulumi.errors import (
    ApiError,
    AuthError,
    BillingError,
    InvalidError,
    NotFoundError,
    NotSentError,
    ServerError,
    UnsureError,
    XplentyError,
)

OPERATIONS: dict[str, tuple[str, Callable[[Client], object]]] = {
    "clusters.get": ("read", lambda client: client.clusters.get(77)),
    "clusters.list": ("read", lambda client: list(client.clusters.list())),
    "clusters.instances": ("read", lambda client: client.clusters.instances(77)),
    "clusters.create": ("create", lambda client: client.clusters.create({"nodes": 2})),
    "clusters.update": ("write", lambda client: client.clusters.update(77, {"nodes": 3})),
    "clusters.terminate": ("write", lambda client: client.clusters.terminate(77)),
    "jobs.get": ("read", lambda client: client.jobs.get(5)),
    "jobs.list": ("read", lambda client: list(client.jobs.list())),
    "jobs.run": ("create", lambda client: client.jobs.run(cluster_id=77, package_id=3)),
    "jobs.stop": ("write", lambda client: client.jobs.stop(5)),
    "jobs.variables": ("read", lambda client: client.jobs.variables(5)),
    "jobs.children": ("read", lambda client: list(client.jobs.children(5))),
    "jobs.log": ("read", lambda client: client.jobs.log(5)),
    "jobs.watchers": ("read", lambda client: client.jobs.watchers(5)),
    "packages.get": ("read", lambda client: client.packages.get(3)),
    "packages.list": ("read", lambda client: list(client.packages.list())),
    "packages.create": ("create", lambda client: client.packages.create({"name": "Loads"})),
    "packages.update": ("write", lambda client: client.packages.update(3, {"name": "Loads"})),
    "packages.delete": ("write", lambda client: client.packages.delete(3)),
    "packages.export": ("read", lambda client: client.packages.export(3)),
    "packages.validate": ("write", lambda client: client.packages.validate(3)),
    "packages.start_validation": ("write", lambda client: client.packages.start_validation(3)),
    "packages.validation": ("read", lambda client: client.packages.validation(3, 7)),
    "packages.validations": ("read", lambda client: list(client.packages.validations(3))),
}

Expected = tuple[type[XplentyError], int]

#       status        read               write             create
TABLE: dict[int, tuple[Expected, Expected, Expected]] = {
    302: ((ApiError, 1), (ApiError, 1), (ApiError, 1)),
    303: ((ApiError, 1), (ApiError, 1), (UnsureError, 1)),
    304: ((ApiError, 1), (ApiError, 1), (ApiError, 1)),
    400: ((InvalidError, 1), (InvalidError, 1), (InvalidError, 1)),
    401: ((AuthError, 1), (AuthError, 1), (AuthError, 1)),
    402: ((BillingError, 1), (BillingError, 1), (BillingError, 1)),
    403: ((AuthError, 1), (AuthError, 1), (AuthError, 1)),
    404: ((NotFoundError, 1), (NotFoundError, 1), (NotFoundError, 1)),
    406: ((InvalidError, 1), (InvalidError, 1), (InvalidError, 1)),
    408: ((InvalidError, 5), (InvalidError, 4), (UnsureError, 1)),
    409: ((InvalidError, 1), (UnsureError, 1), (UnsureError, 1)),
    415: ((InvalidError, 1), (InvalidError, 1), (InvalidError, 1)),
    418: ((InvalidError, 1), (InvalidError, 1), (InvalidError, 1)),
    422: ((InvalidError, 1), (InvalidError, 1), (InvalidError, 1)),
    425: ((InvalidError, 5), (InvalidError, 4), (UnsureError, 1)),
    500: ((ServerError, 5), (UnsureError, 1), (UnsureError, 1)),
    502: ((ServerError, 5), (UnsureError, 1), (UnsureError, 1)),
    503: ((ServerError, 5), (UnsureError, 1), (UnsureError, 1)),
    504: ((ServerError, 5), (UnsureError, 1), (UnsureError, 1)),
    599: ((ServerError, 5), (UnsureError, 1), (UnsureError, 1)),
}

CELLS = [
    pytest.param(name, status, *expected, id=f"{name}-{status}")
    for status, row in TABLE.items()
    for name, (kind, _) in OPERATIONS.items()
    for expected in [row[("read", "write", "create").index(kind)]]
]


@pytest.mark.parametrize(("operation", "status", "error", "calls"), CELLS)
def test_lasting_status(operation: str, status: int, error: type[XplentyError], calls: int) -> None:
    """Each operation ends in the named error after the allowed number of requests."""
    script = Script(refusal(status, "Sorry."))
    with client_on(script, deadline=1000.0) as client, pytest.raises(error) as caught:
        OPERATIONS[operation][1](client)
    assert type(caught.value) is error
    assert script.calls == calls
    assert "\n" not in str(caught.value)
    assert caught.value.advice
    if isinstance(caught.value, ApiError):
        assert caught.value.status == status


@pytest.mark.parametrize("operation", OPERATIONS)
def test_lasting_refusal_to_connect(operation: str) -> None:
    """Every operation repeats what was not sent, and then says that nothing was."""
    script = Script(httpx.ConnectError("refused"))
    with client_on(script) as client, pytest.raises(NotSentError, match="nothing was sent"):
        OPERATIONS[operation][1](client)
    assert script.calls == (5 if OPERATIONS[operation][0] == "read" else 4)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_passing_status_on_a_read(status: int) -> None:
    """A read gets over a fault that passes."""
    script = Script(refusal(status), refusal(status), cluster_reply())
    with client_on(script) as client:
        assert client.clusters.get(77).status == "available"
    assert script.calls == 3


@pytest.mark.parametrize("status", [408, 425, 429])
def test_passing_status_on_a_write(status: int) -> None:
    """A write is repeated after answers that say that it was not carried out."""
    script = Script(refusal(status), cluster_reply())
    with client_on(script) as client:
        assert client.clusters.terminate(77).id == 77
    assert script.calls == 2


def test_create_is_repeated_only_if_it_was_refused_before_it_was_tried() -> None:
    """A create gets over 429 and failed connections, each time with the same request."""
    script = Script(refusal(429), httpx.ConnectTimeout("late"), job_reply(201))
    with client_on(script) as client:
        assert client.jobs.run(cluster_id=77, package_id=3, variables={"day": "'monday'"}).id == 5
    assert script.calls == 3
    assert len({request.content for request in script.requests}) == 1


@pytest.mark.parametrize(
    "body", [{"id": 5}, {"id": 5, "status": None}, {"id": 5, "status": ""}, {"id": "x", "status": "s"}]
)
def test_success_without_a_valid_record(body: object) -> None:
    """A success without a valid record is read again by a read call, and never taken for a done create."""
    script = Script(httpx.Response(201, json=body))
    with client_on(script) as client:
        with pytest.raises(UnsureError, match="without a valid"):
            client.jobs.run(cluster_id=77, package_id=3)
        assert script.calls == 1
        with pytest.raises(ServerError, match="without a valid"):
            client.jobs.get(5)
        assert script.calls == 6


@pytest.mark.parametrize("body", [b"{}", b"null", b"7", b'[{"id": 1}]', b"[7]", b"", b'{"id": 1, "status": "x"}'])
def test_success_that_is_not_the_list_asked_for(body: bytes) -> None:
    """A list of which a part cannot be read is an error and not a shorter list."""
    script = Script(httpx.Response(200, content=body))
    with client_on(script) as client, pytest.raises(ServerError):
        list(client.clusters.list())


@pytest.mark.parametrize("body", [b"[]", b"7", b"null", b""])
def test_success_that_is_no_object(body: bytes) -> None:
    """Variables, a log and a budget are objects, and anything else is an error."""
    script = Script(httpx.Response(200, content=body))
    with client_on(script) as client:
        for operation in (client.rate_limit, lambda: client.jobs.variables(5), lambda: client.jobs.log(5)):
            with pytest.raises(ServerError, match="not an object"):
                operation()


@pytest.mark.parametrize("body", [b"[" * 100_000, b"<html>", b"\xff\xfe\xfd", b'{"message": 7}', b"[]", b""])
def test_refusal_with_an_odd_body(body: bytes) -> None:
    """A refusal is one by its status, whatever its body is."""
    script = Script(httpx.Response(404, content=body))
    with client_on(script) as client, pytest.raises(NotFoundError):
        client.clusters.get(77)
    assert script.calls == 1


def test_switching_protocols() -> None:
    """A status below 200 is an error of the service like any other."""
    script = Script(httpx.Response(101))
    with client_on(script) as client, pytest.raises(ApiError, match="101"):
        client.clusters.get(77)
    assert script.calls == 1

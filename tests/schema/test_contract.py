"""The checks notice what they are there for, and let pass what is allowed."""

import json
from typing import Any

import pytest

from tests.support.openapi import SchemaMismatch, SchemaWatch, validate_request, validate_response
from xplenty_pulumi.emulator.wire.messages import Request, Response

HEADERS = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999", "content-type": "application/json"}
LOG = {"body": "all is well", "url": "https://api.example.test/log"}
LOG_PATH = "/harbour-works/api/jobs/4/log"
CLUSTERS = "/harbour-works/api/clusters"


def answer(status: int = 200, payload: Any = LOG, path: str = LOG_PATH, **headers: str) -> None:
    body = b"" if payload is None else json.dumps(payload).encode()
    validate_response("GET", path, status, {**HEADERS, **headers}, body)


def test_a_right_answer_passes() -> None:
    """An answer as described raises nothing."""
    answer()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"payload": {**LOG, "body": None}}, "body: null is not of type"),
        ({"payload": {"body": "x"}}, '"url" is a required property'),
        ({"payload": {**LOG, "mood": "good"}}, "mood"),
        ({"payload": None}, "not JSON"),
        ({"status": 418}, "status 418 is not described for getJobLog"),
        ({"status": 304}, "there is a body where none is described"),
        ({"status": 404, "payload": {"error": "x"}}, '"message" is a required property'),
        ({"path": "/harbour-works/api/moods"}, "not described was answered with 200"),
        ({"content-type": "text/html"}, "content type 'text/html'"),
        ({"x-ratelimit-remaining": "many"}, "header x-ratelimit-remaining is no number"),
    ],
)
def test_a_wrong_answer_is_named(change: dict[str, Any], says: str) -> None:
    """What does not fit is raised with the place and the reason."""
    with pytest.raises(SchemaMismatch) as caught:
        answer(**change)
    assert says in str(caught.value)


def test_a_missing_rate_limit_header_is_named() -> None:
    """An answer without the credits left does not pass."""
    with pytest.raises(SchemaMismatch, match="header x-ratelimit-remaining is missing"):
        validate_response("GET", LOG_PATH, 500, {"X-RateLimit-Limit": "1", "Content-Type": "application/json"}, b"{}")


def test_a_refusal_of_a_call_nobody_described_passes() -> None:
    """A call the description does not know may only be refused, with a message."""
    answer(status=404, payload={"message": "no"}, path="/harbour-works/api/moods")


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", CLUSTERS, {"status": "all", "limit": "100", "offset": 0, "sort": "updated", "direction": "asc"}, None),
        ("GET", "/harbour-works/api/jobs", {"include": "cluster,package", "since": "2026-01-02T03:04:05Z"}, None),
        ("POST", CLUSTERS, {}, {"nodes": 2, "terminate_on_idle": "t", "slave_spot_percentage": 1}),
        ("PUT", f"{CLUSTERS}/3", {}, {"terminate_on_idle": True}),
        ("POST", "/harbour-works/api/jobs", {}, {"cluster_id": 1, "package_id": 2, "variables": {"A": "'b'", "C": 3}}),
        ("POST", f"{CLUSTERS}/3/watchers", {}, None),
    ],
)
def test_a_right_request_passes(method: str, path: str, query: dict[str, Any], body: Any) -> None:
    """Requests as this project sends them raise nothing."""
    validate_request(method, path, query, body)


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "says"),
    [
        ("GET", CLUSTERS, {"limit": "101"}, None, "limit: 101 is greater"),
        ("GET", CLUSTERS, {"offset": "-1"}, None, "offset: -1 is less"),
        ("GET", CLUSTERS, {"status": "asleep"}, None, 'status: "asleep" is not'),
        ("GET", CLUSTERS, {"since": "yesterday"}, None, "since:"),
        ("GET", CLUSTERS, {"colour": "red"}, None, "colour is not described for listClusters"),
        ("GET", CLUSTERS, {}, {"limit": 1}, "takes no body"),
        ("GET", f"{CLUSTERS}/search", {}, None, "query parameter q is missing"),
        ("POST", CLUSTERS, {}, None, "needs a body"),
        ("POST", CLUSTERS, {}, {"name": "x"}, '"nodes" is a required property'),
        ("POST", CLUSTERS, {}, {"nodes": 0}, "nodes: 0 is less"),
        ("POST", CLUSTERS, {}, {"nodes": 2, "type": "toy"}, 'type: "toy"'),
        ("POST", CLUSTERS, {}, {"nodes": 2, "slave_spot_percentage": 2}, "slave_spot_percentage: 2 is greater"),
        ("POST", CLUSTERS, {}, {"cluster": {"nodes": 2}}, "cluster"),
        ("PUT", f"{CLUSTERS}/3", {}, {"region": "x"}, "region"),
        ("POST", "/harbour-works/api/jobs", {}, {"cluster_id": 1, "job_id": 2}, '"package_id" is a required property'),
        ("PATCH", f"{CLUSTERS}/3", {}, {}, "no such call is described"),
    ],
)
def test_a_wrong_request_is_named(method: str, path: str, query: dict[str, Any], body: Any, says: str) -> None:
    """What this project must not send is raised with the place and the reason."""
    with pytest.raises(SchemaMismatch) as caught:
        validate_request(method, path, query, body)
    assert says in str(caught.value)


def test_the_watch_keeps_what_does_not_fit_and_passes_it_on() -> None:
    """A wrong answer reaches its caller unchanged and fails the test only at its end."""
    watch = SchemaWatch()
    wrong = Response(200, HEADERS, b"{}")
    assert watch.note(Request("GET", LOG_PATH), wrong) is wrong
    assert watch.calls == 1
    with pytest.raises(SchemaMismatch, match="answer 200 to GET"):
        watch.raise_for_mismatches()


class WrongAccount:
    """An account whose every answer is wrong."""

    def handle(self, request: Request) -> Response:
        return Response(200, HEADERS, b"[]")


def test_an_installed_watch_sees_every_object_of_the_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects made before and after are watched alike, until the watch is told to look away."""
    watch, before = SchemaWatch(), WrongAccount()
    watch.install(WrongAccount, monkeypatch)
    for account in (before, WrongAccount()):
        assert account.handle(Request("GET", LOG_PATH)).body == b"[]"
    assert len(watch.mismatches) == 2
    watch.look_away()
    before.handle(Request("GET", LOG_PATH))
    assert len(watch.mismatches) == 2


def test_a_watch_passes_over_a_browsers_preflight() -> None:
    """OPTIONS belongs to no call and is left alone."""
    watch = SchemaWatch()
    watch.note(Request("OPTIONS", LOG_PATH), Response(204))
    watch.raise_for_mismatches()
    assert watch.calls == 0

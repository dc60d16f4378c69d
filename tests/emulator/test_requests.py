"""How a request may be written: key, headers, body, parameters, path."""

import json
from typing import Any

import pytest

from tests.support.accounts.caller import KEY, basic, emulated
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.emulator import Response

VENDOR = "application/vnd.xplenty+json"


def get(path: str = "clusters", *, user: str = f"{KEY}:", accept: str | None = None, **knobs: Any) -> Response:
    headers = {"Authorization": basic(user)}
    if accept is not None:
        headers["Accept"] = accept
    return emulated(**knobs).send("GET", path, headers=headers)


def create(body: bytes, content_type: str | None = None, *, query: str = "", **knobs: Any) -> Response:
    headers = {"Authorization": basic(KEY)}
    if content_type is not None:
        headers["Content-Type"] = content_type
    return emulated(**knobs).send("POST", "clusters", headers=headers, body=body, query=query)


@pytest.mark.parametrize("user", [f"{KEY}:", KEY, f"{KEY}:ignored"])
def test_the_key_is_the_basic_user(user: str) -> None:
    """The key may be followed by a colon, by nothing, or by a password nobody looks at."""
    assert get(user=user).status == 200


@pytest.mark.parametrize("user", ["", ":", "other", "other:", f":{KEY}", KEY[:-1]])
def test_another_key_is_unauthorized(user: str) -> None:
    """Any other key is a 401."""
    assert get(user=user).status == 401


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", "Basic /w==", f"Bearer {KEY}", KEY])
def test_a_header_that_is_no_basic_auth_is_unauthorized(header: str) -> None:
    """A missing or unreadable Authorization header is a 401, never an error of the server."""
    headers = {"Authorization": header} if header else {}
    assert emulated().send("GET", "clusters", headers=headers).status == 401


def test_the_scheme_and_header_names_are_in_any_case() -> None:
    """HTTP does not care for the case of header names and of the scheme."""
    headers = {"AUTHORIZATION": basic(KEY).replace("Basic", "basic")}
    assert emulated().send("GET", "clusters", headers=headers).status == 200


@pytest.mark.parametrize(("setting", "status"), [(401, 401), (403, 403), (404, 404)])
def test_another_account_is_a_knob(setting: int, status: int) -> None:
    """The right key on another account's path is unauthorized, forbidden or not found."""
    assert emulated(foreign_account=setting).get("/somebody-else/api/clusters").status == status


@pytest.mark.parametrize("path", ["clusters", "clusters/7", "/nobody", "/rate_limit_status"])
def test_head_answers_like_get_without_a_body(path: str) -> None:
    """Status and headers are those of GET, the length of its body among them; it costs a call like any other."""
    by_get, by_head = emulated().send("GET", path), emulated().send("HEAD", path)
    assert (by_head.status, by_head.body) == (by_get.status, b"")
    assert by_head.headers == {**by_get.headers, "Content-Length": str(len(by_get.body))}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_body_false_says_nothing_in_a_call_that_reads(method: str) -> None:
    """A client sends `false` where it has no body; in a call that writes that is no object."""
    headers = {"Authorization": basic(KEY), "Content-Type": "application/json"}
    assert emulated().send(method, "clusters", body=b"false", headers=headers).status == 200
    assert emulated().send("POST", "clusters", body=b"false", headers=headers).status == 400


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "application/*",
        "application/json",
        VENDOR,
        f"{VENDOR}; version=2",
        f"{VENDOR};version=2",
        f"{VENDOR}, version=2",
        f"{VENDOR} version=2",
        f'{VENDOR}; version="2"',
        f"text/html, {VENDOR}; version=2; q=0.8",
        f"{VENDOR.upper()}; VERSION=2",
    ],
)
def test_every_spelling_of_accept_gets_version_2(accept: str | None) -> None:
    """The version may stand behind a semicolon, a comma or a blank, or be missing."""
    response = get(accept=accept)
    assert (response.status, response.headers["Content-Type"]) == (200, f"{VENDOR}; version=2")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*", "version=2"])
def test_other_media_types_are_not_acceptable(accept: str) -> None:
    """Asking for something else than JSON is a 406."""
    assert get(accept=accept).status == 406


@pytest.mark.parametrize("version", ["1", "3", "beta"])
def test_another_version_is_not_acceptable(version: str) -> None:
    """A version other than 2 is a 406."""
    assert get(accept=f"{VENDOR}; version={version}").status == 406


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
        "text/json",
        VENDOR,
        f"{VENDOR}; version=2",
        f"{VENDOR}, version=2",
        f"{VENDOR} version=2",
    ],
)
def test_json_comes_under_many_names(content_type: str | None) -> None:
    """A JSON body is read under the plain, the vendor and no content type."""
    assert create(b'{"nodes": 3}', content_type).json()["nodes"] == 3


@pytest.mark.parametrize(
    "body",
    [
        b"cluster[nodes]=4&cluster[name]=a+b&cluster[terminate_on_idle]=1",
        b"cluster%5Bnodes%5D=4&cluster%5Bname%5D=a%20b&cluster%5Bterminate_on_idle%5D=true",
        b"nodes=4&name=a+b&terminate_on_idle=t",
    ],
)
def test_forms_are_read_like_json(body: bytes) -> None:
    """Form fields work with the envelope of version 1 and without."""
    created = create(body, "application/x-www-form-urlencoded").json()
    assert (created["nodes"], created["name"], created["terminate_on_idle"]) == (4, "a b", True)


def test_form_fields_nest() -> None:
    """Brackets make objects and lists."""
    body = (
        b"cluster[nodes]=2&cluster[bootstrap_actions][0][script_path]=a&cluster[bootstrap_actions][0][args][]=x"
        b"&cluster[bootstrap_actions][0][args][]=y"
    )
    created = create(body, "application/x-www-form-urlencoded").json()
    assert created["bootstrap_actions"] == [{"script_path": "a", "args": ["x", "y"]}]


@pytest.mark.parametrize("body", [b"cluster=1&cluster[nodes]=2", b"a[]=1&a[b]=2", b"a[b]=1&a[]=2"])
def test_form_fields_that_contradict_are_a_bad_request(body: bytes) -> None:
    """A parameter that is both a value and an object is a 400."""
    assert create(body, "application/x-www-form-urlencoded").status == 400


def test_parameters_of_a_post_may_stand_in_the_query() -> None:
    """Fields in the query of a POST count, the body comes before them."""
    created = create(b'{"name": "body"}', query="cluster%5Bnodes%5D=4&name=query").json()
    assert (created["nodes"], created["name"]) == (4, "body")


def test_a_wrapped_body_is_opened() -> None:
    """`{"cluster": {...}}` is understood like the bare fields."""
    assert create(b'{"cluster": {"nodes": 4}}').json()["nodes"] == 4


@pytest.mark.parametrize("body", [b"", b"  ", b"null", b"{}"])
def test_an_empty_body_is_no_parameters(body: bytes) -> None:
    """No body, null and an empty object say nothing, so the required field is missing."""
    assert create(body).json() == {"message": "nodes is required"}


@pytest.mark.parametrize(
    "body", [b"{", b'{"nodes": 2', b"nodes", b'{"nodes": NaN}', b"[" * 100_000, b"\xff\xfe", b"1" * 5000]
)
def test_bad_json_is_a_bad_request(body: bytes) -> None:
    """A body that does not parse is a 400 with a text."""
    response = create(body, "application/json")
    assert response.status == 400
    assert response.json()["message"].startswith("The request body is not")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"3", b"true"])
def test_json_that_is_no_object_is_a_bad_request(body: bytes) -> None:
    """Parameters are an object."""
    assert create(body).json() == {"message": "The request body must be a JSON object"}


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_other_content_types_are_unsupported(content_type: str) -> None:
    """A body of another type is a 415."""
    assert create(b"x", content_type).status == 415


def test_any_text_survives() -> None:
    """Emoji, control characters and lone surrogates come back as they were sent."""
    name = "\U0001f600 \x00 \ud800 ü"
    created = create(json.dumps({"nodes": 2, "name": name}).encode())
    assert created.json()["name"] == name


@pytest.mark.parametrize("path", ["/", "", "/nothing", "nothing", "clusters/x", "clusters/1/nothing", "clusters/{id}"])
def test_unknown_paths_are_not_found(path: str) -> None:
    """A path nobody knows is a 404 with the usual body."""
    response = emulated().get(path)
    assert (response.status, response.json()) == (404, {"message": "Item not found."})


@pytest.mark.parametrize("path", ["connections//test", "connections//7", "connections//7/test"])
def test_an_empty_part_of_a_path_is_not_found(path: str) -> None:
    """It is no type, and never an error of the server."""
    assert emulated().post(path, {"name": "a"}).status == 404


@pytest.mark.parametrize("path", ["clusters/²", f"clusters/{'9' * 5000}", "clusters/-1", "clusters/1.0"])
def test_ids_that_can_not_be_are_not_found(path: str) -> None:
    """An id that is no id is a 404, never an error of the server."""
    assert emulated().get(path).status == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "clusters", "GET, POST"),
        ("PUT", "jobs", "GET, POST"),
        ("POST", "clusters/1", "GET, PUT, DELETE"),
        ("DELETE", "/user", "GET"),
    ],
)
def test_wrong_methods_are_not_allowed(method: str, path: str, allowed: str) -> None:
    """A known path with another method is a 405 that names the right ones."""
    response = emulated().send(method, path)
    assert response.status == 405
    assert response.json()["message"].endswith(f"use {allowed}")


@pytest.mark.parametrize("area", ["clusters", "hooks", "jobs", "packages", "schedules"])
def test_search_says_that_it_is_not_there(area: str, schema_watch: SchemaWatch) -> None:
    """Searching is a 501 that says what to do instead, also where the description knows of no search."""
    schema_watch.look_away()
    response = emulated().get(f"{area}/search", q="x")
    assert response.status == 501
    assert "list the collection" in response.json()["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "packages/templates"),
        ("GET", "connections/metadata/bingads/7/accounts"),
        ("POST", "connections/s3/7/validate"),
        ("GET", "/accounts"),
        ("GET", "/regions/redshift"),
        ("PUT", "/user"),
    ],
)
def test_documented_calls_that_are_left_out_say_so(method: str, path: str) -> None:
    """A call the service documents and the emulator does not have is a 501, not a 404."""
    response = emulated().send(method, path)
    assert response.status == 501
    assert response.json()["message"].startswith(f"The emulator does not provide {method} ")


def test_a_slash_at_the_end_does_not_matter() -> None:
    """`clusters/` is `clusters`."""
    assert emulated().get("clusters/").status == 200


def test_every_origin_may_ask() -> None:
    """Answers allow any origin, and a preflight needs no key and costs nothing."""
    caller = emulated()
    response = caller.send("OPTIONS", "clusters", headers={})
    assert (response.status, response.body) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "DELETE" in response.headers["Access-Control-Allow-Methods"]
    assert caller.emulator.credits_used == 0


def test_every_answer_has_its_own_name() -> None:
    """`X-Request-Id` differs from answer to answer, errors included."""
    caller = emulated()
    ids = {caller.get(path).headers["X-Request-Id"] for path in ("clusters", "jobs", "nothing")}
    assert len(ids) == 3

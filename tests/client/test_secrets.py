"""The key shows nowhere: not in texts, printed forms, logs, addresses, tracebacks or pickles."""

import base64
import logging
import pickle
import traceback

import httpx
import pytest

from tests.support.faults.script import KEY, Script, client_on, cluster_reply, refusal
from tests.support.faults.sockets import RawServer, ServedConnection
from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.calls import LOGGERS
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.errors import XplentyError
from xplenty_pulumi.redact import scrub

IN_BASE64 = [base64.b64encode(b"x" * padding + f"{KEY}:".encode()).decode() for padding in range(3)]
SPELLINGS = [KEY, KEY.encode().hex(), *IN_BASE64]
TRACES = [KEY, KEY.encode().hex(), *(text[4:-4] for text in IN_BASE64)]
"""What betrays the key in a text: base64 without its ends, which depend on what stands beside the key."""


def leaks(text: str) -> list[str]:
    return [trace for trace in TRACES if trace in text]


def test_the_search_finds_leaks() -> None:
    """The search of this file finds the key in each spelling."""
    assert all(leaks(f"<{spelling}>") for spelling in SPELLINGS)


@pytest.mark.parametrize("status", [200, 301, 400, 401, 402, 403, 404, 409, 422, 429, 500, 503])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_service_that_echoes_the_key(status: int, spelling: str) -> None:
    """A key that the service sends back in its message or headers is masked, in the whole traceback."""
    echo = refusal(status, f"The key {spelling} is no good", **{"X-Request-Id": spelling})
    with client_on(Script(echo)) as client:
        for operation in (client.clusters.get, client.jobs.stop):
            with pytest.raises(XplentyError) as caught:
                operation(77)
            shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(vars(caught.value))
            assert not leaks(shown)


@pytest.mark.parametrize("room", range(0, 40, 3))
@pytest.mark.parametrize("secret", [KEY, 'line one\nline "two" of a secret'])
def test_a_secret_that_is_cut_stays_hidden(room: int, secret: str) -> None:
    """What is shortened here and searched for other secrets later shows at most two characters of one."""
    echo = refusal(422, f"{'x ' * (149 - room // 2)}{secret} is wrong", **{"X-Request-Id": f"{'x' * (99 - room)}{KEY}"})
    with client_on(Script(echo)) as client, pytest.raises(XplentyError) as caught:
        client.clusters.get(77)
    assert not [trace for trace in (KEY[:3], "lin") if trace in scrub(str(caught.value), [secret])]


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadError])
def test_network_error_that_quotes_the_key(error: type[httpx.RequestError]) -> None:
    """A key in the text of a foreign exception is masked, and the exception itself is left behind."""
    with client_on(Script(error(f"failed: Basic {KEY}"))) as client, pytest.raises(XplentyError) as caught:
        client.clusters.get(77)
    assert not leaks("".join(traceback.format_exception(caught.value)))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_no_local_variable_shows_it() -> None:
    """A traceback that prints the local variables of each frame does not show the key."""
    with client_on(Script(refusal(401))) as client:
        try:
            client.clusters.get(77)
        except XplentyError as error:
            told = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert not leaks("".join(told.format()).replace(__file__, ""))


def test_printed_forms() -> None:
    """No part of a client prints the key."""
    with client_on(Script(cluster_reply())) as client:
        printed = [repr(client), str(client)]
        parts = [
            client._transport,
            client._caller,
            client.clusters,
            client._caller._explainer,
        ]
        printed += [text for part in parts for text in (repr(part), str(part))]
        assert not leaks("".join(printed))
        assert repr(client) == "Client(account_id='acme', base_url='https://api.xplenty.com')"


def test_no_pickle() -> None:
    """A client is not written anywhere, so the key is not either."""
    with client_on(Script(cluster_reply())) as client, pytest.raises(TypeError):
        pickle.dumps(client)


def test_key_is_not_in_addresses() -> None:
    """No request carries the key in its address."""
    script = Script(cluster_reply())
    with client_on(script) as client:
        client.clusters.get(77)
        client.clusters.update(77, {"nodes": 2})
    assert not leaks(" ".join(str(request.url) for request in script.requests))


def test_logs_of_the_http_libraries(caplog: pytest.LogCaptureFixture) -> None:
    """What httpx and httpcore log at the finest level does not show the key, even where the service echoes it."""

    def echo(connection: ServedConnection) -> None:
        connection.read_request()
        body = b'{"id": 77, "status": "idle"}'
        head = f"HTTP/1.1 200 OK\r\nX-Echo: {KEY}\r\nX-Basic: {SPELLINGS[2]}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.send(head.encode() + body)

    with caplog.at_level(logging.DEBUG), RawServer(echo) as server:
        for name in LOGGERS:
            caplog.set_level(logging.DEBUG, logger=name)
        with Client(api_key=KEY, account_id="acme", base_url=server.url, clock=ManualClock()) as client:
            client.clusters.get(77)
    assert "X-Echo" in caplog.text
    assert "***" in caplog.text
    assert not leaks(caplog.text)


def test_logs_are_left_alone_afterwards() -> None:
    """A closed client leaves no filter behind, and neither does one that was dropped unclosed."""
    before = {name: list(logging.getLogger(name).filters) for name in LOGGERS}
    client = client_on(Script(cluster_reply()))
    assert all(len(logging.getLogger(name).filters) == len(before[name]) + 1 for name in LOGGERS)
    client.close()
    assert {name: logging.getLogger(name).filters for name in LOGGERS} == before
    client = client_on(Script(cluster_reply()))
    del client
    assert {name: logging.getLogger(name).filters for name in LOGGERS} == before


def test_long_and_odd_messages_are_tamed() -> None:
    """A message of the service is shown on one line, at most 300 characters of it, without control characters."""
    body = b'{"message": "first\\nsecond \\u001b[31mred \\ud800 ' + b"x" * 5000 + b'"}'
    with client_on(Script(httpx.Response(422, content=body))) as client, pytest.raises(XplentyError) as caught:
        client.clusters.create({"nodes": 2})
    text = str(caught.value)
    assert text.isprintable()
    assert "first second [31mred" in text
    assert len(text) < 500


def test_body_that_is_no_message_is_not_shown() -> None:
    """A raw body never becomes part of an error."""
    page = httpx.Response(400, content=b"<html>internal detail</html>")
    with client_on(Script(page)) as client, pytest.raises(XplentyError) as caught:
        client.clusters.get(77)
    assert "internal" not in str(caught.value)

"""Posting a report: where it may go, what counts as told, and what is said when it is not."""

import json

import httpx
import pytest

from xplenty_pulumi.cli.commands.drift.memory import TIMEOUT, Receiver
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.errors import ConfigError, XplentyError

URL = "https://chat.example/hooks/a-token?key=another-token"


def post(answer: httpx.Response | Exception) -> list[httpx.Request]:
    """Post a document to somebody who answers so, and return what he got."""
    seen = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    Receiver.at(URL).post({"class": "none"}, clock=ManualClock(), http=httpx.MockTransport(respond))
    return seen


@pytest.mark.parametrize("url", [URL, "http://127.0.0.1:8080/bell", "http://localhost", "https://chat.example:8443/"])
def test_https_and_this_machine_are_posted_to(url: str) -> None:
    """What is private on the way may be told."""
    assert url.startswith(str(Receiver.at(url).address))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "chat.example/hooks",
        "http://chat.example/",
        "ftp://chat.example/",
        "https://me:pass@chat.example/",
        "https://[",
    ],
)
def test_nothing_else_is_posted_to(url: str) -> None:
    """The refusal names the option and does not repeat the address, which may hold a token."""
    with pytest.raises(ConfigError) as refused:
        Receiver.at(url)
    assert refused.value.setting == "--hook"
    assert "pass" not in str(refused.value)
    assert "chat.example" not in str(refused.value)


@pytest.mark.parametrize(
    "answer", [httpx.Response(200, text="ok"), httpx.Response(204), httpx.Response(201, json={"id": 7})]
)
def test_any_success_counts(answer: httpx.Response) -> None:
    """Whatever its body; the document arrives whole, at the whole address, and without a key."""
    (request,) = post(answer)
    assert (str(request.url), json.loads(request.content)) == (URL, {"class": "none"})
    assert "Authorization" not in request.headers
    assert request.extensions["timeout"]["read"] == TIMEOUT


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(302, headers={"Location": "https://elsewhere.example/"}), "it was answered with 302"),
        (httpx.Response(404), "it was answered with 404"),
        (httpx.Response(500, text="oops"), "it was answered with 500"),
        (httpx.ConnectError(f"no route to {URL}"), "no connection"),
        (httpx.ReadTimeout("late"), "no answer in time"),
    ],
)
def test_anything_else_is_a_failure_without_the_token(answer: httpx.Response | Exception, words: str) -> None:
    """It says whom it could not tell and why, and no more of the address than the host."""
    with pytest.raises(XplentyError) as failed:
        post(answer)
    assert f"chat.example: the report could not be posted: {words}" in str(failed.value)
    assert "token" not in str(failed.value)
    assert "token" not in repr(Receiver.at(URL))

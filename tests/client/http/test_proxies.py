"""Which way a request goes: through the environment's proxy, but never for this machine."""

import base64

import pytest

from tests.support.faults.sockets import RawServer, ServedConnection
from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.address import Proxy, parse_address, proxy_for
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.errors import ConfigError, NotSentError

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, "https://api.xplenty.com", None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "https://api.xplenty.com", Proxy("http://proxy:3128")),
        ({"https_proxy": "proxy:3128"}, "https://api.xplenty.com", Proxy("http://proxy:3128")),
        ({"ALL_PROXY": "https://proxy"}, "https://api.xplenty.com", Proxy("https://proxy")),
        ({"HTTP_PROXY": "http://proxy:3128"}, "https://api.xplenty.com", None),
        ({"HTTPS_PROXY": "http://[::1]:3128"}, "https://api.xplenty.com", Proxy("http://[::1]:3128")),
        (
            {"HTTPS_PROXY": "http://us%40er:p%3Aw@proxy:3128"},
            "https://api.xplenty.com",
            Proxy("http://proxy:3128", ("us@er", "p:w")),
        ),
        ({"HTTPS_PROXY": "http://proxy", "NO_PROXY": "xplenty.com"}, "https://api.xplenty.com", None),
        ({"HTTPS_PROXY": "http://proxy", "NO_PROXY": "*"}, "https://api.xplenty.com", None),
        ({"HTTP_PROXY": "http://proxy"}, "http://127.0.0.1:8000", None),
        ({"HTTP_PROXY": "http://proxy"}, "http://localhost:8000", None),
        ({"HTTPS_PROXY": "http://proxy"}, "https://[::1]:8000", None),
    ],
)
def test_choice(environment: dict[str, str], url: str, proxy: Proxy | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment chooses the proxy and its exceptions; this machine is always one."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(parse_address(url)) == proxy


@pytest.mark.parametrize("value", ["socks5://proxy:1080", "http://", "http://[::1", "http://proxy:port"])
def test_unusable_proxy(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that does not speak HTTP is an error that names the variable, and not silently left out."""
    monkeypatch.setenv("HTTPS_PROXY", value)
    with pytest.raises(ConfigError, match="HTTPS_PROXY") as caught:
        Client(api_key="a-key", account_id="acme")
    assert caught.value.setting == "HTTPS_PROXY"


def test_password_of_the_proxy_is_not_shown() -> None:
    """The printed form of a proxy holds no password."""
    assert "hunter2" not in repr(Proxy("http://proxy", ("user", "hunter2")))


def test_request_goes_to_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request to another machine asks the proxy for a tunnel, with its login and without the API key."""
    request = _refused_by_a_proxy(monkeypatch, status="403 Forbidden")[0]
    assert request.startswith(b"CONNECT api.xplenty.com:443 HTTP/1.1\r\n")
    assert base64.b64encode(b"user:word") in request
    assert base64.b64encode(b"a-key-for-tests:") not in request


def test_refused_tunnel_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the proxy opens no tunnel nothing was created, and the advice names the proxy's variable."""
    requests = _refused_by_a_proxy(monkeypatch, status="407 Proxy Authentication Required")
    assert {request.split(b" ", 1)[0] for request in requests} == {b"CONNECT"}


def _refused_by_a_proxy(monkeypatch: pytest.MonkeyPatch, *, status: str) -> list[bytes]:
    """Create a cluster through a proxy that answers with `status`; return what the proxy has read."""
    seen: list[bytes] = []

    def refuse(connection: ServedConnection) -> None:
        seen.append(connection.read_request())
        connection.send(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

    with RawServer(refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:word@127.0.0.1:{proxy.port}")
        client = Client(api_key="a-key-for-tests", account_id="acme", clock=ManualClock())
        with client, pytest.raises(NotSentError, match=rf"the proxy refused \({status}\).*HTTPS_PROXY"):
            client.clusters.create({"nodes": 2})
    return seen


def test_this_machine_is_reached_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a proxy in the environment a local service is still reached without it."""
    seen: list[bytes] = []

    def answer(connection: ServedConnection) -> None:
        seen.append(connection.read_request())
        connection.send(b'HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n{"id": 7, "status": "up"} ')

    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with (
        RawServer(answer) as server,
        Client(api_key="a-key", account_id="acme", base_url=server.url, clock=ManualClock()) as client,
    ):
        assert client.clusters.get(7).status == "up"
    assert seen[0].startswith(b"GET /acme/api/clusters/7 HTTP/1.1\r\n")

"""The account on a real socket."""

import base64
import http.client
import json
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.accounts.clients import client_of
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Emulator, LoggedCall
from xplenty_pulumi.errors import ConfigError


def call(account: Emulator, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Send one call over a new connection."""
    key = base64.b64encode(f"{account.api_key}:".encode()).decode()
    request = urllib.request.Request(
        f"{account.url}/{account.account_id}/api/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Basic {key}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            content = response.read()
            return response.status, json.loads(content) if content else None
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("jobs/9002", "xplenty-pulumi status job 9002"),
        ("clusters/501", "xplenty-pulumi status cluster 501"),
        ("packages/103", "xplenty-pulumi packages"),
        ("schedules/301", "xplenty-pulumi status schedules"),
    ],
)
def test_a_page_for_people_names_the_command(path: str, command: str) -> None:
    """Who follows the link of a failed run in a browser, without a key, reads where to look."""
    with Emulator() as account:
        with urllib.request.urlopen(f"{account.url}/{account.account_id}/{path}", timeout=10) as response:
            text = response.read().decode()
        with pytest.raises(urllib.error.HTTPError), urllib.request.urlopen(f"{account.url}/other/{path}", timeout=10):
            pass
    assert text == f"This account is emulated and has no pages. `{command}` shows what would be here.\n"


def test_an_answer_tells_the_time_of_the_account_and_that_of_the_machine() -> None:
    """They differ where the time of the account is moved or scaled."""
    with Emulator(clock=ManualClock(datetime(2126, 1, 1, tzinfo=UTC))) as account, client_of(account) as client:
        tuple(client.clusters.list())
        ahead = (client.account_time - datetime.now(UTC)).days
        assert client.clock_ahead is not None
    assert ahead > 0
    assert abs(client.clock_ahead) < 60 * 60


def test_a_cluster_lives_over_the_wire() -> None:
    """Create, wait, resize, run and terminate work over HTTP as they do in process."""
    clock = ManualClock()
    with Emulator(clock=clock) as account:
        status, cluster = call(account, "POST", "clusters", {"nodes": 2})
        assert (status, cluster["status"]) == (201, "pending")
        clock.advance(200)
        path = f"clusters/{cluster['id']}"
        assert call(account, "GET", path)[1]["status"] == "available"
        assert call(account, "PUT", path, {"nodes": 3})[1]["status"] == "scaling"
        assert call(account, "DELETE", f"{path}/watchers") == (204, None)
        assert call(account, "GET", "clusters/7") == (404, {"message": "Item not found."})
        assert call(account, "GET", "jobs?status=x&limit=1")[0] == 422
        assert cluster["url"] == f"{account.url}/{account.account_id}/api/{path}"


def spoken(account: Emulator, head: str) -> bytes:
    """Send this request line with the key, and return all that is answered."""
    key = base64.b64encode(f"{account.api_key}:".encode()).decode()
    place = urlsplit(account.url)
    with socket.create_connection((str(place.hostname), place.port or 0), timeout=10) as line:
        headers = f"Host: {place.netloc}\r\nAuthorization: Basic {key}\r\nConnection: close\r\n\r\n"
        line.sendall(f"{head} HTTP/1.1\r\n{headers}".encode())
        return b"".join(iter(lambda: line.recv(65_536), b""))


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
def test_a_target_in_absolute_form_is_found(scheme: str) -> None:
    """A client that takes the service for a proxy names it in the request line, and is answered the same."""
    with Emulator() as account:
        target = f"{scheme}://{urlsplit(account.url).netloc}/{account.account_id}/api/packages?limit=1"
        status, _, rest = spoken(account, f"GET {target}").partition(b"\r\n")
        assert status == b"HTTP/1.1 200 OK"
        assert len(json.loads(rest.partition(b"\r\n\r\n")[2])) == 1
        assert account.calls()[0].path == f"/{account.account_id}/api/packages"


def test_head_sends_the_length_and_no_body() -> None:
    """What comes is the headers of GET and nothing behind them, as `curl -I` shows it."""
    with Emulator() as account:
        path = f"/{account.account_id}/api/packages"
        head, _, body = spoken(account, f"HEAD {path}").partition(b"\r\n\r\n")
        whole = spoken(account, f"GET {path}").partition(b"\r\n\r\n")[2]
        assert head.startswith(b"HTTP/1.1 200 OK")
        assert f"content-length: {len(whole)}".encode() in head.lower()
        assert body == b""


def test_real_time_can_be_scaled() -> None:
    """With a large time scale a cluster is available at once, on the real clock."""
    with Emulator(time_scale=100_000) as account:
        number = call(account, "POST", "clusters", {"nodes": 2})[1]["id"]
        while call(account, "GET", f"clusters/{number}")[1]["status"] in ("pending", "creating"):
            pass
        assert account.cluster(number).available_since is not None


def test_it_listens_on_this_machine_only() -> None:
    """The address is a loopback one."""
    with Emulator() as account:
        assert urlsplit(account.url).hostname == "127.0.0.1"


def test_stopping_leaves_no_thread_and_no_socket() -> None:
    """After the block the thread has ended and the port is free again; stopping twice is fine."""
    threads = set(threading.enumerate())
    with Emulator() as account:
        port = int(urlsplit(account.url).port or 0)
        call(account, "GET", "clusters")
    account.stop()
    assert set(threading.enumerate()) <= threads
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=5):
        pass


def test_stopping_does_not_wait_for_silent_clients() -> None:
    """A connection that is kept open does not hold up the end."""
    with Emulator() as account:
        waiting = http.client.HTTPConnection("127.0.0.1", int(urlsplit(account.url).port or 0), timeout=10)
        waiting.request("GET", "/rate_limit_status")
        assert waiting.getresponse().read()
    waiting.close()


def test_a_client_that_leaves_early_harms_nobody() -> None:
    """A request whose body never arrives is dropped, and the next one is answered."""
    with Emulator() as account:
        port = int(urlsplit(account.url).port or 0)
        with socket.create_connection(("127.0.0.1", port), timeout=5) as gone:
            gone.sendall(b"POST /x/api/clusters HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert call(account, "GET", "clusters") == (200, [])


def test_several_accounts_stand_side_by_side() -> None:
    """Two emulators have their own ports, keys and records."""
    with Emulator() as one, Emulator() as two:
        call(one, "POST", "clusters", {"nodes": 2})
        assert one.api_key != two.api_key
        assert (len(one.clusters()), len(two.clusters())) == (1, 0)


def test_a_port_in_use_is_told_by_name() -> None:
    """A port that somebody else has is a ConfigError that names it."""
    with Emulator() as account:
        port = int(urlsplit(account.url).port or 0)
        with pytest.raises(ConfigError, match=f"port {port} on 127.0.0.1 cannot be used"), Emulator(port=port):
            pass


def test_somebody_can_listen_to_the_calls() -> None:
    """`on_call` is told of each call with the time it took."""
    heard: list[tuple[LoggedCall, float]] = []
    with Emulator(on_call=lambda logged, took: heard.append((logged, took))) as account:
        call(account, "GET", "clusters?status=all")
    ((logged, took),) = heard
    assert logged == LoggedCall("GET", f"/{account.account_id}/api/clusters", 200)
    assert 0 < took < 10


def test_importing_loads_no_web_stack() -> None:
    """The package, the account and its backstage load neither the web stack nor pydantic, Pulumi or httpx."""
    code = (
        "import sys, xplenty_pulumi.emulator as e; e.Emulator(); e.Account(); "
        "print([m for m in ('starlette', 'uvicorn', 'pydantic', 'httpx', 'pulumi', 'typer') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_the_extra_serving_names_it() -> None:
    """Where Starlette or uvicorn is missing, serving says what to install, and `handle` still works."""
    code = (
        "import sys; sys.modules['uvicorn'] = None\n"
        "from xplenty_pulumi.emulator import Emulator, Request\n"
        "account = Emulator()\n"
        "print(account.account.handle(Request('GET', '/nothing')).status)\n"
        "try:\n    account.start()\nexcept ImportError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "404",
        'serving the emulator needs Starlette and uvicorn: pip install "xplenty-pulumi[emulator]"',
    ]


def test_every_public_name_can_be_had() -> None:
    """Each name of `__all__` is there, and others are not."""
    import xplenty_pulumi.emulator as package

    assert all(getattr(package, name) for name in package.__all__)
    assert set(package.__all__) <= set(dir(package))
    assert not hasattr(package, "nothing")

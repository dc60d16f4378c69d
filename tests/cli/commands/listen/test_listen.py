"""`xplenty-pulumi listen` as a process of its own, written to by an emulated account and by strangers."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.accounts.caller import AccountCaller, emulated
from xplenty_pulumi.cli.commands.listen.queue import MOST_WAITING
from xplenty_pulumi.cli.commands.listen.requests import signature_of
from xplenty_pulumi.cli.commands.listen.server import MOST_AT_ONCE
from xplenty_pulumi.emulator import EmulatedHook
from xplenty_pulumi.redact import Secret

pytestmark = pytest.mark.slow

SALT = "5a17" * 16
SHOW = "import os, sys; print(os.environ['XPLENTY_EVENT'], os.environ['XPLENTY_EVENT_ID'], len(sys.stdin.read()) > 99)"


@dataclass
class Listener:
    """A listening process."""

    process: "subprocess.Popen[str]"
    url: str

    def line(self) -> str:
        """Return its next line."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def complaint(self) -> str:
        """Return its next complaint."""
        assert self.process.stderr is not None
        return self.process.stderr.readline().rstrip("\n")

    def stop(self, name: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        """Send a signal and return the exit code and what else was printed."""
        self.process.send_signal(name)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err

    def send(
        self, event: str = "job.failed", *, salt: str = SALT, method: str = "POST", path: str = "/", job: int = 9001
    ) -> int:
        """Send a signed request of hook 5, and return the status that it is answered with."""
        url = f"{self.url}{path}"
        headers = {"X-Hook-Signature": signature_of("5", event, url, Secret(salt))}
        body = {"id": job, "status": "failed", "more": "x" * 100}
        return status_of(urllib.request.Request(url, json.dumps(body).encode(), headers, method=method))


def status_of(request: urllib.request.Request) -> int:
    """Return the status that a request is answered with."""
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment without settings of ours."""
    own = {name: text for name, text in os.environ.items() if not name.startswith("XPLENTY")}
    return {**own, "PYTHONUNBUFFERED": "1", **extra}


def command(*arguments: str) -> list[str]:
    """Return the command line."""
    return [sys.executable, "-m", "xplenty_pulumi.cli", "listen", *arguments]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which listeners of the test keep their events."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "xplenty-pulumi"


@contextmanager
def listening(*arguments: str, salt: str = SALT) -> Iterator[Listener]:
    """Listen on a free port until the block ends."""
    process = subprocess.Popen(
        command("--port", "0", *arguments),
        env=environment({"XPLENTY_HOOK_SALT": salt if " " in salt else f"5 {salt}"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        words = process.stdout.readline().split()
        assert words[:2] == ["listening", "on"], words
        yield Listener(process, words[2])
    finally:
        process.terminate()  # not killed, so that it ends its command
        process.communicate(timeout=30)


def refused_start(*arguments: str, **extra: str) -> str:
    """Return the one line of a start that fails."""
    done = subprocess.run(
        command(*arguments), env=environment(extra), capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    return done.stderr


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def web_hook(caller: AccountCaller, url: str) -> EmulatedHook:
    """Make a web hook of all events of jobs at this address."""
    caller.post("hooks", {"type": "web", "settings": {"url": url}, "events": ["job"]})
    return caller.emulator.hooks()[0]


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the system does not keep the port")
def test_listener_can_be_started_again_at_once() -> None:
    """Connections that its predecessor has closed do not keep the port for a minute."""
    with listening() as first:
        address = ("127.0.0.1", int(first.url.rpartition(":")[2]))
        with socket.create_connection(address, timeout=10) as asking:
            asking.sendall(b"POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n")
            while asking.recv(1_024):
                """The listener is the one who closes."""
    with listening("--port", str(address[1])) as second:
        assert second.url == first.url


def test_the_documented_form_is_verified_as_documented() -> None:
    """The body is the API's answer for the job and names no hook: the hook's id and salt are enough to believe it."""
    caller, port = emulated(), free_port()
    hook = web_hook(caller, f"http://127.0.0.1:{port}/etl")
    job = caller.new_job(caller.new_cluster(), 103)
    with listening("--port", str(port), "--hook-id", str(hook.id), salt=f" {hook.salt}") as listener:
        caller.clock.advance(100)
        told = caller.emulator.deliver()
        assert [one.status for one in told] == [200] * 3
        assert json.loads(told[2].body) == caller.job(job)
        assert b"hook_id" not in told[2].body
        lines = [listener.line() for _ in range(3)]
    assert lines[2] == f"job.failed job {job} failed (hook {hook.id})"


def test_each_known_hook_is_tried(tmp_path: Path) -> None:
    """Of several hooks the signature says which one has written; the salt of one is no proof of another."""
    caller, port = emulated(), free_port()
    url = f"http://127.0.0.1:{port}/etl"
    for _ in range(2):
        web_hook(caller, url)
    first, second = caller.emulator.hooks()
    (tmp_path / "salts").write_text(f"{first.id} {first.salt}\n{second.id}  {second.salt}\n")
    with listening("--port", str(port), "--salt-file", str(tmp_path / "salts")) as listener:
        for hook in (second, first):
            caller.get(f"hooks/{hook.id}/ping")
        assert [one.status for one in caller.emulator.deliver()] == [200, 200]
        assert [listener.line(), listener.line()] == [f"ping (hook {second.id})", f"ping (hook {first.id})"]
    (tmp_path / "salts").write_text(f"{first.id} {second.salt}\n")
    with listening("--port", str(port), "--salt-file", str(tmp_path / "salts")) as listener:
        caller.get(f"hooks/{second.id}/ping")
        assert [one.status for one in caller.emulator.deliver()][-1] == 401


@pytest.mark.parametrize("body", ["event", "resource", "none"])
def test_events_of_an_account_are_verified_and_printed(body: str, tmp_path: Path) -> None:
    """Each delivery is believed and told in a line, whatever its body holds."""
    caller, port = emulated(hook_body=body), free_port()
    hook = web_hook(caller, f"http://127.0.0.1:{port}/bell?of=harbour")
    (tmp_path / "salt").write_text(f"4 {SALT}\n{hook.salt}\n")
    with listening("--port", str(port), "--salt-file", str(tmp_path / "salt"), "--hook-id", str(hook.id)) as listener:
        job = caller.new_job(caller.new_cluster(), 103)
        caller.clock.advance(100)
        caller.get(f"hooks/{hook.id}/ping")
        results = [(delivery.result, delivery.status) for delivery in caller.emulator.deliver()]
        lines = [listener.line() for _ in range(4)]
    assert results == [("delivered", 200)] * 4
    about = [f" job {job} {status}" if body != "none" else "" for status in ("idle", "running", "failed")]
    assert lines == [
        f"job.submitted{about[0]} (hook {hook.id})",
        f"job.started{about[1]} (hook {hook.id})",
        f"job.failed{about[2]} (hook {hook.id})",
        f"ping (hook {hook.id})",
    ]


def test_a_wrong_signature_is_refused_with_one_line() -> None:
    """A request signed with another salt is answered 401 and told in one line; nothing of it is shown."""
    with listening() as listener:
        assert listener.send(salt="another salt", path="/tkn-4711") == 401
        assert listener.complaint() == "refused a request from 127.0.0.1: its signature is wrong (401)"
        assert status_of(urllib.request.Request(listener.url, b"{}", method="POST")) == 401
        assert listener.send() == 200
        assert listener.line() == "job.failed job 9001 failed (hook 5)"
        code, out, err = listener.stop()
    assert (code, out, err.count("\n")) == (0, "", 1)


def test_the_event_is_the_one_that_is_signed() -> None:
    """A body that names another event than was signed is not believed."""
    with listening() as listener:
        headers = {"X-Hook-Signature": signature_of("5", "job.failed", f"{listener.url}/", Secret(SALT))}
        body = json.dumps({"event": "job.completed", "hook_id": 5}).encode()
        assert status_of(urllib.request.Request(f"{listener.url}/", body, headers)) == 401


def test_a_hook_behind_a_proxy_is_believed_by_its_address() -> None:
    """With --url the signature is for the address that the service knows, not for the one that was asked."""
    with listening("--url", "https://bells.example.test/etl") as listener:
        assert listener.send() == 401
        headers = {"X-Hook-Signature": signature_of("5", "ping", "https://bells.example.test/etl", Secret(SALT))}
        body = json.dumps({"event": "ping", "hook_id": 5}).encode()
        assert status_of(urllib.request.Request(listener.url, body, headers, method="PUT")) == 200


def test_a_command_gets_the_event_and_the_body() -> None:
    """The command runs once per event, with the event in its environment and the body on standard input."""
    with listening("--exec", f'{sys.executable} -c "{SHOW}"') as listener:
        for event in ("job.failed", "job.stopped"):
            assert listener.send(event) == 200
        assert [listener.line(), listener.line()] == ["job.failed 9001 True", "job.stopped 9001 True"]
        assert listener.stop() == (0, "", "")


def test_no_shell_reads_the_command() -> None:
    """What a shell would do something with is passed on as it is; the salt is not passed on at all."""
    show = "import os, sys; print(sys.argv[1:], os.environ.get('XPLENTY_HOOK_SALT'))"
    with listening("--exec", f'{sys.executable} -c "{show}" "$HOME; echo" `id` >x') as listener:
        listener.send()
        assert listener.line() == "['$HOME; echo', '`id`', '>x'] None"


def test_a_command_that_fails_is_told_in_a_line() -> None:
    """Its exit code is told, and the next event is taken all the same."""
    with listening("--exec", f'{sys.executable} -c "raise SystemExit(3)"') as listener:
        for _ in range(2):
            assert listener.send() == 200
            assert listener.complaint() == "job.failed job 9001 failed (hook 5): the command ended with exit code 3"


def test_a_command_that_takes_too_long_is_ended() -> None:
    """So is all that it has started, and the line says after what time."""
    hang = "import subprocess, sys, threading; threading.Event().wait()"
    with listening("--timeout", "0.5", "--exec", f'{sys.executable} -c "{hang}"') as listener:
        listener.send()
        assert listener.complaint() == "job.failed job 9001 failed (hook 5): the command was ended after 0.5 seconds"


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly_with_a_command_under_way(name: signal.Signals) -> None:
    """Ctrl-C ends the command as well, at once, and one line says that its event is kept."""
    wait = "import threading; print('begun', flush=True); threading.Event().wait()"
    with listening("--exec", f'{sys.executable} -c "{wait}"') as listener:
        listener.send()
        assert listener.line() == "begun"
        code, out, err = listener.stop(name)
    assert (code, out, err.count("\n"), err.startswith("left for the next start in ")) == (0, "", 1, True)


def test_a_stubborn_command_does_not_keep_it() -> None:
    """A command that does not end when it is asked to is killed, and the listener ends quietly all the same."""
    ignore = "import signal, threading; signal.signal(15, signal.SIG_IGN)"
    with listening(
        "--exec", f"{sys.executable} -c \"{ignore}; print('begun', flush=True); threading.Event().wait()\""
    ) as listener:
        listener.send()
        assert listener.line() == "begun"
        code, out, err = listener.stop()
    assert (code, out, err.count("\n"), err.startswith("left for the next start in ")) == (0, "", 1, True)


@pytest.mark.parametrize(
    ("head", "status", "line"),
    [
        ("Transfer-Encoding: chunked", 411, "it does not say its length, as a chunked one (411)"),
        ("Content-Length: 1048577", 413, "it has more than 1,048,576 bytes (413)"),
        ("Content-Length: -1", 400, "it is none that a hook sends (400)"),
        ("Content-Length: 2\r\nContent-Encoding: gzip", 415, "its body is compressed (415)"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_line(head: str, status: int, line: str) -> None:
    """It is answered in short, nothing is read for it, and the next request is answered as ever."""
    with listening() as listener:
        assert _answered(listener, f"POST / HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n") == status
        assert listener.complaint() == f"refused a request from 127.0.0.1: {line}"
        assert listener.send() == 200


def test_what_is_no_request_of_a_hook_is_refused_with_a_line() -> None:
    """Neither another method nor a body that ends too early stays unsaid."""
    with listening() as listener:
        assert _answered(listener, "GET / HTTP/1.1\r\nHost: x\r\n\r\n") == 501
        assert listener.complaint() == "refused a request from 127.0.0.1: it is none that a hook sends (501)"
        assert _answered(listener, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nshort") == 0
        assert listener.complaint() == "refused a request from 127.0.0.1: it has broken off"


def test_request_beside_as_many_others_as_can_wait_is_taken() -> None:
    """The events of a burst come over connections of their own, at the same moment."""
    with listening() as listener, ExitStack() as opened:
        address = ("127.0.0.1", int(listener.url.rpartition(":")[2]))
        for _ in range(MOST_WAITING - 1):
            opened.enter_context(socket.create_connection(address, timeout=20))
        assert listener.send() == 200


def test_request_beside_too_many_others_is_refused_with_a_line() -> None:
    """Whoever holds the places keeps a hook out, which is said."""
    with listening() as listener, ExitStack() as opened:
        address = ("127.0.0.1", int(listener.url.rpartition(":")[2]))
        for _ in range(MOST_AT_ONCE + 1):
            opened.enter_context(socket.create_connection(address, timeout=20))
        assert listener.complaint() == f"refused a request from 127.0.0.1: {MOST_AT_ONCE} others are under way"


def _answered(listener: Listener, words: str) -> int:
    """Send these words and nothing more, and return the status that they are answered with, or 0."""
    with socket.create_connection(("127.0.0.1", int(listener.url.rpartition(":")[2])), timeout=20) as stranger:
        stranger.sendall(words.encode())
        stranger.shutdown(socket.SHUT_WR)
        return int([*stranger.recv(1000).split(b" "), b"0", b"0"][1])


def test_strangers_can_not_forge_a_line() -> None:
    """Whatever a signed body holds, a line is made of numbers and small words only."""
    with listening() as listener:
        headers = {"X-Hook-Signature": signature_of("5", "job.failed", f"{listener.url}/", Secret(SALT))}
        job = {"id": "1\nping (hook 9)", "status": "\x1b[2Jcompleted"}
        body = json.dumps(job).encode()
        assert status_of(urllib.request.Request(f"{listener.url}/", body, headers)) == 200
        assert listener.line() == "job.failed (hook 5)"


def test_too_many_waiting_events_are_refused() -> None:
    """While a command hangs, a hundred events wait; what comes then is answered 503 and can be sent again."""
    wait = "import threading; print('begun', flush=True); threading.Event().wait()"
    with listening("--exec", f'{sys.executable} -c "{wait}"') as listener:
        listener.send()
        assert listener.line() == "begun"
        assert [listener.send() for _ in range(101)] == [200] * 100 + [503]
        assert listener.complaint().startswith("no room for job.failed job 9001")


def test_it_does_not_start_without_what_it_needs(tmp_path: Path) -> None:
    """No salt, none with an id, no such file, no such command, a port in use: one line each, and exit code 2."""
    assert "there are 0 salts" in refused_start("--port", "0")
    assert "cannot be read" in refused_start("--port", "0", "--salt-file", str(tmp_path / "none"))
    assert "without the id of its hook" in refused_start("--port", "0", XPLENTY_HOOK_SALT=SALT)
    salted = {"XPLENTY_HOOK_SALT": f"5 {SALT}"}
    assert "no such command" in refused_start("--port", "0", "--exec", "no-such-command-here", **salted)
    assert "cannot be split" in refused_start("--port", "0", "--exec", "'", **salted)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"cannot listen on 127.0.0.1 port {port}" in refused_start("--port", port, **salted)

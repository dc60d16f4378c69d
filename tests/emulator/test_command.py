"""`xplenty-pulumi emulator` as a process of its own."""

import base64
import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from xplenty_pulumi._version import __version__

pytestmark = pytest.mark.slow

KEY = "canary-key-0123456789"


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-c", "from xplenty_pulumi.cli import main; main()", *map(str, arguments)]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=60, check=False)


@dataclass
class Running:
    """An emulator process, and what it said when it began."""

    process: subprocess.Popen[str]
    url: str
    account_id: str
    api_key: str

    def call(self, path: str, *, body: bytes | None = None) -> int:
        user = base64.b64encode(f"{self.api_key}:".encode()).decode()
        headers = {"Authorization": f"Basic {user}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)

    def read(self, path: str) -> Any:
        user = base64.b64encode(f"{self.api_key}:".encode()).decode()
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Basic {user}"})
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def stop(self, name: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Send a signal and return exit code, rest of stdout, and stderr."""
        self.process.send_signal(name)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@contextmanager
def running(*arguments: str | Path) -> Iterator[Running]:
    process = subprocess.Popen(
        command("emulator", "--json", *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        facts = json.loads(process.stdout.readline())
        assert set(facts) == {"url", "account_id", "api_key"}
        yield Running(process, **facts)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def seed_file(tmp_path: Path) -> Path:
    path = tmp_path / "seed.json"
    path.write_text(json.dumps({"account_id": "acme", "api_key": KEY, "knobs": {"max_nodes": 3}}))
    return path


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_says_one_json_line_serves_and_stops_cleanly(name: signal.Signals) -> None:
    """The first line is all that stdout ever gets; both signals end it with exit code 0."""
    with running() as emulator:
        assert emulator.url.startswith("http://127.0.0.1:")
        assert emulator.call(f"/{emulator.account_id}/api/clusters") == 200
        code, out, _ = emulator.stop(name)
    assert (code, out) == (0, "")


def test_the_log_has_one_line_per_call_and_no_secret(seed_file: Path) -> None:
    """Stderr names method, path, status and milliseconds; neither the key nor a query value is in it."""
    with running("--seed-file", seed_file) as emulator:
        emulator.call("/acme/api/clusters?status=all&since=2026-01-01")
        emulator.call("/acme/api/clusters", body=b'{"nodes": 2, "name": "private-name"}')
        with pytest.raises(urllib.request.HTTPError):
            emulator.call(f"/{KEY}/api/clusters")
        _, _, err = emulator.stop()
    lines = err.splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["GET", "/acme/api/clusters", "200"],
        ["POST", "/acme/api/clusters", "201"],
        ["GET", "/***/api/clusters", "401"],
    ]
    assert all(line.endswith(" ms") for line in lines)
    assert not any(word in err for word in (KEY, base64.b64encode(KEY.encode()).decode(), "2026", "private-name"))


def test_a_path_can_not_forge_a_line_of_the_log() -> None:
    """A line break in a path stays inside the line of its call."""
    with running() as emulator:
        with pytest.raises(urllib.request.HTTPError):
            emulator.call("/x%0AGET%20/forged%20200")
        _, _, err = emulator.stop()
    assert err.startswith("GET /x%0AGET%20/forged%20200 404 ")
    assert err.count("\n") == 1


def test_a_closed_log_does_not_stop_the_answers() -> None:
    """Calls are answered even when nobody holds the other end of stderr any more."""
    with running() as emulator:
        assert emulator.process.stderr is not None
        emulator.process.stderr.close()
        emulator.process.stderr = None
        for _ in range(3):
            assert emulator.call(f"/{emulator.account_id}/api/clusters") == 200
        assert emulator.stop()[0] == 0


def test_a_seed_file_sets_account_and_knobs(seed_file: Path) -> None:
    """Name and key come from the file, and so do the knobs."""
    with running("--seed-file", seed_file) as emulator:
        assert (emulator.account_id, emulator.api_key) == ("acme", KEY)
        with pytest.raises(urllib.request.HTTPError, match="422"):
            emulator.call("/acme/api/clusters", body=b'{"nodes": 4}')


def test_a_state_file_keeps_the_account(tmp_path: Path) -> None:
    """After a restart account, key and records are the same, even after a kill."""
    state = tmp_path / "account.db"
    with running("--state", state, "--time-scale", "60") as first:
        first.call(f"/{first.account_id}/api/clusters", body=b'{"nodes": 2}')
        first.process.kill()
        first.process.wait()
    with running("--state", state) as second:
        assert (second.account_id, second.api_key) == (first.account_id, first.api_key)
        assert second.call(f"/{second.account_id}/api/clusters/501") == 200
        assert second.stop()[0] == 0


def test_without_json_it_prints_three_lines_for_people() -> None:
    """Each fact has a line of its own."""
    process = subprocess.Popen(command("emulator"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    names = [process.stdout.readline().partition(":")[0] for _ in range(3)]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert (names, process.returncode) == (["url", "account_id", "api_key"], 0)


def test_a_wrong_seed_file_is_told_in_one_paragraph(tmp_path: Path) -> None:
    """The field is named, nothing is on stdout, no traceback, exit code 2."""
    path = tmp_path / "seed.json"
    path.write_text('{"packages": [{"id": 1}]}')
    done = run("emulator", "--seed-file", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "packages.0.name: Field required" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_wrong_state_file_is_told_in_one_paragraph(tmp_path: Path) -> None:
    """So is a state file that is something else."""
    path = tmp_path / "notes"
    path.write_text("notes " * 1000)
    done = run("emulator", "--state", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "file is not a database" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_in_use_is_told_in_one_paragraph() -> None:
    """So is a port that somebody else has."""
    with running() as emulator:
        port = emulator.url.rpartition(":")[2]
        done = run("emulator", "--port", port)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"port {port} on 127.0.0.1 cannot be used" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("scale", ["0", "-1", "x", "nan", "inf", "1e9"])
def test_a_time_scale_must_be_a_positive_number(scale: str) -> None:
    """Any other time scale is told in one message, without a traceback."""
    done = run("emulator", "--time-scale", scale)
    assert done.returncode == 2
    assert "time" in done.stderr
    assert "scale" in done.stderr
    assert "Traceback" not in done.stderr


def test_with_a_step_time_passes_by_looks() -> None:
    """A cluster is available as soon as it has been looked at often enough."""
    with running("--step", "90") as emulator:
        path = f"/{emulator.account_id}/api/clusters"
        emulator.call(path, body=b'{"nodes": 2}')
        seen = [emulator.read(f"{path}/501")["status"] for _ in range(4)]
        assert seen == ["pending", "creating", "available", "available"]


@pytest.mark.parametrize("arguments", [("--step", "-1"), ("--step", "30", "--time-scale", "60")])
def test_a_wrong_step_is_told_in_one_paragraph(arguments: tuple[str, ...]) -> None:
    """So is a step beside a time scale."""
    done = run("emulator", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "step" in done.stderr


def test_the_version_is_told() -> None:
    """`--version` prints it and nothing else happens."""
    done = run("--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"xplenty-pulumi {__version__}")


def test_without_typer_the_extra_is_named() -> None:
    """A missing typer is one line that says what to install."""
    code = "import sys; sys.modules['typer'] = None; from xplenty_pulumi.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == 'The command line needs typer: pip install "xplenty-pulumi[cli]"'


def test_without_the_web_stack_the_extra_is_named() -> None:
    """A missing uvicorn is one line that says what to install."""
    code = (
        "import sys; sys.modules['uvicorn'] = None; sys.argv[1:] = ['emulator']; "
        "from xplenty_pulumi.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert 'pip install "xplenty-pulumi[emulator]"' in done.stderr
    assert done.stderr.count("\n") == 1

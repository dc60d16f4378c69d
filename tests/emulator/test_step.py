"""An account on which time stands still, and passes when something unfinished is read, or by hand."""

import base64
import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.accounts.caller import KEY, AccountCaller
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Emulator, PackageSeed, Seed
from xplenty_pulumi.errors import ConfigError

START = datetime(2026, 1, 1, tzinfo=UTC)
SEED = Seed(api_key=KEY, packages=(PackageSeed(101, "Loads", run_seconds=60),))


def stepped(step: float) -> AccountCaller:
    """Return a caller of an account in process, with the account's clock."""
    emulator = Emulator(SEED, clock=ManualClock(START), step=step)
    assert emulator.account.stepped is not None
    return AccountCaller(emulator, emulator.account.stepped)


def test_look_at_a_cluster_under_way_takes_a_step() -> None:
    """The answer shows the cluster as it is, and the next one as it has become: it is available after 180 seconds."""
    account = stepped(30)
    number = account.new_cluster(ready=False)

    assert [account.cluster(number)["status"] for _ in range(7)] == ["pending", *["creating"] * 5, "available"]
    assert account.clock.monotonic() == 180


def test_look_at_a_job_that_has_not_ended_takes_a_step() -> None:
    """It is idle and pending for five seconds and runs for sixty; its progress is seen to move."""
    account = stepped(30)
    number = account.new_job(account.new_cluster())

    looks = [account.job(number) for _ in range(4)]

    assert [one["status"] for one in looks] == ["idle", "running", "running", "completed"]
    assert [one["runtime_in_seconds"] for one in looks] == [0, 25, 55, 60]


@pytest.mark.parametrize("path", ["clusters", "clusters/501", "jobs", "jobs/9001"])
def test_list_counts_like_the_record_itself(path: str) -> None:
    """Time passes for a read of one and for a read of all."""
    account = stepped(30)
    account.new_job(account.new_cluster(ready=False))
    account.get(path)
    assert account.clock.monotonic() == 30


@pytest.mark.parametrize("path", ["clusters", "clusters/501", "clusters/502", "jobs", "jobs/9001", "packages", "x/y"])
def test_what_is_finished_takes_no_time(path: str) -> None:
    """However often it is read, a cluster that is available, a run that has completed and what is not there stay."""
    account = stepped(30)
    account.new_job(account.new_cluster())
    account.clock.advance(65)
    before = account.clock.monotonic()
    for _ in range(200):
        account.get(path)
    assert account.clock.monotonic() == before


@pytest.mark.parametrize("path", ["clusters/501/watchers", "clusters/501/instances", "jobs/9001/log", "packages/101"])
def test_only_clusters_and_jobs_themselves_are_looks(path: str) -> None:
    """What hangs on them is read once, and not until something has become of it; nor is a change a read."""
    account = stepped(30)
    account.new_job(account.new_cluster(ready=False))
    account.get(path)
    account.put("clusters/501", {"name": "etl"})
    account.delete("jobs/9001")
    assert account.clock.monotonic() == 0


def test_idle_cluster_is_not_on_its_way() -> None:
    """An available cluster idles out by hand alone, however often others read it."""
    account = stepped(30)
    number = account.new_cluster(terminate_on_idle=True, time_to_idle=60)
    assert {account.cluster(number)["status"] for _ in range(10)} == {"available"}
    account.emulator.advance(60)
    assert account.cluster(number)["status"] == "terminated"


def test_pace_is_set_by_hand() -> None:
    """With a step of 0 nothing passes by reads, until there is another step."""
    account = stepped(0)
    number = account.new_cluster(ready=False)
    assert {account.cluster(number)["status"] for _ in range(10)} == {"pending"}
    account.emulator.pace(180)
    assert [account.cluster(number)["status"] for _ in range(2)] == ["pending", "available"]


def test_account_with_a_clock_of_its_own_cannot_be_moved() -> None:
    """What to do instead is said."""
    for move in (Emulator().advance, Emulator().pace):
        with pytest.raises(RuntimeError, match="make it with a step"):
            move(30)


@pytest.mark.parametrize("step", [-1, float("nan"), float("inf")])
def test_step_is_a_number_of_seconds(step: float) -> None:
    """Any other one is a ConfigError that names the setting."""
    with pytest.raises(ConfigError, match="a step is 0 or a positive number of seconds") as wrong:
        Emulator(step=step)
    assert wrong.value.setting == "step"


def test_step_and_time_scale_exclude_each_other() -> None:
    """Time passes either by itself or by reads."""
    with pytest.raises(ConfigError, match="step and time_scale exclude each other"):
        Emulator(step=30, time_scale=60)


def call(account: Emulator, method: str, body: bytes = b"", *, key: str = KEY) -> tuple[int, Any]:
    """Send one call about the clock to the server."""
    user = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"Authorization": f"Basic {user}"}
    request = urllib.request.Request(f"{account.url}/emulator/clock", method=method, data=body or None, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_another_process_reads_and_moves_the_clock() -> None:
    """It does so over the server, which logs nothing and charges nothing for it."""
    with Emulator(SEED, clock=ManualClock(START), step=30) as account:
        assert call(account, "GET") == (200, {"now": "2026-01-01T00:00:00+00:00", "step": 30})
        assert call(account, "PUT", b'{"step": 0, "advance": 90}') == (
            200,
            {"now": "2026-01-01T00:01:30+00:00", "step": 0},
        )
        assert call(account, "PUT", b'{"advance": 0.5}')[1]["now"] == "2026-01-01T00:01:30.500000+00:00"
        assert (account.calls(), account.credits_used) == ((), 0)


@pytest.mark.parametrize(
    ("method", "body", "status", "text"),
    [
        ("PUT", b"", 422, "the body is JSON with advance or step in seconds, or both"),
        ("PUT", b"{", 422, "the body is JSON with advance or step in seconds, or both"),
        ("PUT", b'{"to": 5}', 422, "the body is JSON with advance or step in seconds, or both"),
        ("PUT", b'{"step": 5, "advance": -1}', 422, "advance is 0 or a positive number of seconds, got -1"),
        ("PUT", b'{"step": NaN}', 422, "step is 0 or a positive number of seconds, got nan"),
        ("PUT", b'{"step": "5"}', 422, "step is 0 or a positive number of seconds, got '5'"),
        ("DELETE", b"", 405, "DELETE is not allowed on /emulator/clock, use GET or PUT"),
    ],
)
def test_wrong_call_about_the_clock_moves_nothing(method: str, body: bytes, status: int, text: str) -> None:
    """What is wrong is said in the answer."""
    with Emulator(SEED, clock=ManualClock(START), step=30) as account:
        assert call(account, method, body) == (status, {"message": text})
        assert call(account, "GET") == (200, {"now": "2026-01-01T00:00:00+00:00", "step": 30})


def test_clock_needs_the_key_of_the_account() -> None:
    """Somebody else's key is refused."""
    with Emulator(SEED, step=30) as account:
        assert call(account, "GET", key="another")[0] == 401


def test_clock_that_runs_by_itself_is_told_but_not_moved() -> None:
    """The answer has no step, and a move is refused with what to do."""
    with Emulator(SEED) as account:
        assert call(account, "GET")[1]["step"] is None
        status, told = call(account, "PUT", b'{"advance": 1}')
    assert (status, told["message"]) == (
        409,
        "the clock of this account runs by itself; start the emulator with a step",
    )

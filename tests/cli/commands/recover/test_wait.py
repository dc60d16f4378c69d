"""How long `recover` waits for what may still arrive, and what it says meanwhile."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.locks import Lock
from xplenty_pulumi.cli.engine.remains import Remains, remains_of, wait_for_late_calls
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.clock import ManualClock

WRITTEN = datetime(2026, 1, 31, 12, tzinfo=UTC)


def waited(last_sign: datetime | None, *, now: datetime) -> tuple[float, list[str]]:
    """Return for how long it waits, and what it says."""
    clock, said = ManualClock(now), list[str]()
    wait_for_late_calls(Remains("acme/loads/dev", (), (), last_sign), clock, said.append)
    return clock.monotonic(), said


@pytest.mark.parametrize(("age", "seconds"), [(0, 122), (80, 42), (121, 1), (122, 0), (90_000, 0), (-3600, 122)])
def test_it_waits_until_two_minutes_after_the_state_was_written(age: int, seconds: int) -> None:
    """Two seconds more for a provider that outlives its engine; never longer, even where the moment lies ahead."""
    assert waited(WRITTEN, now=WRITTEN + timedelta(seconds=age))[0] == seconds


def test_unknown_moment_counts_as_now() -> None:
    """A state that does not say when it was written is waited for in full."""
    assert waited(None, now=WRITTEN)[0] == 122


def test_it_tells_at_once_and_every_15_seconds() -> None:
    """The first line says what is waited for and how to go on at once, the others how long it still takes."""
    _, said = waited(WRITTEN, now=WRITTEN + timedelta(seconds=80))
    assert said == [
        "acme/loads/dev: what the killed `pulumi` had sent may still arrive: waiting 42s, until 2m02s after the state "
        "or a lock was last written (--no-wait goes on at once)",
        "acme/loads/dev: waiting 27s more",
        "acme/loads/dev: waiting 12s more",
    ]


def test_it_calls_no_run_killed_that_may_be_at_work() -> None:
    """A backend that does not show its locks tells neither."""
    clock, said = ManualClock(WRITTEN), list[str]()
    wait_for_late_calls(Remains("acme/loads/dev", None, (), WRITTEN), clock, said.append)
    assert said[0].startswith("acme/loads/dev: if its `pulumi` was killed, what that one had sent may still arrive: ")


def test_nothing_is_said_where_nothing_is_waited_for() -> None:
    """After two minutes it goes on without a word."""
    assert waited(WRITTEN, now=WRITTEN + timedelta(hours=1))[1] == []


@pytest.mark.parametrize(("seconds", "latest"), [(30, 30), (-30, 0)])
def test_lock_is_a_sign_of_life_too(seconds: int, latest: int) -> None:
    """Where checkpoints are skipped, the lock may be younger than the state."""
    lock = Lock(7, "ann", "ci-3", (WRITTEN + timedelta(seconds=seconds)).isoformat())
    remains = Remains("acme/loads/dev", (lock,), (), WRITTEN)
    assert remains.last_sign == WRITTEN + timedelta(seconds=latest)


def test_lock_that_does_not_say_when_is_passed_over() -> None:
    """A moment that makes no sense tells nothing."""
    assert Remains("acme/loads/dev", (Lock(7, "ann", "ci-3", "noon"),), ()).last_sign is None


@pytest.mark.parametrize("newest", ["manifest", "state", "lock", "another lock"])
def test_the_newest_write_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, newest: str) -> None:
    """A create may begin later than the state was written, such as where checkpoints are skipped; no file is missed."""
    moments = {name: WRITTEN + timedelta(seconds=30 * (name == newest)) for name in ("manifest", "state", "lock")}
    _file(tmp_path / ".pulumi" / "stacks" / "loads" / "dev.json", "{}", moments["state"])
    locks = tmp_path / ".pulumi" / "locks" / "acme" / "loads" / "dev"
    held = {"pid": 7, "username": "ann", "hostname": "ci-3", "timestamp": WRITTEN.isoformat()}
    _file(locks / "1.json", json.dumps(held), moments["lock"])
    if newest == "another lock":
        _file(locks / "2.json", json.dumps(held), WRITTEN + timedelta(seconds=30))
    answers = {
        "export": json.dumps({"deployment": {"manifest": {"time": moments["manifest"].isoformat()}}}),
        "--show-name": "acme/loads/dev",
        "--json": json.dumps({"url": f"file://{tmp_path}"}),
    }
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    monkeypatch.setattr(Engine, "told", _answering(answers))
    remains = remains_of(Snapshot(Engine("pulumi", tmp_path, "")))
    assert remains.last_sign == WRITTEN + timedelta(seconds=30)
    assert remains.written == moments["manifest"]


def _file(path: Path, text: str, written: datetime) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (written.timestamp(), written.timestamp()))


def _answering(answers: dict[str, str]) -> Callable[..., str]:
    def told(_engine: Engine, *words: str) -> str:
        return answers[words[1]]

    return told

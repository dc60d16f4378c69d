"""What `xplenty-pulumi listen --exec` has accepted is finished or kept, however the listener ends."""

import signal
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cli.commands.listen.test_listen import SALT, Listener, free_port, listening, refused_start
from tests.support.engine.ran import eventually
from xplenty_pulumi.cli.commands.listen.queue import MOST_WAITING, EventQueue
from xplenty_pulumi.cli.commands.listen.requests import Notice
from xplenty_pulumi.errors import ConfigError

pytestmark = pytest.mark.slow

WAIT = f"{sys.executable} -c \"import threading; print('begun', flush=True); threading.Event().wait()\""
EVENTS, WRITERS = 60, 4


def recorder(folder: Path) -> str:
    """Return a command that adds the id of each event to the file `done`, a little later."""
    script = folder / "record"
    script.write_text(f'#!/bin/sh\nread -r body\nsleep 0.02\necho "$XPLENTY_EVENT_ID $body" >>{folder}/done\n')
    script.chmod(0o755)
    return str(script)


def done(folder: Path) -> set[int]:
    """Return the ids of the events whose command has ended."""
    file = folder / "done"
    return {int(line.split()[0]) for line in file.read_text().splitlines()} if file.exists() else set()


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which listeners of the test keep their events."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "xplenty-pulumi"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_lost_when_it_is_ended_under_load(tmp_path: Path, how: signal.Signals, state: Path) -> None:
    """Each event that was answered 200 has its command run, by this listener or by the next one on the port."""
    arguments = ("--exec", recorder(tmp_path), "--port", str(free_port()))
    accepted: list[int] = []
    with listening(*arguments) as listener, ThreadPoolExecutor(WRITERS) as writers:
        sending = [writers.submit(_send, listener, number, accepted) for number in range(1, EVENTS + 1)]
        eventually(lambda: len(accepted) >= EVENTS // 2 or None)
        listener.stop(how)
        for one in sending:
            one.result()
    assert len(accepted) >= EVENTS // 2
    assert not set(accepted) <= done(tmp_path), "it was not ended under load"

    with listening(*arguments) as again:
        assert again.complaint().startswith(f"taken up from {state}/listen-127.0.0.1-")
        eventually(lambda: set(accepted) <= done(tmp_path) or None)
        assert again.stop()[0] == 0


def _send(listener: Listener, number: int, accepted: list[int]) -> None:
    """Send an event, and note it where it was answered 200; a listener that has ended answers nothing."""
    try:
        if listener.send(job=number) == 200:
            accepted.append(number)
    except OSError:
        return


def test_command_that_was_ended_with_the_listener_runs_again(tmp_path: Path) -> None:
    """Its event comes first at the next start, with its body, before those that waited."""
    file = tmp_path / "waiting.db"
    with listening("--queue", str(file), "--exec", WAIT) as listener:
        listener.send("job.failed")
        assert listener.line() == "begun"
        listener.send("job.stopped")
        assert listener.stop()[2] == f"left for the next start in {file}: 2 events\n"
    assert file.stat().st_mode & 0o077 == 0
    show = "import os, sys; print(os.environ['XPLENTY_EVENT'], len(sys.stdin.read()) > 99)"
    with listening("--queue", str(file), "--exec", f'{sys.executable} -c "{show}"') as again:
        assert again.complaint() == f"taken up from {file}: 2 events"
        assert [again.line(), again.line()] == ["job.failed True", "job.stopped True"]


def test_file_that_cannot_be_used_is_said_at_the_start(tmp_path: Path) -> None:
    """So is one that another listener has; neither is changed."""
    broken, taken = tmp_path / "broken", tmp_path / "taken.db"
    broken.write_text("no database " * 100)
    words = ("--port", "0", "--exec", WAIT, "--queue")
    assert f"{broken} cannot be used: " in refused_start(*words, str(broken), XPLENTY_HOOK_SALT=f"5 {SALT}")
    with listening("--queue", str(taken), "--exec", WAIT):
        assert "another process uses it" in refused_start(*words, str(taken), XPLENTY_HOOK_SALT=f"5 {SALT}")
    assert broken.read_text().startswith("no database")


def test_event_that_cannot_be_kept_is_not_taken(tmp_path: Path) -> None:
    """A disk that is full is a reason to answer 503, and so is the listener's end."""
    queue = EventQueue(tmp_path / "waiting.db")
    queue._kept.execute("DROP TABLE events")
    assert queue.put(Notice("ping", "5")) == "it cannot be kept: no such table: events"
    queue.wake()
    assert queue.put(Notice("ping", "5")) == "the listener is ending"
    queue.close()


def test_a_hundred_events_wait_besides_the_one_under_way(tmp_path: Path) -> None:
    """One that is done makes room for one more."""
    queue = EventQueue(tmp_path / "waiting.db")
    first = Notice("job.failed", "5", "job", "1", "failed", b"\xff{}")
    assert queue.put(first) == ""
    assert queue.next() == first
    assert [queue.put(first) for _ in range(MOST_WAITING + 1)] == [""] * MOST_WAITING + ["too many events are waiting"]
    queue.settle(is_done=True)
    assert queue.next() == first
    assert queue.put(first) == ""
    queue.wake()
    queue.close()
    assert (tmp_path / "waiting.db").exists()


def test_file_goes_where_nothing_waits(tmp_path: Path) -> None:
    """A listener that has done everything leaves nothing behind."""
    queue = EventQueue(tmp_path / "waiting.db")
    queue.put(Notice("ping", "5"))
    queue.next()
    queue.settle(is_done=True)
    queue.close()
    assert list(tmp_path.iterdir()) == []


def test_file_of_a_later_version_can_be_read(tmp_path: Path) -> None:
    """What it says besides is left out."""
    file = tmp_path / "waiting.db"
    queue = EventQueue(file)
    queue.put(Notice("ping", "5"))
    queue._kept.execute("""UPDATE events SET said = '{"event": "ping", "hook_id": "5", "more": "x"}'""")
    assert queue.next() == Notice("ping", "5")
    queue.close()
    with pytest.raises(sqlite3.ProgrammingError):
        queue._kept.execute("SELECT 1")
    with pytest.raises(ConfigError, match="--queue"):
        EventQueue(tmp_path)

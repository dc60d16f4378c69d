"""The file of events: whole lines from many writers, and one warning where it cannot be written."""

import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from xplenty_pulumi.events.log import EventFile

PROGRAM = """
import sys
from xplenty_pulumi.events.log import EventFile
log = EventFile(sys.argv[1], print)
for number in range(200):
    log.write({"writer": sys.argv[2], "number": number, "text": "x" * 300})
"""


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_lines_of_several_processes_are_whole(tmp_path: Path) -> None:
    """Each line of several processes that write to one file at once is an object of its own, and none is lost."""
    path = tmp_path / "events.jsonl"
    command = [sys.executable, "-c", PROGRAM, str(path)]
    processes = [subprocess.Popen([*command, str(number)]) for number in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert len({(one["writer"], one["number"]) for one in lines_of(path)}) == 600


def test_lines_of_several_threads_are_whole(tmp_path: Path) -> None:
    """Each line of several threads is an object of its own, and none is lost."""
    path = tmp_path / "events.jsonl"
    log = EventFile(str(path), pytest.fail)

    def write() -> None:
        for number in range(100):
            log.write({"number": number})

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines_of(path)) == 400


def test_file_is_only_the_owner_s(tmp_path: Path) -> None:
    """A new file can be read by nobody else, since it names resources and accounts."""
    path = tmp_path / "events.jsonl"
    EventFile(str(path), pytest.fail).write({})
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["missing/events.jsonl", ".", "a\0b"])
def test_bad_path_is_one_warning(tmp_path: Path, name: str) -> None:
    """A file that cannot be opened costs one warning, however much is written."""
    warned: list[str] = []
    log = EventFile(f"{tmp_path}/{name}", warned.append)
    for _ in range(3):
        log.write({"event": "call"})
    assert len(warned) == 1
    assert warned[0].startswith("the events cannot be written to ")


def test_pipe_that_nobody_reads_is_no_wait(tmp_path: Path) -> None:
    """A named pipe without a reader is a warning, and not a wait for one."""
    warned: list[str] = []
    os.mkfifo(tmp_path / "pipe")
    EventFile(str(tmp_path / "pipe"), warned.append).write({})
    assert len(warned) == 1


@contextmanager
def longest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size`, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_full_disk_cuts_one_line_only(tmp_path: Path) -> None:
    """A line that a full disk has cut costs one warning, and the next one begins on a line of its own."""
    path, warned = tmp_path / "events.jsonl", list[str]()
    log = EventFile(str(path), warned.append)
    log.write({"number": 1})
    with longest_file(path.stat().st_size + 5):
        log.write({"number": 2})
        log.write({"number": 3})
    log.write({"number": 4})
    first, cut, last = path.read_text(encoding="utf-8").splitlines()
    assert (json.loads(first), json.loads(last)) == ({"number": 1}, {"number": 4})
    assert len(cut) == 5
    assert len(warned) == 1

"""Locks of the engine, and whether their processes still run."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from xplenty_pulumi.cli.engine import locks
from xplenty_pulumi.cli.engine.locks import Lock, locks_of
from xplenty_pulumi.errors import RefusedError

LOCK = '{"pid": 7, "username": "ann", "hostname": "ci-3", "timestamp": "2026-01-31T12:00:00.25Z"}'


def test_locks_are_read_from_a_folder_of_the_backend(tmp_path: Path) -> None:
    """A lock reads as who holds it, where and since when; the file of attributes beside it is passed over."""
    folder = tmp_path / ".pulumi" / "locks" / "organization" / "shop" / "dev"
    folder.mkdir(parents=True)
    (folder / "1.json").write_text(LOCK)
    (folder / "1.json.attrs").write_text("{}")

    (lock,) = locks_of("organization/shop/dev", f"file://{tmp_path}?no_tmp_dir=true", folder=Path()) or ()

    assert str(lock) == "ann@ci-3 (pid 7, since 2026-01-31T12:00:00 UTC)"
    assert (lock.is_seen, lock.is_held) == (False, False)
    assert locks_of("organization/shop/prod", f"file://{tmp_path}", folder=Path()) == ()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", LOCK.replace("7", '"x"'), "null"])
def test_lock_that_makes_no_sense_is_refused(text: str) -> None:
    """A lock that is no lock is nothing to decide upon, and the text says what to do."""
    told = (
        "acme/shop/dev: it is locked, and the lock does not say by whom, as a full disk leaves it; nothing was changed"
    )
    with pytest.raises(RefusedError, match=told):
        Lock.read(text, stack="acme/shop/dev")


def test_lock_that_a_full_disk_has_cut_off_is_seen(tmp_path: Path) -> None:
    """The engine fails on the file that it could not write to its end, so it counts as a lock that says nothing."""
    folder = tmp_path / ".pulumi" / "locks" / "organization" / "shop" / "dev"
    folder.mkdir(parents=True)
    (folder / "1.json.18ec6573d7c0f6c4.tmp").write_text("")

    with pytest.raises(RefusedError, match="run `pulumi cancel --stack organization/shop/dev`, then this again"):
        locks_of("organization/shop/dev", f"file://{tmp_path}", folder=Path())


def test_relative_backend_lies_in_the_project(tmp_path: Path) -> None:
    """A relative address counts from the folder of the project."""
    (tmp_path / "state" / ".pulumi").mkdir(parents=True)

    assert locks_of("organization/shop/dev", "file://./state", folder=tmp_path) == ()


@pytest.mark.parametrize("backend", ["https://app.pulumi.com/ann", "s3://states", "file:///nowhere"])
def test_other_backends_show_no_locks(backend: str) -> None:
    """Where locks are not in files, or the files not here, there is nothing to tell."""
    assert locks_of("organization/shop/dev", backend, folder=Path()) is None


@pytest.mark.parametrize("look", [locks._command_of, locks._command_by_ps])
def test_a_process_is_known_by_its_command_until_it_has_ended(look: Callable[[int], str | None]) -> None:
    """A living process shows its command; one that has ended shows nothing, even before it is waited for."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert "python" in (look(process.pid) or "")
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert look(process.pid) == ""
    assert look(process.pid) == ""


def test_processes_that_ps_does_not_show_are_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `ps` that complains, and any on Windows, say nothing of a process, so that no living one counts as ended."""
    (tmp_path / "ps").write_text("#!/bin/sh\necho 'ps: unrecognized option: p' >&2\nexit 1\n")
    (tmp_path / "ps").chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tmp_path))
        assert locks._command_by_ps(os.getpid()) is None
    monkeypatch.setattr(sys, "platform", "win32")
    assert locks._command_by_ps(os.getpid()) is None


def test_folder_on_a_drive_of_windows_is_found(tmp_path: Path) -> None:
    """Both forms of the address lead to the folder on the drive, which is a relative path on this system."""
    (tmp_path / "C:" / "states" / ".pulumi").mkdir(parents=True)
    for backend in ("file://C:/states", "file:///C:/states"):
        assert locks_of("organization/shop/dev", backend, folder=tmp_path) == ()

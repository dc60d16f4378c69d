"""Where flows are kept, on systems that lock open files and have drives."""

import os
from pathlib import Path

import pytest

from xplenty_pulumi.dynamic import flows


def refuse(*_arguments: object) -> None:
    """Fail as Windows does where another process has the file open."""
    raise PermissionError(13, "Access is denied")


def test_a_file_that_another_process_reads_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the same flow, since its name is the digest; nothing half-made stays beside it."""
    flows._write(tmp_path / "digest.json", "{}")
    monkeypatch.setattr(Path, "replace", refuse)
    flows._write(tmp_path / "digest.json", "{}")
    assert [one.name for one in tmp_path.iterdir()] == ["digest.json"]


def test_a_file_that_cannot_be_written_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is none yet, the refusal is told, and nothing half-made stays."""
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        flows._write(tmp_path / "digest.json", "{}")
    assert list(tmp_path.iterdir()) == []


def test_a_path_on_another_drive_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two drives there is no way, so the path is given as it is."""

    def no_way(*_arguments: object) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    assert flows.way(tmp_path / "a" / "b", start=tmp_path / "c") == "../a/b"
    monkeypatch.setattr(os.path, "relpath", no_way)
    assert flows.way(tmp_path / "a", start=tmp_path) == (tmp_path / "a").as_posix()


def test_a_full_disk_leaves_nothing_half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written whole is taken away again."""

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        flows._write(tmp_path / "digest.json", "{}")
    assert list(tmp_path.iterdir()) == []

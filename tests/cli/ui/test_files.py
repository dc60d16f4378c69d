"""A file of the user's is whole, whatever fails while it is written."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from xplenty_pulumi.cli.ui.files import write_whole


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond ten bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("before", ["as it was, and longer than the disk has room for", None])
def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, before: str | None) -> None:
    """Nothing is left beside it either."""
    file = tmp_path / "flow.json"
    if before is not None:
        file.write_text(before)
    with full_disk(), pytest.raises(OSError, match="too large"):
        write_whole(file, "{}" * 100)
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == ({file.name: before} if before else {})


def test_a_link_and_the_rights_of_a_file_stay(tmp_path: Path) -> None:
    """Only the content changes; line ends are written as they are given."""
    file, link = tmp_path / "flow.json", tmp_path / "link.json"
    file.write_text("{}")
    file.chmod(0o640)
    link.symlink_to(file.name)
    write_whole(link, "[]\r\n")
    assert (link.is_symlink(), file.read_bytes(), file.stat().st_mode & 0o777) == (True, b"[]\r\n", 0o640)


def test_a_read_only_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder would let it be replaced. The superuser may write to all, so that is not asked here."""
    file = tmp_path / "flow.json"
    file.write_text("{}")
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(PermissionError):
        write_whole(file, "[]")
    assert [one.read_text() for one in tmp_path.iterdir()] == ["{}"]

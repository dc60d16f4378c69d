"""Whether a folder holds an engine that can be used."""

from pathlib import Path

import pytest

from tests.tools.fakes import command, engine
from tools.engine.errors import Unusable
from tools.engine.verify import PARTS, Engine, verify
from tools.engine.version import Version


def test_whole_engine(tmp_path: Path) -> None:
    """The version is what the command itself prints."""
    assert verify(engine(tmp_path)) == Engine(folder=tmp_path, version=Version(3, 250, 0))


@pytest.mark.parametrize("version", ["v3.229.0", "v3.229.0+dirty", "v3.230.0-dev.1"])
def test_supported_version(tmp_path: Path, version: str) -> None:
    """3.229 is the oldest that will do."""
    assert verify(engine(tmp_path, version=version)).folder == tmp_path


@pytest.mark.parametrize("version", ["v3.228.9", "v3.229.0-alpha", "v2.300.0", "v4.0.0"])
def test_unsupported_version(tmp_path: Path, version: str) -> None:
    """An older or a later major version is refused with the version that is needed."""
    with pytest.raises(Unusable, match=r"pulumi is version .* 3\.229 or later of 3\.x is needed"):
        verify(engine(tmp_path, version=version))


def test_no_version(tmp_path: Path) -> None:
    """Some other program of the same name is refused."""
    with pytest.raises(Unusable, match="does not say its version"):
        verify(engine(tmp_path, version="hello"))


def test_command_fails(tmp_path: Path) -> None:
    """The reason holds the last line that a failing command printed."""
    command(engine(tmp_path) / "pulumi", "echo first >&2; echo 'cannot load libfoo' >&2; exit 127")
    with pytest.raises(Unusable, match=r"pulumi failed \(cannot load libfoo\)"):
        verify(tmp_path)


def test_no_command(tmp_path: Path) -> None:
    """An empty folder is refused."""
    with pytest.raises(Unusable, match="pulumi cannot be run"):
        verify(tmp_path)


@pytest.mark.parametrize("part", PARTS)
def test_part_missing(tmp_path: Path, part: str) -> None:
    """A missing part is named."""
    with pytest.raises(Unusable, match=f"lacks {part}"):
        verify(engine(tmp_path, without=[part]))


@pytest.mark.parametrize("part", PARTS)
def test_part_not_executable(tmp_path: Path, part: str) -> None:
    """A part that cannot be run counts as missing."""
    (engine(tmp_path) / part).chmod(0o644)
    with pytest.raises(Unusable, match=f"lacks {part}"):
        verify(tmp_path)


@pytest.mark.parametrize("part", PARTS)
def test_part_elsewhere(tmp_path: Path, part: str) -> None:
    """A part may lie in another folder of the search path."""
    engine(tmp_path / "bin", without=[part])
    command(tmp_path / "other" / part, "")
    assert verify(tmp_path / "bin", search=[tmp_path / "other"]).folder == tmp_path / "bin"


def test_link_to_command(tmp_path: Path) -> None:
    """Parts beside the file that a link leads to are found, as the command itself finds them."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "pulumi").symlink_to(engine(tmp_path / "real") / "pulumi")
    assert verify(tmp_path / "bin").folder == tmp_path / "bin"

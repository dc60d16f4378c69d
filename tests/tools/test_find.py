"""The engine on PATH."""

import os
from pathlib import Path

import pytest

from tests.tools.fakes import command, engine
from tools.engine.errors import Unusable
from tools.engine.find import find


def search_path(*folders: Path) -> str:
    return os.pathsep.join(map(str, folders))


def test_found(tmp_path: Path) -> None:
    """The folder on PATH that holds the engine is returned."""
    assert find(search_path(tmp_path / "missing", engine(tmp_path / "bin"))).folder == tmp_path / "bin"


def test_nothing_on_path(tmp_path: Path) -> None:
    """An empty PATH says so."""
    with pytest.raises(Unusable, match="there is none on PATH"):
        find(search_path(tmp_path))


def test_old_one_before_a_new_one(tmp_path: Path) -> None:
    """An engine that is too old does not hide a later one on PATH."""
    old, new = engine(tmp_path / "old", version="v3.1.0"), engine(tmp_path / "new")
    assert find(search_path(old, new)).folder == new


def test_first_usable_one_wins(tmp_path: Path) -> None:
    """Of two usable engines the first on PATH is taken, as the shell does."""
    first, second = engine(tmp_path / "first", version="v3.240.0"), engine(tmp_path / "second")
    assert find(search_path(first, second)).folder == first


def test_language_host_in_another_folder(tmp_path: Path) -> None:
    """The language host may be anywhere on PATH."""
    engine(tmp_path / "bin", without=["pulumi-language-python"])
    command(tmp_path / "host" / "pulumi-language-python", "")
    assert find(search_path(tmp_path / "bin", tmp_path / "host")).folder == tmp_path / "bin"


def test_every_reason_is_told(tmp_path: Path) -> None:
    """When none is usable, each that was tried is named with its reason."""
    old = engine(tmp_path / "old", version="v3.1.0", without=["pulumi-language-python"])
    bare = engine(tmp_path / "bare", without=["pulumi-language-python"])
    with pytest.raises(Unusable) as failure:
        find(search_path(old, bare))
    assert str(old) in str(failure.value)
    assert f"{bare}/pulumi lacks pulumi-language-python" in str(failure.value)


def test_relative_folders_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative folder on PATH is not used, because other commands run elsewhere."""
    engine(tmp_path / "bin")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unusable):
        find(os.pathsep.join(["bin", ""]))

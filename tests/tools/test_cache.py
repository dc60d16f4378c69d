"""The folder that keeps engines between runs."""

import shutil
import threading
from pathlib import Path

import pytest

from tests.tools.fakes import engine
from tools.engine.cache import cache_folder, fill, locked, place
from tools.engine.errors import Unusable
from tools.engine.version import Version


def make(folder: Path) -> None:
    engine(folder / "bin")


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"XPLENTY_ENGINE_CACHE": "/mine", "XDG_CACHE_HOME": "/xdg"}, "/mine"),
        ({"XDG_CACHE_HOME": "/xdg"}, "/xdg/xplenty-pulumi/engine"),
        ({"XDG_CACHE_HOME": "relative"}, "/home/ada/.cache/xplenty-pulumi/engine"),
        ({}, "/home/ada/.cache/xplenty-pulumi/engine"),
        ({"XPLENTY_ENGINE_CACHE": "~/engines"}, "/home/ada/engines"),
    ],
)
def test_cache_folder(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str) -> None:
    """Our own variable comes first, then the user's cache folder."""
    monkeypatch.setenv("HOME", "/home/ada")
    assert cache_folder(environment) == Path(expected)


def test_place_differs_by_version(tmp_path: Path) -> None:
    """Two versions are kept side by side."""
    assert place(tmp_path, "built-3.250.0") != place(tmp_path, "built-3.251.0")


def test_fill(tmp_path: Path) -> None:
    """A made engine is found under its key, and nothing else is left."""
    made = fill(tmp_path, "built-1", make=make)
    assert (made.folder, made.version) == (place(tmp_path, "built-1") / "bin", Version(3, 250, 0))
    assert names(tmp_path) == [place(tmp_path, "built-1").name]


def test_nothing_appears_before_it_is_whole(tmp_path: Path) -> None:
    """While an engine is being made, nothing lies under its key."""
    seen = []

    def make_and_look(folder: Path) -> None:
        make(folder)
        seen.append(place(tmp_path, "built-1").exists())

    fill(tmp_path, "built-1", make=make_and_look)
    assert seen == [False]


def test_failure_leaves_nothing(tmp_path: Path) -> None:
    """An engine that cannot be made leaves no half-made folder."""

    def fail(folder: Path) -> None:
        make(folder)
        raise Unusable("the network went away")

    with pytest.raises(Unusable, match="the network went away"):
        fill(tmp_path, "built-1", make=fail)
    assert names(tmp_path) == []


def test_unverified_engine_is_not_kept(tmp_path: Path) -> None:
    """An engine that does not pass the check is thrown away, and the one that was there before stays."""
    fill(tmp_path, "built-1", make=make)
    with pytest.raises(Unusable, match="lacks pulumi-language-python"):
        fill(tmp_path, "built-1", make=lambda folder: drop(engine(folder / "bin", without=["pulumi-language-python"])))
    assert (place(tmp_path, "built-1") / "bin" / "pulumi-language-python").exists()


def drop(_value: object) -> None:
    """Give a function that returns something the shape of one that does not."""


def test_broken_engine_is_replaced(tmp_path: Path) -> None:
    """An engine in the way that has lost its files gives way to a new one."""
    shutil.rmtree(fill(tmp_path, "built-1", make=make).folder)
    assert (fill(tmp_path, "built-1", make=make).folder / "pulumi").exists()


def test_leftovers_are_cleared(tmp_path: Path) -> None:
    """What a run that was killed has left half-made is removed by the next one."""
    engine(tmp_path / "partial-abc" / "bin")
    fill(tmp_path, "built-1", make=make)
    assert names(tmp_path) == [place(tmp_path, "built-1").name]


def test_one_at_a_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second run waits until the first has let go, and says so."""
    order: list[str] = []

    def second() -> None:
        with locked(tmp_path / "cache"):
            order.append("second")

    with locked(tmp_path / "cache"):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert "another run is getting the engine, waiting for it" in capsys.readouterr().err

"""The three ways, in their order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.fakes import engine
from tools.engine import build, install
from tools.engine.errors import NoEngine, Unusable
from tools.engine.get import WAYS, Way, get_engine


def refuse(_folder: Path) -> None:
    raise Unusable("not today")


def make(folder: Path) -> None:
    engine(folder / "bin")


def way(name: str, make: Callable[[Path], None] = refuse) -> Way:
    return Way(name=name, key=lambda: name, make=make)


def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "path").mkdir(exist_ok=True)
    return {"PATH": str(tmp_path / "path"), "XPLENTY_ENGINE_CACHE": str(tmp_path / "cache")}


def test_order_of_the_ways() -> None:
    """The vendor's installer comes before the build, which takes minutes."""
    assert [each.name for each in WAYS] == [install.NAME, build.NAME]


def test_path_comes_first(tmp_path: Path) -> None:
    """With an engine on PATH nothing is made and no cache folder appears."""
    settings = environment(tmp_path)
    engine(tmp_path / "path")
    assert get_engine(settings, ways=[way("download", make)]).folder == tmp_path / "path"
    assert not (tmp_path / "cache").exists()


def test_next_way_when_one_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A way that fails is reported, and the next one is tried."""
    made = get_engine(environment(tmp_path), ways=[way("download"), way("compile", make)])
    assert made.folder.parent.name.startswith("compile-")
    assert "engine: download: not today" in capsys.readouterr().err


def test_first_way_that_works_is_enough(tmp_path: Path) -> None:
    """Later ways are not tried once one has worked."""
    made = get_engine(environment(tmp_path), ways=[way("download", make), way("compile")])
    assert made.folder.parent.name.startswith("download-")


def test_second_run_uses_the_cache(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What one run has made, the next one finds without trying any way."""
    first = get_engine(environment(tmp_path), ways=[way("download"), way("compile", make)])
    capsys.readouterr()
    assert get_engine(environment(tmp_path), ways=[way("download"), way("compile")]) == first
    assert capsys.readouterr().err == ""


def test_broken_cache_is_made_anew(tmp_path: Path) -> None:
    """A kept engine that no longer runs is made again."""
    first = get_engine(environment(tmp_path), ways=[way("compile", make)])
    (first.folder / "pulumi").unlink()
    assert get_engine(environment(tmp_path), ways=[way("compile", make)]) == first


def test_made_by_another_run_meanwhile(tmp_path: Path) -> None:
    """An engine that another run put into the cache while this one waited is used."""
    settings = environment(tmp_path)
    made = get_engine(settings, ways=[way("compile", make)]).folder.parent
    hidden = made.rename(tmp_path / "hidden")
    asked: list[str] = []

    def key() -> str:
        asked.append("compile")
        if len(asked) == 2:
            hidden.rename(made)
        return "compile"

    assert get_engine(settings, ways=[Way("compile", key, refuse)]).folder == made / "bin"


def test_error_names_all_three_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any engine there is one paragraph: each way with its reason, and what to do."""
    settings = environment(tmp_path)
    monkeypatch.setenv("PATH", settings["PATH"])
    ways = [Way(install.NAME, install.key, refuse), Way(build.NAME, build.key, build.build)]
    with pytest.raises(NoEngine) as failure:
        get_engine(settings, ways=ways)
    assert str(failure.value) == (
        "No Pulumi engine was found, and none could be made. "
        "1. pulumi 3.229 or later on PATH: there is none on PATH. "
        "2. the vendor's installer: not today. "
        "3. a build from the Go modules: there is no go on PATH, and 1.26.6 or later is needed. "
        "Do one of these and run the command again: install Pulumi (https://www.pulumi.com/docs/install/), "
        "open the way to the internet, or install Go 1.26.6 or later with a reachable module proxy."
    )


def test_unusable_cache_folder(tmp_path: Path) -> None:
    """A cache folder that cannot be made is named, with the variable that chooses another."""
    settings = environment(tmp_path)
    (tmp_path / "cache").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(NoEngine, match=r"cache folder .* cannot be used .* XPLENTY_ENGINE_CACHE names another"):
        get_engine(settings, ways=[way("compile", make)])

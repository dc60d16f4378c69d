"""What the page on architecture and `CONTRIBUTING.md` name exists, and the picture of the layers is the checked one."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SOURCE = ROOT / "xplenty_pulumi"
ELSEWHERE = ("xplenty_pulumi/", "schema/", "bridge.md", "command.py", "__init__.py")


def paths() -> list[str]:
    """Return every file and folder of the source that the page names."""
    named = re.findall(r"`([\w/]+(?:\.py|/))`", PAGE)
    return sorted({one for one in named if not one.startswith(ELSEWHERE)})


@pytest.mark.parametrize("path", paths())
def test_each_path_exists(path: str) -> None:
    """A file that is moved is moved in the page too."""
    assert ((ROOT if path.startswith("tests/") else SOURCE) / path).exists()


def test_the_page_names_files() -> None:
    """The test above has something to look at."""
    assert len(paths()) > 30


def test_the_glossary_names_what_is_there() -> None:
    """What carries a word is a class, a function or a folder, and each word has one."""
    rows = re.findall(r"^\| ([\w, ]+) \| .+ \| (.+) \|$", PAGE.partition("## Glossary")[2], re.MULTILINE)
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    carried = {word: re.findall(r"`(\w+)`", names) for word, names in rows if word != "word"}
    assert len(carried) > 20
    assert [word for word, names in carried.items() if not names] == []
    assert [
        one for names in carried.values() for one in names if not re.search(rf"^(?:class|def) {one}\b", source, re.M)
    ] == []


def test_arrows_of_the_picture_point_down() -> None:
    """Each arrow of the picture goes from an upper layer of the contract to a lower one."""
    arrows = re.findall(r"^ +(\w[\w/]*)(?:\[.*?\])? --> (\w[\w/]*)", PAGE, re.MULTILINE)
    order = [*_layers("Layers: cli > dynamic"), *_layers("Layers of core")]
    ranks = {name: number for number, names in enumerate(order) for name in names}
    assert len(arrows) > 8
    for above, below in arrows:
        if above in ranks and below in ranks and below not in ("core",):
            assert ranks[above] < ranks[below], (above, below)


def test_layers_of_core_are_in_the_picture() -> None:
    """Each pair of neighbours in the contract of core is joined by an arrow."""
    for above, below in pairwise(_layers("Layers of core")):
        for upper in above:
            assert any(re.search(rf"\b{upper}\b.*--> {lower}\b", PAGE) for lower in below), (upper, below)


def test_commands_of_the_guide_exist() -> None:
    """Each `make` command of the guide is a target."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", CONTRIBUTING))
    assert named
    assert named <= targets


def test_folders_of_the_guide_exist() -> None:
    """Each folder of tests that the guide names is there."""
    named = set(re.findall(r"`(tests/[\w/]+)`", CONTRIBUTING))
    assert len(named) > 8
    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []


def _layers(name: str) -> list[list[str]]:
    """The layers of the contract whose name begins so, from above, each as the names of its packages."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (found,) = (one for one in contracts if one["name"].startswith(name))
    return [[part.strip().rpartition(".")[2] for part in layer.split("|")] for layer in found["layers"]]

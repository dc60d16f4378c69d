"""README as the package index shows it."""

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from tools.setup.long_description import with_links

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOOK = "tools/setup/long_description.py"
SITE, REPOSITORY = "https://docs.example/xplenty", "https://forge.example/acme/xplenty"
TARGET = re.compile(r"\[[^\]]*\]\(([^)]*)\)")
TEXT = "See [it](docs/how-to/clusters.md#names), [changes](CHANGELOG.md), [the licence](LICENSE), [there](https://a.example)."


@pytest.mark.parametrize(
    ("urls", "shown"),
    [
        ({}, "See it, changes, the licence, [there](https://a.example)."),
        (
            {"Documentation": f"{SITE}/"},
            f"See [it]({SITE}/how-to/clusters.html#names), [changes]({SITE}/CHANGELOG.html), the licence, "
            "[there](https://a.example).",
        ),
        (
            {"repository": REPOSITORY},
            f"See [it]({REPOSITORY}/blob/HEAD/docs/how-to/clusters.md#names), "
            f"[changes]({REPOSITORY}/blob/HEAD/CHANGELOG.md), [the licence]({REPOSITORY}/blob/HEAD/LICENSE), "
            "[there](https://a.example).",
        ),
    ],
    ids=["none", "documentation", "repository"],
)
def test_links_lead_where_the_urls_lead(urls: dict[str, str], shown: str) -> None:
    """Without an address a link is its words; the site has pages, and the repository every file."""
    assert with_links(TEXT, urls) == shown


@pytest.mark.parametrize(
    ("urls", "shown"),
    [
        ({}, "# It\n\nText"),
        ({"Repository": REPOSITORY}, "# It\n\nText"),
        ({"Documentation": SITE}, f"# It\n\n![a run]({SITE}/pictures/up.svg)\n\nText"),
    ],
    ids=["none", "repository", "documentation"],
)
def test_picture_is_that_of_the_site(urls: dict[str, str], shown: str) -> None:
    """It is left out where there is no site."""
    assert with_links("# It\n\n![a run](docs/pictures/up.svg)\n\nText", urls) == shown


def test_address_in_the_project_makes_links_absolute(tmp_path: Path) -> None:
    """A distribution that is built with an address of the site and of the repository has no relative link."""
    shown = _built(tmp_path, {"Documentation": SITE, "Repository": REPOSITORY})
    assert len(TARGET.findall(shown)) == len(TARGET.findall(README))
    assert [one for one in TARGET.findall(shown) if not one.startswith("https://")] == []
    assert f"({SITE}/reference/exit-codes.html)" in shown
    assert f"({REPOSITORY}/blob/HEAD/LICENSE)" in shown


def test_pages_that_are_linked_are_in_the_site() -> None:
    """Each page of README that a distribution takes for one of the site is in its navigation."""
    pages = {one.partition("#")[0] for one in TARGET.findall(README) if "://" not in one and one.endswith(".md")}
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert pages
    assert [one for one in sorted(pages) if one.removeprefix("docs/") not in navigation] == []


def _built(folder: Path, urls: dict[str, str]) -> str:
    """Return what a distribution shows whose project has these addresses besides those that it has."""
    (folder / HOOK).parent.mkdir(parents=True)
    for name in ("README.md", "LICENSE", HOOK):
        shutil.copy(ROOT / name, folder / name)
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project["project"].setdefault("urls", {}).update(urls)
    project["project"] |= {"version": "1.0", "dynamic": ["readme"]}
    project["tool"]["hatch"].pop("version", None)
    return str(ProjectMetadata(str(folder), PluginManager(), project).core.readme)

"""The pages as texts: each link leads somewhere, and the prose is plain."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*/README.md")])
HABITS = re.compile(
    r"\b(heeds?|told|hears?|goes first|reckon(?:ed)?|hindrance|beside|befalls?|anew|borne|take[ns]? up|two looks"
    r"|whose it is|come to sight)\b"
)
"""Words that personify or belong to another time; a program polls, reads, adopts and reports."""


def name_of(page: Path) -> str:
    """Return the page's path in the checkout."""
    return str(page.relative_to(ROOT))


def prose(page: Path) -> str:
    """Return the page without blocks, and without tables, whose texts may be those of the code."""
    text = re.sub(r"^ *```\w+\n.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return "\n".join(line for line in text.splitlines() if not line.startswith("|"))


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_each_link_leads_somewhere(page: Path) -> None:
    """The file of a relative link exists, and has the heading that the link names."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "commands.md"], ids=name_of)
def test_prose_is_plain(page: Path) -> None:
    """A page that is written by hand has none of the words that this project does not use in its prose."""
    assert HABITS.findall(prose(page).lower()) == []


def test_there_are_pages() -> None:
    """The tests above have something to read."""
    assert len(PAGES) > 15
    assert all(prose(page).strip() for page in PAGES)

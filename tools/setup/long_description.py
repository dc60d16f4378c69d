"""What the package index shows of README: its text, with links to where the package says that its pages are.

`[project.urls]` in pyproject.toml may name a `Documentation`, which is the site, and a `Repository`. A link to what is
in neither of them is left out, because the index cannot follow it.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PICTURE = re.compile(r"^!\[(?P<text>[^\]]*)\]\((?!https?://)(?P<target>[^)#]*)\)\n\n", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?!https?://)(?P<target>[^)#]*)(?P<anchor>#[^)]*)?\)")
_IN_SITE = re.compile(r"docs/.*|.*\.md")
"""What the site has, by its path in the checkout; see tools/site.py."""


class LongDescription(MetadataHookInterface):
    """Sets `readme` while a distribution is built."""

    def update(self, metadata: dict[str, Any]) -> None:
        readme = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        text = with_links(readme, metadata.get("urls", {}))
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def with_links(text: str, urls: Mapping[str, str]) -> str:
    """Return a text with absolute links in place of relative ones, as far as `urls` lead to their pages.

    What they do not lead to is left without a link. A picture is left out unless the documentation has it: a repository
    serves no picture in a form that the index shows.
    """
    places = {name.lower(): url.rstrip("/") for name, url in urls.items()}
    site, repository = places.get("documentation", ""), places.get("repository", "")

    def link(found: re.Match[str]) -> str:
        address = _page(site, found["target"]) or (repository and f"{repository}/blob/HEAD/{found['target']}")
        return f"[{found['text']}]({address}{found['anchor'] or ''})" if address else found["text"]

    def picture(found: re.Match[str]) -> str:
        address = _page(site, found["target"])
        return f"![{found['text']}]({address})\n\n" if address else ""

    return _LINK.sub(link, _PICTURE.sub(picture, text))


def _page(site: str, target: str) -> str:
    """The address of a file of the checkout in the site; empty where it is in none."""
    if not site or not _IN_SITE.fullmatch(target):
        return ""
    return f"{site}/{re.sub(r'[.]md$', '.html', target.removeprefix('docs/'))}"

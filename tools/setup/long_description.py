"""What the package index shows of README: its text, without links into the checkout, which it cannot follow."""

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PICTURE = re.compile(r"^!\[[^\]]*\]\((?!https?://)[^)]*\)\n\n", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\((?!https?://)[^)]*\)")


class LongDescription(MetadataHookInterface):
    """Sets `readme` while a distribution is built."""

    def update(self, metadata: dict[str, Any]) -> None:
        readme = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": without_links(readme)}


def without_links(text: str) -> str:
    """Return a text with the words of each relative link in its place, and without relative pictures."""
    return _LINK.sub(r"\1", _PICTURE.sub("", text))

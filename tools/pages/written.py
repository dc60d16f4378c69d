"""All pages that are made from the code, by their paths."""

from collections.abc import Mapping
from pathlib import Path

from tools.pages import emulated, errors, events, formats, lookups, resources

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


def pages() -> Mapping[str, str]:
    """Return the text of each page by its path in the reference."""
    parts = (resources, lookups, errors, events, emulated, formats)
    return {path: text for part in parts for path, text in part.pages().items()}


def write() -> None:
    """Write every page."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")

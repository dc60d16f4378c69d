"""What `mkdocs.yml` calls when the site is built: pages outside `docs/` are part of it, and links to them are followed.

A page of the site has the path that it has in the checkout, without `docs/`, so README is the home page.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "schema/README.md", "examples/*/README.md")
_FENCED = re.compile(r"(^ *```\w+\n.*?^ *```$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?P<label>!?\[(?P<text>[^\]]*)\])\((?P<target>[^)\s]+)\)")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages outside `docs/`."""
    for pattern in OUTSIDE:
        for path in sorted(ROOT.glob(pattern)):
            files.append(File.generated(config, str(path.relative_to(ROOT)), abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Any, files: Files, **_: object) -> str:
    """Return the page with each link as the site has it."""
    source = _source(page.file.src_uri)
    return followed(markdown, source, lambda uri: files.get_file_from_path(uri) is not None)


def followed(markdown: str, source: Path, is_in_site: Callable[[str], bool]) -> str:
    """Return the text of the file `source` with links for the site; what the site has not is left without a link.

    A link to nothing stays as it is, so a strict build fails.
    """

    def link(found: re.Match[str]) -> str:
        name, mark, anchor = found["target"].partition("#")
        target = (source.parent / name).resolve()
        if "://" in name or not name or not target.exists():
            return found[0]
        uri = _uri(target / "README.md" if target.is_dir() else target)
        if not is_in_site(uri):
            return found["text"]
        return f"{found['label']}({os.path.relpath(uri, Path(_uri(source)).parent)}{mark}{anchor})"

    parts = _FENCED.split(markdown)
    return "".join(part if number % 2 else _LINK.sub(link, part) for number, part in enumerate(parts))


def _uri(path: Path) -> str:
    return path.relative_to(ROOT).as_posix().removeprefix("docs/")


def _source(uri: str) -> Path:
    inside = ROOT / "docs" / uri
    return inside if inside.exists() else ROOT / uri

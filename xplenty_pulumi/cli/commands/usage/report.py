"""The page: one file that works offline, made of the facts, the parts in the folder `page`, and Plotly."""

import json
import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

_PART = re.compile(r"\{\{ (\S+) \}\}")


def plotly() -> str:
    """Return the code of the library that draws, which the page brings along.

    Raises:
        ImportError: the extra `report` is not installed; it says how to install it.
    """
    try:
        from plotly.offline import get_plotlyjs  # noqa: PLC0415 - it comes with an extra
    except ImportError:
        raise ImportError('--html needs Plotly: pip install "xplenty-pulumi[cli,report]"') from None
    code: str = get_plotlyjs()
    return code


def page(facts: Mapping[str, Any], *, library: str) -> str:
    """Return the page as HTML; the texts in `facts` are HTML already."""
    # No text of a script can end it: `<` is spelled as JSON may spell it.
    data = json.dumps(facts, separators=(",", ":")).replace("<", "\\u003c")
    parts: dict[str, Callable[[], str]] = {"data": lambda: data, "plotly": lambda: library}
    return _PART.sub(lambda found: parts.get(found[1], lambda: _part(found[1]))(), _part("page.html"))


def _part(name: str) -> str:
    return files("xplenty_pulumi.cli.commands.usage").joinpath("page", name).read_text(encoding="utf-8")

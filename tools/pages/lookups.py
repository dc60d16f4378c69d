"""The lookup functions as a page."""

import inspect
import re

import xplenty_pulumi
from tools.pages.source import NOTE, sentences

_OPENING = """\
# Lookups

Functions that ask the service at once, in a preview as well, and return typed, frozen records of
`xplenty_pulumi.client`. One that finds nothing raises `LookupFailed`, which ends the program with one paragraph.

The engine takes plain values only. Export a field, such as `get_cluster(name="etl").nodes`, or a whole record as plain
values, `get_cluster(name="etl").model_dump(mode="json")`."""

_INPUT = r"Union\[[^)]+?, Awaitable\[(.+?)\], ForwardRef\('Output\[T\]'\)(, NoneType)?\]"
"""What `inspect` makes of pulumi.Input."""


def pages() -> dict[str, str]:
    """Return the page by its path in the reference."""
    names = [name for name in xplenty_pulumi.__all__ if name.startswith("get_")]
    return {"lookups.md": "\n\n".join([_OPENING, NOTE, *map(_function, names)]) + "\n"}


def _function(name: str) -> str:
    function = inspect.unwrap(getattr(xplenty_pulumi, name))
    signature = re.sub(r"[\w.]+\.(?=[A-Z])", "", str(inspect.signature(function)))
    signature = re.sub(_INPUT, lambda found: f"Input[{found[1]}]{' | None' if found[2] else ''}", signature)
    return f"## `{name}`\n\n```text\n{name}{signature}\n```\n\n{sentences(function)}"

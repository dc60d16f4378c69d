"""Values as a program spells them, formatted as ruff does it with its default settings."""

from collections.abc import Mapping
from dataclasses import dataclass

WIDTH = 88
_STEP = "    "


@dataclass(frozen=True)
class Code:
    """An expression of the program, such as `loads.id`."""

    text: str


@dataclass(frozen=True)
class Construction:
    """A call with arguments: some by place, then some by name."""

    function: str
    places: tuple[object, ...]
    names: Mapping[str, object]


def spelled(value: object, *, before: int = 0, after: int = 0, depth: int = 0) -> str:
    """Return `value` as Python: on one line where it fits beside what stands `before` and `after` it, else on several.

    `depth` is how far the line that it is on is indented.
    """
    flat = _flat(value)
    parts = _parts(value)
    if not parts or before + len(flat) + after <= WIDTH:
        return flat
    opening, items, closing = parts
    inner = _STEP * (depth + 1)
    lines = [
        f"{inner}{head}{spelled(item, before=len(inner) + len(head), after=1, depth=depth + 1)},\n"
        for head, item in items
    ]
    return f"{opening}\n{''.join(lines)}{_STEP * depth}{closing}"


def _flat(value: object) -> str:
    if parts := _parts(value):
        opening, items, closing = parts
        return f"{opening}{', '.join(head + _flat(item) for head, item in items)}{closing}"
    if isinstance(value, Mapping | list | tuple):
        return "{}" if isinstance(value, Mapping) else "[]"
    return _scalar(value)


def _parts(value: object) -> tuple[str, list[tuple[str, object]], str] | None:
    """What opens and closes it, and each item with what stands before it; None for what is never split."""
    if isinstance(value, Construction):
        named = [(f"{name}=", item) for name, item in value.names.items()]
        return f"{value.function}(", [*(("", item) for item in value.places), *named], ")"
    if isinstance(value, Mapping) and value:
        return "{", [(f"{text(str(name))}: ", item) for name, item in value.items()], "}"
    if isinstance(value, list | tuple) and value:
        return "[", [("", item) for item in value], "]"
    return None


def _scalar(value: object) -> str:
    if isinstance(value, Code):
        return value.text
    if isinstance(value, str):
        return text(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return repr(value)


def text(value: str) -> str:
    """Return a text in quotes: double ones, unless single ones need fewer backslashes."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    body = "".join(repr(letter)[1:-1] for letter in value)
    escaped = body.replace(quote, "\\" + quote)
    return f"{quote}{escaped}{quote}"

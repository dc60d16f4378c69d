"""What differs between two flows, component by component, in lines that show no secret."""

import json
import re
from collections.abc import Iterator, Mapping

from xplenty_pulumi.core.kinds.compare import ABSENT, place_text, value_changes
from xplenty_pulumi.core.kinds.flows.document import digest_of
from xplenty_pulumi.redact import MASK, without_logins
from xplenty_pulumi.text import CUT, one_line, plural

MOST = 20
"""Lines that are shown of one flow."""
_LONGEST = 40
_KEYS = ("id", "name", "alias")
"""What identifies the items of a list, the first that all of them have."""
_SECRET = re.compile(r"pass|pwd|secret|token|credential|signature|auth|private|(^|_)(api|access)?_?key$", re.IGNORECASE)


def flow_changes(old: str, new: str, *, most: int = MOST) -> list[str]:
    """Return what has to change in the flow `old` to make it `new`, one line for each field, at most so many.

    Both are JSON. A line is such as ``component "load": destination.table "a" -> "b"``; the last one counts what is
    left out. Components are those of one list that have the same `id`, `name` or `alias`. Of what is named like a
    secret no value is shown.
    """
    try:
        lines = list(_lines(json.loads(old), json.loads(new)))
    except (ValueError, RecursionError):
        return ["all of it, since one of the two is no JSON"] if old != new else []
    if not lines and old != new:
        lines = ["only the order of its parts"]
    left = len(lines) - most
    return lines if left <= 0 else [*lines[:most], f"and {plural(left, 'more change')}"]


def edit_lines(last_digest: str, flow: str, last: str | None) -> list[str]:
    """Return what was changed in a flow whose digest was `last_digest`, one line for each field; none for nothing.

    `last` is that flow, where it is on this machine.
    """
    if digest_of(flow) == last_digest:
        return []
    return ["what it was before is not on this machine"] if last is None else flow_changes(last, flow)


def _lines(old: object, new: object) -> Iterator[str]:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        yield from _changed("", old, new)
        return
    for name in sorted({*old, *new}):
        left, right = old.get(name, ABSENT), new.get(name, ABSENT)
        before, after = _by_key(left, right)
        if before is None or after is None:
            yield from _changed(name, left, right)
            continue
        for key in dict.fromkeys([*before, *after]):
            item = after.get(key) or before.get(key)
            called = str((item.get("name") if isinstance(item, Mapping) else None) or key)
            label = f'{name.removesuffix("s")} "{one_line(called, limit=60)}"'
            yield from _component(label, before.get(key, ABSENT), after.get(key, ABSENT))


def _component(label: str, old: object, new: object) -> Iterator[str]:
    if old is ABSENT or new is ABSENT:
        yield f"{label}: {'added' if old is ABSENT else 'removed'}"
        return
    for line in _changed("", old, new):
        yield f"{label}: {line}"


def _changed(start: str, old: object, new: object) -> Iterator[str]:
    for path, left, right in value_changes(_aligned(old), _aligned(new)):
        names = [*([start] if start else []), *map(str, path)]
        is_secret = any(map(_SECRET.search, names))
        yield f"{place_text(names)} {_both(left, right, is_secret=is_secret)}".strip()


def _both(old: object, new: object, *, is_secret: bool) -> str:
    if old is ABSENT or new is ABSENT:
        word, value = ("added", new) if old is ABSENT else ("removed", old)
        return f"{word}: {MASK if is_secret else _shown(value, 0)}"
    if is_secret:
        return f"{MASK} -> {MASK}"
    at = _first_difference(old, new) if isinstance(old, str) and isinstance(new, str) else 0
    return f"{_shown(old, at)} -> {_shown(new, at)}"


def _first_difference(old: str, new: str) -> int:
    """Where two long texts begin to differ, a few characters before."""
    if max(len(old), len(new)) <= _LONGEST:
        return 0
    shorter = min(len(old), len(new))
    return max(0, next((at for at in range(shorter) if old[at] != new[at]), shorter) - 10)


def _shown(value: object, at: int) -> str:
    if isinstance(value, Mapping | list):
        return plural(len(value), "item")
    if not isinstance(value, str):
        return json.dumps(value)
    text = without_logins(value)
    if text != value:
        at = 0
    return json.dumps((CUT if at else "") + one_line(text[at:], limit=_LONGEST), ensure_ascii=False)


def _by_key(*sides: object) -> tuple[dict[str, object] | None, ...]:
    """Lists of components by what identifies them; None for each where the sides are no such lists."""
    lists = [[] if side is ABSENT else side for side in sides]
    for key in _KEYS:
        found = [_keyed(one, key) for one in lists]
        if all(one is not None for one in found) and any(found):
            return tuple(found)
    return tuple(None for _ in sides)


def _keyed(items: object, key: str) -> dict[str, object] | None:
    if not isinstance(items, list):
        return None
    keys = [item.get(key) if isinstance(item, Mapping) else None for item in items]
    if any(not isinstance(one, str | int) for one in keys) or len({*map(str, keys)}) < len(keys):
        return None
    return dict(zip(map(str, keys), items, strict=True))


def _aligned(value: object) -> object:
    """The value with each list in it, whose items are identified, by what identifies them: an insertion moves none."""
    if isinstance(value, Mapping):
        return {name: _aligned(inner) for name, inner in value.items()}
    if not isinstance(value, list):
        return value
    keyed = next((found for key in _KEYS if (found := _keyed(value, key))), None)
    return [*map(_aligned, value)] if keyed is None else _aligned(keyed)

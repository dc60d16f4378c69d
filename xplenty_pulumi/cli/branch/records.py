"""What the stack of a branch says about itself, in tags: they outlive every checkout.

All that fits is in one tag, since the engine sets one tag in each of its runs. What has a tag of its own, such as one
that is set by hand, goes by that.
"""

import json
from collections.abc import Mapping

PREFIX = "xplenty:"
RECORDS, FAMILY = f"{PREFIX}records", f"{PREFIX}branches"
BRANCH, STACK_OWNER, EXPIRES, SIZING = f"{PREFIX}branch", f"{PREFIX}owner", f"{PREFIX}expires", f"{PREFIX}sizing"
SCOPE, PUSHED, ACCOUNT = f"{PREFIX}scope", f"{PREFIX}pushed", f"{PREFIX}account"
NO_ACCOUNT = "none"
"""The record of an account that is no more, as it is set by hand."""
_NAMES = (BRANCH, STACK_OWNER, EXPIRES, SIZING, SCOPE, PUSHED, ACCOUNT)
_LONGEST = 256
"""Bytes that the engine takes for the value of a tag."""


def records_in(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the records by name; one tag that is damaged says nothing."""
    try:
        together = dict(json.loads(tags.get(RECORDS, "{}")))
    except (ValueError, TypeError):
        together = {}
    shared = {f"{PREFIX}{name}": str(value) for name, value in together.items()}
    return {**shared, **{name: tags[name] for name in _NAMES if name in tags}}


def tags_to_set(records: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that give these records, beside what they leave as it is, to a stack with these `tags`."""
    wanted = {**records_in(tags), **{name: value for name, value in records.items() if value}}
    alone = {name: value for name, value in wanted.items() if name in tags}
    together: dict[str, str] = {}
    for name, value in sorted(wanted.items(), key=lambda one: (len(one[1]), one[0])):
        if name not in alone:
            fits = len(_spelled({**together, name: value}).encode("utf-8", "surrogateescape")) <= _LONGEST
            (together if fits else alone)[name] = value
    found = {**alone, **({RECORDS: _spelled(together)} if together else {})}
    return {name: value for name, value in found.items() if tags.get(name) != value}


def _spelled(records: Mapping[str, str]) -> str:
    plain = {name.removeprefix(PREFIX): value for name, value in records.items()}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

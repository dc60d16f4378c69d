"""Finding hooks by the documented query language.

`attr:value` is equality for numbers and containment for texts, `attr:>v` and `attr:<v` compare, quotes hold a value
together and `-` turns a term around, for texts only. The same attribute with the same sign means any of its values;
everything else must hold at once. Free words mean any of them, in the name: what they match is not documented.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xplenty_pulumi.emulator.hooks.fields import name_of
from xplenty_pulumi.emulator.life.records import Hook

_TERM = re.compile(
    r'(?P<minus>-)?(?P<attribute>id|name|type):(?P<compare>[<>])?(?P<value>"[^"]*"|\S+)|(?P<word>"[^"]*"|\S+)'
)
_TEXTS: Mapping[str, Callable[[Hook], str]] = {"name": name_of, "type": lambda hook: hook.type}


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a query; a free word is about the name."""

    attribute: str
    value: str
    compare: str = ""
    minus: bool = False

    def fits(self, hook: Hook) -> bool:
        """Return whether the hook is what the term asks for, its sign aside."""
        if self.attribute in _TEXTS:
            return self.value.lower() in _TEXTS[self.attribute](hook).lower()
        if not self.value.isdecimal() or len(self.value) > 18:
            return False
        wanted = int(self.value)
        return {"": hook.id == wanted, ">": hook.id >= wanted, "<": hook.id <= wanted}[self.compare]


def matching(query: str, hooks: Mapping[int, Hook]) -> dict[int, Hook]:
    """Return the hooks that fit a query; an empty one fits none."""
    groups: dict[tuple[str, bool], list[Term]] = defaultdict(list)
    for found in _TERM.finditer(query):
        term, free = _term(found)
        groups["" if free else term.attribute, term.minus].append(term)
    if not groups:
        return {}
    return {number: hook for number, hook in hooks.items() if all(_holds(terms, hook) for terms in groups.values())}


def _term(found: re.Match[str]) -> tuple[Term, bool]:
    if found["word"] is not None:
        return Term("name", found["word"].strip('"')), True
    minus = bool(found["minus"]) and found["attribute"] in _TEXTS
    return Term(found["attribute"], found["value"].strip('"'), found["compare"] or "", minus), False


def _holds(terms: list[Term], hook: Hook) -> bool:
    """Terms of one group have one sign: any of them fits, or with a minus none of them does."""
    return any(term.fits(hook) for term in terms) is not terms[0].minus

"""Keeping the values of a job's variables out of what is shown of it: they are inputs, and often secret."""

import re
from collections.abc import Iterable, Mapping

from xplenty_pulumi.redact import MASK, scrub

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def masked(variables: Mapping[str, object]) -> dict[str, str]:
    """Return the names with a mask for each value; one that is empty is shown as that."""
    return {name: MASK if str(value) else "" for name, value in variables.items()}


def values_of(*groups: Mapping[str, object] | None) -> frozenset[str]:
    """Return the values to be masked in texts, each also without the quotes of a string constant, and on one line."""
    values = [str(value) for group in groups for value in (group or {}).values()]
    spellings = {spelling for value in values for spelling in (value, value.strip("'"))}
    spellings |= {_ESCAPED.sub(r"\1", one) for one in spellings}
    return frozenset(spellings | {" ".join(one.split()) for one in spellings})


def without(text: str, values: Iterable[str]) -> str:
    """Return `text` with each of `values` masked; those shorter than four characters would hide the text itself."""
    return scrub(text, values)

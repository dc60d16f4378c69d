"""Values of package variables: the service reads them as expressions, so a string constant carries its own quotes."""

import re
from collections.abc import Mapping

_LOOKS_LIKE_WORDS = re.compile(r"(?![$'\"])[^\W\d](?:[^()']*[^()'\s])?")
_CONSTANTS = {"true", "false", "null"}


def quote(value: str) -> str:
    """Return `value` as a string constant of the service's expression language: ``quote("today")`` is ``'today'``.

    Values of variables are expression text (documented for schedules and dynamic variables): a number, a call such as
    ``CurrentTime()``, a reference such as ``$START``, or a string constant in single quotes. Quotes and backslashes in
    `value` get a backslash before them; the service documents no escape of its own.
    """
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def looks_unquoted(inputs: Mapping[str, object]) -> list[str]:
    """Return the names of the variables whose value reads like words rather than like an expression."""
    found = []
    for group in ("variables", "dynamic_variables"):
        variables = inputs.get(group)
        for name, value in variables.items() if isinstance(variables, Mapping) else ():
            if _LOOKS_LIKE_WORDS.fullmatch(str(value)) and str(value).lower() not in _CONSTANTS:
                found.append(str(name))
    return found

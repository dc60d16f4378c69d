"""Secret variables: known to the provider by name, so that their values are kept out of all it says and returns.

The engine hands over secrets in clear and marks only outputs of the same name as secret again. The service may repeat a
value elsewhere, such as in the error text of a run.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi import Output

from xplenty_pulumi.redact import Secret, scrub

SECRETS = "__secrets"
"""Hidden input: the names of the variables or settings whose values are secret; `*` where all of them are."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_GROUPS = ("variables", "dynamic_variables", "settings")


def secret_names(*groups: object) -> "Output[list[str]]":
    """Return the names of the variables in `groups`, as a program declares them, that are secret outputs."""

    async def names() -> list[str]:
        found = set()
        for group in groups:
            if isinstance(group, Output) and await group.is_secret():
                found.add("*")
            for name, value in group.items() if isinstance(group, Mapping) else ():
                if isinstance(value, Output) and await value.is_secret():
                    found.add(str(name))
        return sorted(found)

    return Output.from_input(names())


def secret_values(properties: Mapping[str, object]) -> list[str]:
    """Return the values to be kept out of texts, each also without the quotes of a string constant."""
    names = properties.get(SECRETS)
    if not isinstance(names, list) or not names:
        return []
    groups = [group for name in _GROUPS if isinstance(group := properties.get(name), Mapping)]
    values = [str(value) for group in groups for name, value in group.items() if "*" in names or name in names]
    return [spelling for value in values for spelling in _spellings(value)]


def _spellings(value: str) -> set[str]:
    """The value, the string constant's own text, both also on one line, as an error may repeat them."""
    inner = value.strip("'")
    texts = {value, inner, _ESCAPED.sub(r"\1", inner)}
    return texts | {" ".join(text.split()) for text in texts}


def without_secrets(view: Mapping[str, object], secrets: Sequence[Secret | str]) -> dict[str, Any]:
    """Return `view` with every one of `secrets` masked in every text of it, however deep."""
    return {name: _masked(value, secrets) for name, value in view.items()} if secrets else dict(view)


def _masked(value: object, secrets: Sequence[Secret | str]) -> object:
    if isinstance(value, str):
        return scrub(value, secrets)
    if isinstance(value, Mapping):
        return {name: _masked(item, secrets) for name, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, secrets) for item in value]
    return value

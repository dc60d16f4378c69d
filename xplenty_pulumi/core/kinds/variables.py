"""Values of package variables: the service reads them as expressions, so a string constant carries its own quotes."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from xplenty_pulumi.errors import SpecError
from xplenty_pulumi.redact import MASK
from xplenty_pulumi.text import one_line

_CONSTANTS = frozenset({"true", "false", "null"})
_WORDS_OF_THE_LANGUAGE = _CONSTANTS | {
    *("and", "or", "not", "is", "in", "matches", "case", "when", "then", "else", "end"),
    *("int", "long", "float", "double", "biginteger", "bigdecimal"),
    *("boolean", "chararray", "bytearray", "datetime"),
}
_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?[LlFfDd]?(?![\w.]))"
    r"|(?P<reference>\$\{?\w+\}?)"
    r"|(?P<call>[^\W\d][\w.]*(?=\s*\())"
    r"|(?P<word>[^\W\d]\w*)"
    r"|(?P<operator>[-+*/%<>=!?:,#.(){}\[\]]))",
    re.DOTALL,
)
_DATE_OR_TIME = re.compile(r"\d{4}([-/.])\d{1,2}(\1\d{1,2})?|\d{1,2}([-/.])\d{1,2}\3\d{4}|\d{1,2}:\d{2}(:\d{2})?")
_STARTS_OR_ENDS_IN_OPERATOR = re.compile(r"(?:[*/%<>=,#?:]|\.(?!\d)).*|.*[-+*/%<>=!,#.?:]", re.DOTALL)
_OPERANDS = frozenset({"string", "number", "reference", "call"})


def quote(value: str | float) -> str:
    """Return `value` as a string constant of the service's expression language: ``quote("today")`` is ``'today'``.

    Values of variables are expression text (documented for schedules and dynamic variables): a number, a call such as
    ``CurrentTime()``, a reference such as ``$START``, or a string constant in single quotes. Quotes and backslashes in
    `value` get a backslash before them; the service documents no escape of its own. A variable that is secret in the
    service is no expression but a plain text, so its value is not quoted. A number becomes a text.

    Raises:
        SpecError: it is neither a text nor a number, such as an output, whose `apply` takes this function.
    """
    if not isinstance(value, str | int | float):
        kind = type(value).__name__
        raise SpecError(
            f"takes a text or a number, got {kind}", field="quote", advice="Use `output.apply(quote)` for an output"
        )
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def looks_unquoted(inputs: Mapping[str, object]) -> list[str]:
    """Return the names of the variables whose value reads like a text rather than like an expression."""
    groups = (inputs.get(group) for group in ("variables", "dynamic_variables"))
    pairs = [pair for group in groups if isinstance(group, Mapping) for pair in group.items()]
    return [str(name) for name, value in pairs if isinstance(value, str) and _reads_like_text(value.strip())]


def unquoted_text(inputs: Mapping[str, object], *, plain: frozenset[str] = frozenset()) -> str:
    """Return which variables read like texts without their quotes, and what to do; an empty text for none.

    Those in `plain` are secret and may be plain texts. No value is shown.
    """
    names = sorted({*looks_unquoted(inputs)} - plain)
    if not names:
        return ""
    looks, it = ("looks like a text", "it is") if len(names) == 1 else ("look like texts", "they are")
    return (
        f"{', '.join(names)} {looks} without quotes, and the service reads the value of a variable as an expression; "
        f"if {it} meant as a text, write xplenty_pulumi.quote(...)"
    )


def _reads_like_text(value: str) -> bool:
    """Whether it is a date, a time or a path, or has a word that is none of the language, or two operands in a row."""
    if not value:
        return False
    if _DATE_OR_TIME.fullmatch(value) or _STARTS_OR_ENDS_IN_OPERATOR.fullmatch(value):
        return True
    kinds = list(_kinds(value))
    if kinds == ["word"]:
        return value.lower() not in _CONSTANTS
    return "other" in kinds or any({one, other} <= _OPERANDS for one, other in pairwise(kinds))


def _kinds(value: str) -> Iterator[str]:
    """The kinds of the tokens one after another; `other` for what is none of the language."""
    position = 0
    while position < len(value):
        token = _TOKEN.match(value, position)
        if token is None or token.lastgroup is None:
            yield "other"
            return
        is_strange = token.lastgroup == "word" and token["word"].lower() not in _WORDS_OF_THE_LANGUAGE
        yield "other" if is_strange else token.lastgroup
        position = token.end()


_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def masked(variables: Mapping[str, object]) -> dict[str, str]:
    """Return the names with a mask for each value; one that is empty is shown as that."""
    return {name: MASK if str(value) else "" for name, value in variables.items()}


def values_of(*groups: object) -> frozenset[str]:
    """Return the values to be masked in texts, each in its `spellings`: those in mappings and lists, at any depth."""
    return frozenset(spelling for value in _plain_values(groups) for spelling in spellings(value))


def _plain_values(value: object) -> Iterator[object]:
    if isinstance(value, Mapping | list | tuple):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _plain_values(inner)
    elif value is not None:
        yield value


def spellings(value: object) -> frozenset[str]:
    """Return how texts may repeat a value: as it is, without the quotes of a string constant, both on one line too."""
    inner = str(value).strip("'")
    texts = {str(value), inner, _ESCAPED.sub(r"\1", inner)}
    return frozenset(texts | set(map(one_line, texts)))

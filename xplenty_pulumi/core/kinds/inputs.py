"""Readers that turn an input into its one canonical form, or say what is wrong with it.

A reader takes the raw value and returns the canonical one; it raises `ValueError` with a text that completes the
sentence "`field` ...". Numbers may come as floats, since that is how the engine sends every number.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from xplenty_pulumi.setting_names import problem_of

Reader = Callable[[object], object]

_LONGEST_TEXT = 10_000
_LONGEST_DURATION = 366 * 24 * 3600
_FIRST_INEXACT = 2**53
"""The first whole number that is also the float of another one."""
MISSING: Mapping[str, bool] = {"__missing": True}
"""What stands for None in a mapping on its way to the engine, which drops each None silently."""
_DURATION = re.compile(r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m)?(?:(?P<s>\d+(?:\.\d+)?)s)?")
_SECONDS = {"h": 3600, "m": 60, "s": 1}
_UNPAIRED = re.compile(r"[\ud800-\udfff]")


def text(*, blank: bool = True, longest: int = _LONGEST_TEXT) -> Reader:
    """Accept a text of at most `longest` characters that UTF-8 can express, without NUL."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError(f"must be a text, got {shown(value)}")
        if not blank and not value.strip():
            raise ValueError("must not be empty")
        if len(value) > longest:
            raise ValueError(f"must be at most {longest} characters long, got {len(value)}")
        if "\0" in value or _UNPAIRED.search(value):
            raise ValueError("must not contain NUL characters or unpaired surrogates")
        return value

    return read


def description(value: object) -> str:
    """Accept a text; give it without white space around it, which a service may or may not keep."""
    return str(text()(value)).strip()


@dataclass(frozen=True)
class Choice:
    """Accepts exactly one of the texts in `allowed`."""

    allowed: tuple[str, ...]

    def __call__(self, value: object) -> str:
        if value not in self.allowed:
            raise ValueError(f"must be one of {', '.join(map(repr, self.allowed))}, got {shown(value)}")
        return str(value)


def choice(*allowed: str) -> Choice:
    """Accept exactly one of `allowed`."""
    return Choice(allowed)


def whole(*, lowest: int, highest: int | None = None) -> Reader:
    """Accept a whole number in the range, as int or as a float without fraction; a text is no number."""

    def read(value: object) -> int:
        found = _number(value)
        if not found.is_integer():
            raise ValueError(f"must be a whole number, got {shown(value)}")
        _within(found, lowest, highest)
        return _exact(value)

    return read


def number(*, lowest: float, highest: float | None = None) -> Reader:
    """Accept a finite number in the range; a text is no number."""

    def read(value: object) -> float:
        found = _number(value)
        _within(found, lowest, highest)
        return found

    return read


def flag(value: object) -> bool:
    """Accept true or false, and the service's own spellings of them: `t`, `1`, `f`, `0` as texts or numbers."""
    spelling = str(value).lower().removesuffix(".0")
    if spelling in {"true", "t", "1"}:
        return True
    if spelling in {"false", "f", "0"}:
        return False
    raise ValueError(f"must be true or false, got {shown(value)}")


def account(value: object) -> str:
    """Accept the name of a set of settings, empty for the stack's own."""
    if problem := problem_of(value):
        raise ValueError(f"{problem}, got {shown(value)}")
    return str(value)


def title(value: object) -> str:
    """Accept a text that is not empty; give it without white space around it."""
    return str(text(blank=False)(value)).strip()


def identifier(value: object) -> str:
    """Accept the id of a cluster, job or package, as a number or a text of digits; give it as a text, digit by digit.

    A float that may stand for more than one whole number is refused.
    """
    try:
        text = value.strip() if isinstance(value, str) else ""
        return str(whole(lowest=1)(int(text) if text.isascii() and text.isdigit() else value))
    except ValueError:
        inexact = isinstance(value, float) and value.is_integer() and value >= _FIRST_INEXACT
        way_out = "; give a number that long as a text of digits" if inexact else ""
        raise ValueError(f"must be an id, a whole number above 0, got {shown(value)}{way_out}") from None


def record_id(value: object) -> int:
    """Accept an id as `identifier` does; give it as a number, as the service has it."""
    return int(identifier(value))


def members(read: Callable[[str, object], object]) -> Reader:
    """Accept a mapping whose values `read` accepts by their names; no text about what is wrong shows a value."""

    def check(value: object) -> dict[str, object]:
        if not isinstance(value, Mapping):
            raise ValueError(f"must be a mapping of names to values, got a {type(value).__name__}")
        return {str(name): read(str(name), item) for name, item in value.items() if item is not None}

    return check


def duration(value: object) -> float:
    """Accept seconds as a number, or a text such as `90s`, `30m` or `1h30m`; give seconds above zero."""
    try:
        match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) and value.strip() else None
        if match:
            seconds = sum(float(amount) * _SECONDS[unit] for unit, amount in match.groupdict().items() if amount)
        else:
            seconds = float(value) if isinstance(value, str) else _number(value)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= _LONGEST_DURATION:
        raise ValueError(f"must be a time above zero and below a year, such as 1800 or '30m', got {shown(value)}")
    return seconds


def whole_seconds(value: object) -> int:
    """Accept a duration, as a number or as a text, that comes to whole seconds; give these."""
    seconds = duration(value)
    if not seconds.is_integer():
        raise ValueError(f"must come to whole seconds, got {shown(value)}")
    return int(seconds)


def variables(value: object) -> dict[str, str]:
    """Accept a mapping of variable names to texts, numbers or booleans; give every value as the text that is sent."""
    if not isinstance(value, Mapping):
        # The value is not shown: all that stands here may be secret.
        raise ValueError(f"must be a mapping of names to values, got a {type(value).__name__}")
    if wrong := [name for name in value if not isinstance(name, str) or not name or "\0" in name]:
        raise ValueError(f"has a variable whose name is not a text: {shown(wrong[0])}")
    return {name: _variable_text(name, item) for name, item in value.items()}


def triggers(value: object) -> object:
    """Accept any list or mapping of plain values; what is in it only counts by being different."""
    if not isinstance(value, Mapping | Sequence) or isinstance(value, str | bytes):
        raise ValueError(f"must be a list or a mapping, got a {type(value).__name__}")
    return value


def bootstrap_actions(value: object) -> list[dict[str, object]]:
    """Accept a list of `{script_path, args}`; `args` is a list of texts and may be left out."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise ValueError(f"must be a list of actions, got {shown(value)}")
    return [_bootstrap_action(position, item) for position, item in enumerate(value)]


def shown(value: object) -> str:
    """Return `value` as an error may show it: short, and for containers only what they are."""
    if isinstance(value, Mapping | list | tuple | set | bytes):
        return f"a {type(value).__name__}"
    shortened = repr(value)
    return shortened if len(shortened) <= 60 else f"{shortened[:57]}..."


def _bootstrap_action(position: int, item: object) -> dict[str, object]:
    if not isinstance(item, Mapping) or not set(item) <= {"script_path", "args"}:
        raise ValueError(f"[{position}] must have script_path and perhaps args, and nothing else")
    script_path, args = item.get("script_path"), item.get("args")
    if not isinstance(script_path, str) or not script_path:
        raise ValueError(f"[{position}] needs a script_path")
    if args is None:
        args = []
    if not isinstance(args, list | tuple) or not all(isinstance(argument, str) for argument in args):
        raise ValueError(f"[{position}] has args that are not a list of texts")
    return {"script_path": script_path, "args": list(args)} if args else {"script_path": script_path}


def _variable_text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or value == MISSING:
        raise ValueError(f"has None for {shown(name)}; leave the variable out, or give it a value")
    try:
        if isinstance(value, int | float):
            return str(_exact(value)) if _number(value).is_integer() else str(value)
        return str(text()(value))
    except ValueError:
        kinds = f"a text of at most {_LONGEST_TEXT} characters, a finite number, true or false"
        raise ValueError(f"has a value for {shown(name)} that is not {kinds}") from None


def _exact(value: object) -> int:
    """The whole number; one that the engine, which counts in floats, may have changed on its way here is refused."""
    if isinstance(value, float) and abs(value) < _FIRST_INEXACT:
        return int(value)
    if isinstance(value, int):
        return value
    raise ValueError(f"must be below 2**53 as a number, got {shown(value)}")


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        meant = "a number and not a text" if isinstance(value, str) else "a number"
        raise ValueError(f"must be {meant}, got {shown(value)}")
    try:
        found = float(value)
    except (ValueError, OverflowError):
        raise ValueError(f"must be a number, got {shown(value)}") from None
    if not math.isfinite(found):
        raise ValueError(f"must be a finite number, got {shown(value)}")
    return found


def _within(found: float, lowest: float, highest: float | None) -> None:
    if found < lowest or (highest is not None and found > highest):
        span = f"at least {lowest}" if highest is None else f"between {lowest} and {highest}"
        raise ValueError(f"must be {span}, got {found:g}")

"""Keeping secrets out of every text that leaves this package."""

import base64
import itertools
import json
import logging
import re
import urllib.parse
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from xplenty_pulumi.text import CUT

MASK = "***"
_SHORTEST_SECRET = 4
_SHORTEST_REST = 3
_LOGIN = re.compile(r"""(?<=://)(?:[^\s/?#"'<>]*|[^\s/:@?#"'<>]+:(?!\d+[/?#])[^\s"'<>]*)@""")
"""The user part of an address; a password may hold a slash."""
_OPENS = r"[\w.-]*(?:pass|passwd|password|pwd|secret|token|credential|signature|(?:access|api|secret)_?key)|key|sas|sig"
_QUERY = re.compile(
    rf"""(?P<name>(?:[?&]|\\u0026)(?:amp;)?(?:{_OPENS})=)(?:[^\s&#"'<>`\\]|\\(?!u0026)[^\s"])+""", re.IGNORECASE
)
"""A credential among the parameters of an address, such as `?password=` of PostgreSQL; JSON may spell it."""
_FACT = re.compile(
    r"https?://[\w.:-]+(?:/[\w.-]+)?(?:/api)?/(?:(?:clusters|hooks|jobs|members|packages|schedules)/\d+|connections/[a-z0-9]+/\d+)(?:/[a-z_]+)*"
    r"|https?://"
    r"|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\b(?:cluster|hook|job|package|schedule) \d+"
    r"|\bconnection [a-z0-9]+/\d+",
    re.IGNORECASE,
)
"""Links to records, dates and ids: a part of one is not masked, even where it happens to be a secret's text."""
COMMON_WORDS = frozenset(
    {
        *("pending", "creating", "available", "idle", "scaling", "pending_terminate", "terminating", "terminated"),
        *("queued", "running", "completed", "failed", "pending_stoppage", "stopping", "stopped"),
        *("true", "false", "null", "none", "yes", "http", "https", "error", "warning"),
        *("enabled", "disabled", "active", "archived"),
        *("cluster", "connection", "package", "schedule", "hook", "production", "sandbox"),
    }
)
"""Words that texts are made of: a mask in their place would hide what is meant, and not the word."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_kept_out: "dict[Secret, None]" = {}
"""What is masked in every text of this process."""


class Secret:
    """A text that shows itself only when asked by name: printing and formatting give the mask, pickling refuses."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself; called where it is put on the wire and nowhere else."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not written anywhere, so it cannot be pickled or copied")


def keep_out(keys: Iterable[str]) -> None:
    """Have `hidden` and `scrub` mask these keys in every text of this process from now on."""
    _kept_out.update((Secret(one.strip()), None) for one in keys if one.strip())


def scrub(text: str, secrets: Iterable[Secret | str]) -> str:
    """Return `text` with every secret masked as by `hidden`, and without the credentials of addresses."""
    known = tuple(secrets)
    masked = hidden(text, known)
    short = without_logins(masked)
    return masked if short == masked else hidden(short, known)


def without_logins(text: str) -> str:
    """Return `text` with no user before the host of an address, and no password there or among its parameters."""
    text = _LOGIN.sub("", text) if "@" in text else text
    return _QUERY.sub(rf"\g<name>{MASK}", text) if "=" in text else text


def hidden(text: str, secrets: Iterable[Secret | str]) -> str:
    """Return `text` with every secret masked, and what is kept out, in each spelling that a log or an error may have.

    Spellings: as it is, URL-quoted, JSON-escaped, hexadecimal, and base64 at all three alignments (alone and as the
    user name of HTTP Basic). What has less than four characters, is a year or one of `COMMON_WORDS` is masked only in
    quotes or behind an equals sign, where it is a value: anywhere else a mask would hide the text. No part of a date,
    an id or a link to a record is masked. A `Secret`, which is no word, is masked wherever it has four characters.
    Where a text was cut, at three dots, what the cut has left of a secret is masked, from three characters on.
    """
    sought = _sought((*secrets, *tuple(_kept_out)))
    for spelling, is_certain in sought.spellings:
        if spelling in text:
            text = text.replace(spelling, MASK) if is_certain else _masked_beside_facts(text, spelling)
    for value in sought.common:
        text = _masked_as_value(text, value)
    return _masked_at_cuts(text, [spelling for spelling, _ in sought.spellings]) if CUT in text else text


class _Sought(NamedTuple):
    """What a text is searched for: spellings, the longest first and whether each is certain, and common values."""

    spellings: tuple[tuple[str, bool], ...]
    common: tuple[str, ...]


@lru_cache(maxsize=64)
def _sought(secrets: tuple[Secret | str, ...]) -> _Sought:
    """Find out for one set of secrets what each of its texts is searched for; a record has dozens of texts."""
    given = [(one.reveal() if isinstance(one, Secret) else one, isinstance(one, Secret)) for one in secrets]
    values = {text: sure for value, sure in given for text in (value, " ".join(value.split()))}
    words = {one for one in values if one.lower() in COMMON_WORDS or _YEAR.fullmatch(one)}
    common = tuple(one for one, sure in values.items() if len(one) < _SHORTEST_SECRET or (one in words and not sure))
    known = {one: sure for value, sure in values.items() if value not in common for one in _spellings(value)}
    return _Sought(tuple(sorted(known.items(), key=lambda one: len(one[0]), reverse=True)), common)


def _masked_at_cuts(text: str, known: Sequence[str]) -> str:
    """Return `text` with a mask for what is left of a secret that ends at three dots, begins there, or both."""
    parts = text.split(CUT)
    parts[1:-1] = [MASK if _is_within(part, known) else part for part in parts[1:-1]]
    parts[1:] = [_without_head(part, known) for part in parts[1:]]
    parts[:-1] = [_without_tail(part, known) for part in parts[:-1]]
    return CUT.join(parts)


def _is_within(part: str, known: Iterable[str]) -> bool:
    return len(part) >= _SHORTEST_REST and any(part in one for one in known)


def _without_head(part: str, known: Iterable[str]) -> str:
    length = max((_rest(one, part.startswith, first=False) for one in known), default=0)
    return f"{MASK}{part[length:]}" if length else part


def _without_tail(part: str, known: Iterable[str]) -> str:
    length = max((_rest(one, part.endswith, first=True) for one in known), default=0)
    return f"{part[:-length]}{MASK}" if length else part


def _rest(spelling: str, is_there: Callable[[str], bool], *, first: bool) -> int:
    """The most characters, the first or the last ones of a spelling and not all, that are there; 0 for too few."""
    lengths = range(len(spelling) - 1, _SHORTEST_REST - 1, -1)
    return next((one for one in lengths if is_there(spelling[:one] if first else spelling[-one:])), 0)


def _masked_beside_facts(text: str, spelling: str) -> str:
    facts = [(one.start(), one.end()) for one in _FACT.finditer(text)]

    def mask(found: re.Match[str]) -> str:
        start, end = found.span()
        is_part = any(first <= start and end <= last and end - start < last - first for first, last in facts)
        return found[0] if is_part else MASK

    return re.sub(re.escape(spelling), mask, text)


def _masked_as_value(text: str, value: str) -> str:
    """Return `text` with `value` masked where it stands in quotes or behind an equals sign, and is all that does."""
    if not value or value not in text:
        return text
    found = re.escape(value)
    places = rf"""(?P<mark>["'`]){found}(?=(?P=mark))|(?P<equals>=){found}(?![\w.:/-])"""
    return re.sub(places, lambda one: f"{one['mark'] or one['equals']}{MASK}", text)


@lru_cache(maxsize=256)
def _spellings(value: str) -> frozenset[str]:
    raw = value.encode(errors="surrogatepass")
    found = {
        value,
        json.dumps(value)[1:-1],
        urllib.parse.quote(raw, safe=""),
        urllib.parse.quote_plus(raw),
    }
    found |= {json.dumps(value, ensure_ascii=False)[1:-1], raw.hex(), raw.hex().upper()}
    for whole, padding in itertools.product((raw, raw + b":"), range(3)):
        # The characters that `whole` fully decides when it stands `padding` bytes after a base64 boundary.
        first, last = -(-padding * 8 // 6), (padding + len(whole)) * 8 // 6
        encoded = (base64.b64encode(b"\0" * padding + whole), base64.urlsafe_b64encode(b"\0" * padding + whole))
        found.update(text.decode()[first:last] for text in encoded if last - first >= _SHORTEST_SECRET)
    return frozenset(found)


class ScrubbingFilter(logging.Filter):
    """A logging filter that scrubs the finished message of each record, and its traceback text, in place."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = scrub(record.getMessage(), self._secrets)
        record.args = None
        if record.exc_info:
            record.exc_text = scrub(logging.Formatter().formatException(record.exc_info), self._secrets)
        return True

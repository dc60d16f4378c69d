"""Keeping secrets out of every text that leaves this package."""

import base64
import json
import logging
import urllib.parse
from collections.abc import Iterable

MASK = "***"
_SHORTEST_SECRET = 4


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
        raise TypeError("a Secret is not written anywhere, so it can not be pickled or copied")


def scrub(text: str, secrets: Iterable[Secret | str]) -> str:
    """Return `text` with every secret masked, in each spelling a log or an error could hold it in.

    Spellings: as it is, URL-quoted, JSON-escaped, hexadecimal, and base64 at all three alignments (alone and as the
    user name of HTTP Basic). Secrets shorter than four characters are left alone: masking them would hide the text.
    """
    for spelling in _longest_first(secrets):
        text = text.replace(spelling, MASK)
    return text


def _longest_first(secrets: Iterable[Secret | str]) -> list[str]:
    values = {secret.reveal() if isinstance(secret, Secret) else secret for secret in secrets}
    spellings = {spelling for value in values if len(value) >= _SHORTEST_SECRET for spelling in _spellings(value)}
    return sorted(spellings, key=len, reverse=True)


def _spellings(value: str) -> set[str]:
    raw = value.encode(errors="surrogatepass")
    found = {value, json.dumps(value)[1:-1], urllib.parse.quote(raw, safe=""), urllib.parse.quote_plus(raw)}
    found |= {json.dumps(value, ensure_ascii=False)[1:-1], raw.hex(), raw.hex().upper()}
    for whole in (raw, raw + b":"):
        for padding in range(3):
            found.update(_base64_core(whole, padding))
    return found


def _base64_core(raw: bytes, padding: int) -> set[str]:
    """The characters that `raw` fully decides when it stands `padding` bytes after a base64 boundary."""
    first = -(-padding * 8 // 6)
    last = (padding + len(raw)) * 8 // 6
    encoded = (base64.b64encode(b"\0" * padding + raw), base64.urlsafe_b64encode(b"\0" * padding + raw))
    return {text.decode()[first:last] for text in encoded if last - first >= _SHORTEST_SECRET}


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

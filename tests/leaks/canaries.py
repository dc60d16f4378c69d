"""Canaries: secrets that nothing else looks like, and a search for them in every spelling."""

import base64
import json
import re
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass

KEY = 'canary-key/"\u00e9~9f3b77e1d2'
IN_VARIABLES = 'canary one/"\u00e9 + %41> 51c0ffee'
IN_DYNAMIC_VARIABLES = 'canary two/"\u00e9 + %42> 52decade'
ECHOED = 'canary three/"\u00e9 + %43> 53facade'
IN_SETTINGS = 'https://hooks.example.test/canary-four-"\u00e9~%44-54beefed'
SALT = "canary-salt-55faded0c4"
IN_NAME = "canary-name-56cafe71"
IN_DESCRIPTION = 'canary five/"\u00e9 + %45> 57dabbed'
IN_ARGUMENT = "--token=canary-argument-58fed1c7"
IN_PASSWORD = 'canary six/"\u00e9 + %46> 59ab1ade'
IN_HOST = "canary-host-5bfaced1"
IN_TOKEN = 'canary seven/"\u00e9 + %47> 5cabba6e'
IN_CHANNEL = "canary-channel-5decade3"
IN_PATH = "packages/canary-path-5edfaced.json"
IN_VERSION = "canary-version-5fabaded"
CANARIES = (
    *(KEY, IN_VARIABLES, IN_DYNAMIC_VARIABLES, ECHOED, IN_SETTINGS, SALT, IN_NAME, IN_DESCRIPTION, IN_ARGUMENT),
    *(IN_PASSWORD, IN_HOST, IN_TOKEN, IN_CHANNEL, IN_PATH, IN_VERSION),
)
"""The API key, a variable, a dynamic one, one that the service repeats in errors, a hook's address, and its salt.

Then a name, a description, an argument of a script that runs on the nodes of a cluster, a connection's password and
host, what else opens a service, a hook's channel, and a package's file and version.
"""


@dataclass(frozen=True)
class Leak:
    """A canary in a text, and how it is spelled there."""

    canary: str
    spelling: str


def _raw(canary: str) -> set[str]:
    return {canary}


def _base64(canary: str) -> set[str]:
    raw = canary.encode()
    found = set()
    for padding in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            first, last = -(-padding * 8 // 6), (padding + len(raw)) * 8 // 6
            found.add(encode(b"\0" * padding + raw).decode()[first:last])
    return found


def _url(canary: str) -> set[str]:
    return {urllib.parse.quote(canary), urllib.parse.quote(canary, safe=""), urllib.parse.quote_plus(canary)}


def _json(canary: str) -> set[str]:
    return {json.dumps(canary)[1:-1], json.dumps(canary, ensure_ascii=False)[1:-1]}


def _hex(canary: str) -> set[str]:
    return {canary.encode().hex(), canary.encode().hex().upper()}


def _halves(canary: str) -> set[str]:
    first, second = canary[: len(canary) // 2], canary[len(canary) // 2 :]
    return {second + first, first[::-1], second[::-1]}


SPELLINGS: Mapping[str, Callable[[str], set[str]]] = {
    "raw": _raw,
    "base64": _base64,
    "URL": _url,
    "JSON": _json,
    "hexadecimal": _hex,
    "reversed halves": _halves,
}


def leaks(text: str | bytes) -> list[Leak]:
    """Return every canary in `text` with its spelling, also where the whole text is escaped as in JSON."""
    plain = text if isinstance(text, str) else text.decode(errors="replace")
    looked_at = (plain, _unescaped(plain))
    return [
        Leak(canary, name)
        for canary in CANARIES
        for name, spell in SPELLINGS.items()
        if any(spelled in one for spelled in spell(canary) for one in looked_at)
    ]


def _unescaped(text: str) -> str:
    """Return `text` with one level of backslashes taken away."""
    return re.sub(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", _character, text)


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else escape[3]


def planted(canary: str) -> str:
    """Return a text that has the canary in every spelling once."""
    return " ".join(sorted(spell(canary))[0] for spell in SPELLINGS.values())

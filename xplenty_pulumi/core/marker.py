"""The ownership marker: a short tag at the end of a cluster's description that says whose it is.

``nightly loads [xp1:quickstart-0f3a91c:5b1c0d9e7a42]`` is the user's text, then version 1 of the format, the scope (a
readable piece of the stack's name and a hash over organization, project and stack), and a hash over the scope and the
resource's name in it. It is the same on every machine and at every time, so it outlives a crash that nothing else
outlives; and it is at most 40 characters long.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 40
_VERSION = 1
_FORMAT = re.compile(
    r"(?:^|(?<=\s))\[xp(?P<version>[1-9][0-9]{0,3}):(?P<scope>[a-z0-9-]{1,20}):(?P<name>[0-9a-f]{12})\]\s*$"
)
_READABLE, _SCOPE_HASH, _NAME_HASH = 10, 7, 12


@dataclass(frozen=True)
class Owner:
    """Who declares a resource: a stack, and the resource's unique name in it."""

    organization: str
    project: str
    stack: str
    name: str


@dataclass(frozen=True)
class Marker:
    """A marker's parts; two markers are the same exactly when the same resource of the same stack wrote them."""

    scope: str
    name: str
    version: int = _VERSION

    def __str__(self) -> str:
        return f"[xp{self.version}:{self.scope}:{self.name}]"


def marker_of(owner: Owner) -> Marker:
    """Return the marker that `owner` writes."""
    return Marker(scope=scope_of(owner), name=_hash(_scope_key(owner), owner.name)[:_NAME_HASH])


def scope_of(owner: Owner) -> str:
    """Return the part that all markers of the owner's stack share, and no other stack's."""
    readable = re.sub(r"[^a-z0-9]+", "-", f"{owner.stack}".lower()).strip("-")[:_READABLE].strip("-")
    digest = _hash(_scope_key(owner))[:_SCOPE_HASH]
    return f"{readable}-{digest}" if readable else digest


@lru_cache(maxsize=4096)
def read(description: str | None) -> Marker | None:
    """Return the marker at the end of `description`, or None where there is none that is whole and unedited."""
    match = _FORMAT.search(description or "")
    if match is None:
        return None
    return Marker(scope=match["scope"], name=match["name"], version=int(match["version"]))


def sign(text: str, marker: Marker) -> str:
    """Return the user's `text` with `marker` behind it, in place of any that stood there."""
    bare = strip(text)
    return f"{bare} {marker}" if bare else str(marker)


def strip(description: str | None) -> str:
    """Return the user's own text of a description: what stands before the marker."""
    return _FORMAT.sub("", description or "").rstrip()


def _scope_key(owner: Owner) -> str:
    return "\0".join((owner.organization, owner.project, owner.stack))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()

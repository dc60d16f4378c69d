"""The ownership marker: a short tag at the end of a description (of a name, where there is none) that says whose it is.

``nightly loads [xp2:dev-0f3a91c:5b1c0d9e7a42:htjhp4ur9hgns:h]`` is the user's text, then version 2 of the format, the
scope (a readable piece of the stack's name and a hash over organization, project and stack), a hash over the scope and
the resource's name in it, the nonce of the create call, and whether that is unfinished (`u`) or held (`h`). Scope and
hash are the same on every machine and at every time, so they outlive a crash that nothing else outlives. The nonce
begins with the minute of its create call, and each create call draws its own; that of a hand-over has a `z` behind the
minute, and that of an adoption `yyy`. Version 1 had neither nonce nor state: what carries it counts as held.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random

LONGEST = 60
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MINUTE_DIGITS, _RANDOM_DIGITS = 5, 8
_OF_HAND_OVER, _OF_ADOPTION = "z", "yyy"
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORMAT = re.compile(
    r"(?:^|(?<=\s))\[(?:xp1:(?P<scope1>[a-z0-9-]{1,20}):(?P<name1>[0-9a-f]{12})"
    r"|xp2:(?P<scope2>[a-z0-9-]{1,20}):(?P<name2>[0-9a-f]{12}):(?P<nonce>[0-9a-z]{13}):(?P<state>[uh]))\]\s*$"
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
    """A marker's parts: whose it is, and with a `nonce` also which create call wrote it and how far that has come.

    Without a nonce it is that of an owner, which is what all markers of this owner share.
    """

    scope: str
    name: str
    nonce: str = ""
    is_unfinished: bool = False

    def __str__(self) -> str:
        if not self.nonce:
            return f"[xp1:{self.scope}:{self.name}]"
        return f"[xp2:{self.scope}:{self.name}:{self.nonce}:{'u' if self.is_unfinished else 'h'}]"

    @property
    def whose(self) -> "Marker":
        """What all markers of the same owner share; two resources of any stacks never do."""
        return Marker(self.scope, self.name)

    @property
    def begun(self) -> datetime | None:
        """The minute in which the create call was sent that drew the nonce; None in version 1."""
        if not self.nonce:
            return None
        return _EPOCH + int(self.nonce[:_MINUTE_DIGITS], 36) * _MINUTE

    @property
    def is_of_hand_over(self) -> bool:
        """Whether a hand-over has drawn the nonce, so that what carries it need not be what a create call made."""
        return self.nonce[_MINUTE_DIGITS:].startswith(_OF_HAND_OVER)

    @property
    def is_of_adoption(self) -> bool:
        """Whether who has adopted what carries it has drawn the nonce."""
        return self.nonce[_MINUTE_DIGITS:].startswith(_OF_ADOPTION)

    def is_of_namesake(self, nonces: Iterable[str]) -> bool:
        """Return whether another stack of this name has signed it as held, as one in another backend.

        `nonces` are those of the stack: of its create calls, and of its adoptions, the latest of which it signs with.
        """
        known = [*nonces]
        own = adoption_among(known)
        if self.is_unfinished or self.nonce == own:
            return False
        return self.is_of_adoption or (bool(own) and self.nonce in known)

    @property
    def is_left(self) -> bool:
        """Whether what carries it was made by a create call of the owner that has not come to its end."""
        return self.is_unfinished and not self.is_of_hand_over

    @property
    def held(self) -> "Marker":
        """The same marker once the create call is done."""
        return replace(self, is_unfinished=False)

    def drawn(self, now: datetime, random: Random) -> "Marker":
        """Return the marker of this owner for a create call that is sent `now`: unfinished, with a nonce of its own."""
        first, *others = random.choices(_DIGITS, k=_RANDOM_DIGITS)
        is_free = first not in (_OF_HAND_OVER, _OF_ADOPTION[0])
        return self._with_nonce(now, [first if is_free else _DIGITS[0], *others])

    def adopting(self, now: datetime, random: Random) -> "Marker":
        """Return the marker of this owner for what it adopts `now`."""
        return self._with_nonce(now, [*_OF_ADOPTION, *random.choices(_DIGITS, k=_RANDOM_DIGITS - len(_OF_ADOPTION))])

    def handed_over(self, now: datetime, random: Random) -> "Marker":
        """Return the marker of this owner for what is handed over to it `now`: unfinished, so that it adopts it."""
        return self._with_nonce(now, [_OF_HAND_OVER, *random.choices(_DIGITS, k=_RANDOM_DIGITS - 1)])

    def _with_nonce(self, now: datetime, digits: list[str]) -> "Marker":
        minute = _spelled((now - _EPOCH) // _MINUTE, _MINUTE_DIGITS)
        return Marker(self.scope, self.name, "".join([minute, *digits]), is_unfinished=True)


def adoption_among(nonces: Iterable[str]) -> str:
    """Return the nonce of the latest adoption of a resource by its nonces, an empty text where it was not adopted."""
    return next((one for one in reversed([*nonces]) if Marker("", "", one).is_of_adoption), "")


def owner_in(full_name: str, *, scope: object = "", name: str = "") -> Owner:
    """Return the owner that a resource of a stack, `organization/project/stack`, is declared with.

    `scope` is the stack's `xplenty:scope`; `name` is the resource's URN behind the stack and the project. What a
    shorter name of the stack lacks is empty.
    """
    organization, project, stack = ["", "", *full_name.split("/")][-3:]
    return Owner(f"{organization}/{scope}" if scope else organization, project, stack, name)


def name_in(urn: str) -> str:
    """Return the resource's own name, with which its URN ends, and so does `Owner.name`."""
    return urn.rpartition("::")[2]


def marker_of(owner: Owner) -> Marker:
    """Return what all markers of this owner share."""
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
    if match["state"] is None:
        return Marker(scope=match["scope1"], name=match["name1"])
    return Marker(match["scope2"], match["name2"], match["nonce"], is_unfinished=match["state"] == "u")


def whose(description: str | None) -> Marker | None:
    """Return what the marker at the end of `description` shares with all others of its owner, or None without one."""
    found = read(description)
    return found.whose if found else None


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


def _spelled(number: int, digits: int) -> str:
    """The number in base 36, with leading zeros."""
    spelled = ""
    for _ in range(digits):
        number, digit = divmod(number, 36)
        spelled = _DIGITS[digit] + spelled
    return spelled

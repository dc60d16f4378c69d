"""Stacks that belong to branches: what they are called, how they are told from all others, and when they are due.

A stack of a branch is called ``br-5f3a1c9-feature-login-8d21e0c4b7aa``: the family (a random key that the backend
keeps for the branch stacks of one project), what can be read of the branch, and a hash of its exact name. The scope in
an ownership marker begins with the first ten characters of the stack's name, so every cluster of a branch stack carries
its family for all to see, ``br-5f3a1c9-...``, even when the stack itself is long gone; and no other project's does.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from xplenty_pulumi.core.marker import Owner, scope_of

FAMILY_DIGITS = 7
UNRECORDED_LIFETIME = timedelta(days=1)
"""How long an empty stack is left alone that does not say whose it is: its `branch up` ended before it could."""
_READABLE, _HASH = 24, 12
_STACK = re.compile(rf"br-([0-9a-f]{{{FAMILY_DIGITS}}})-(?:[a-z0-9-]+-)?[0-9a-f]{{{_HASH}}}")
_SCOPE = re.compile(rf"br-([0-9a-f]{{{FAMILY_DIGITS}}})-[0-9a-f]{{7}}")


@dataclass(frozen=True)
class Living:
    """A cluster that has not ended, with the scope of its marker."""

    id: int
    scope: str
    headline: str


@dataclass(frozen=True)
class BranchStack:
    """A stack of a branch. `branch` is empty where the stack does not say; `expires` is None where that is not known.

    `scopes` are all that markers of its clusters can carry; `pushed_to` is the repository in which its branch was seen
    last, and `account` the one that it was brought up in, each empty where that is not known; `is_deployed` says that
    its state holds something, be it only what the engine puts there itself.
    """

    name: str
    branch: str
    owner: str
    expires: datetime | None
    scopes: frozenset[str]
    pushed_to: str
    is_deployed: bool
    resources: int
    account: str = ""

    def living(self, among: Iterable[Living]) -> tuple[Living, ...]:
        """Return those of the living clusters that are its own."""
        return tuple(one for one in among if one.scope in self.scopes)

    def is_expired(self, now: datetime) -> bool:
        """Return whether its lifetime is over."""
        return self.expires is not None and self.expires <= now


@dataclass(frozen=True)
class Heads:
    """The branches that there are, and where: on the remote called `remote`, or in this clone where it is empty.

    `repository` is what all clones call the repository behind the remote.
    """

    names: frozenset[str]
    remote: str = ""
    repository: str = ""

    def lack(self, stack: BranchStack) -> bool:
        """Return whether the stack's branch is gone: not there now, although this very repository had it.

        A branch that was never seen on the remote may live in somebody's clone, so nothing is known of it; nor is it of
        one that was seen elsewhere, such as in the repository that this one is a fork of.
        """
        if not stack.branch or stack.branch in self.names:
            return False
        return stack.pushed_to == self.repository


@dataclass(frozen=True)
class Due:
    """A stack that is to be taken down, why, and its living clusters."""

    stack: BranchStack
    reasons: tuple[str, ...]
    clusters: tuple[Living, ...]


@dataclass(frozen=True)
class Sweeping:
    """What a sweep ends: stacks that are due, and living clusters of branch stacks that are no more."""

    due: tuple[Due, ...]
    orphans: tuple[Living, ...]

    def __bool__(self) -> bool:
        return bool(self.due or self.orphans)


def stack_name(branch: str, family: str) -> str:
    """Return the name of the branch's stack: at most 48 characters, of `a-z`, `0-9` and `-` only."""
    plain = unicodedata.normalize("NFKD", branch).encode("ascii", "ignore").decode().lower()
    readable = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_READABLE].strip("-")
    digest = hashlib.sha256(branch.encode("utf-8", "surrogateescape")).hexdigest()[:_HASH]
    return "-".join(filter(None, ["br", family, readable, digest]))


def family_of_stack(name: str) -> str:
    """Return the family that a stack's name tells, or an empty text where it is no stack of a branch."""
    found = _STACK.fullmatch(name)
    return found[1] if found else ""


def family_of_scope(scope: str) -> str:
    """Return the family that a marker's scope tells, or an empty text where no branch stack can have written it."""
    found = _SCOPE.fullmatch(scope)
    return found[1] if found else ""


def scope_of_stack(full_name: str, *, scope: str = "") -> str:
    """Return the scope in the markers of a stack, `organization/project/stack`; `scope` is its `xplenty:scope`."""
    organization, project, stack = full_name.split("/")
    return scope_of(Owner(f"{organization}/{scope}" if scope else organization, project, stack, ""))


def due_stacks(
    stacks: Iterable[BranchStack], living: Iterable[Living], *, heads: Heads, now: datetime
) -> tuple[Due, ...]:
    """Return the stacks whose branch is gone or whose lifetime is over."""
    clusters = tuple(living)
    return tuple(Due(one, reasons, one.living(clusters)) for one in stacks if (reasons := _reasons(one, heads, now)))


def orphans(stacks: Iterable[BranchStack], living: Iterable[Living], *, families: frozenset[str]) -> tuple[Living, ...]:
    """Return the living clusters of the `families` that belong to none of the `stacks`.

    `living` must have been looked up before `stacks`: a cluster whose stack is not there now has lost it then, rather
    than that its stack is only just being made.
    """
    scopes = frozenset(scope for one in stacks for scope in one.scopes)
    return tuple(one for one in living if family_of_scope(one.scope) in families and one.scope not in scopes)


def _reasons(stack: BranchStack, heads: Heads, now: datetime) -> tuple[str, ...]:
    where = f"gone from {heads.remote}" if heads.remote else "gone"
    gone = f"its branch is {where}" if heads.lack(stack) else ""
    over = f"its lifetime ended at {stack.expires:%Y-%m-%d %H:%M} UTC" if stack.is_expired(now) else ""
    return tuple(filter(None, [gone, over]))

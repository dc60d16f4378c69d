"""Stacks that belong to branches: what they are called, how they differ from all others, and when they are due.

A stack of a branch is called ``br-5f3a1c9-feature-login-8d21e0c4b7aa``: the family (a key that the backend
keeps for the branch stacks of one project), what can be read of the branch, and a hash of its exact name. The scope in
an ownership marker begins with the first ten characters of the stack's name, so every cluster of a branch stack carries
its family for all to see, ``br-5f3a1c9-...``, even when the stack itself is long gone; and no other project's does.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from xplenty_pulumi.core.kinds.marker import owner_in, scope_of
from xplenty_pulumi.core.reports.living import HeldReferences, LiveThing, Spared
from xplenty_pulumi.errors import RefusedError

FAMILY_DIGITS = 7
LONGEST_LIFETIME = timedelta(days=7)
UNRECORDED_LIFETIME = timedelta(days=1)
"""How long an empty stack is left alone that does not say whose it is: its `branch up` ended before it could."""
_LARGEST_SKEW = timedelta(days=1)
_READABLE, _HASH = 24, 12
_STACK = re.compile(rf"br-([0-9a-f]{{{FAMILY_DIGITS}}})-(?:[a-z0-9-]+-)?[0-9a-f]{{{_HASH}}}")
_SCOPE = re.compile(rf"br-([0-9a-f]{{{FAMILY_DIGITS}}})-[0-9a-f]{{7}}")


@dataclass(frozen=True)
class BranchStack:
    """A stack of a branch. `branch` is empty where the stack does not say; `expires` is None where that is not known.

    `scopes` are all that its markers can carry, and `held` is what its state holds in the account; `pushed_to` is the
    repository that had its branch last, and `account` the one that it was brought up in, each empty where that
    is not known; `is_deployed` says that its state holds something, be it only what the engine puts there itself.
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
    held: HeldReferences = field(default_factory=dict)

    def living(self, among: Iterable[LiveThing]) -> tuple[LiveThing, ...]:
        """Return those of the living clusters that its state holds, or that a create of its left unfinished."""
        clusters = (one for one in among if not one.is_definition)
        return tuple(one for one in clusters if self._holds(one) or (one.scope in self.scopes and one.is_unfinished))

    def holding(self, among: Iterable[LiveThing]) -> tuple[LiveThing, ...]:
        """Return those of the living clusters that its state holds."""
        return tuple(one for one in among if self._holds(one) and not one.is_definition)

    def stray(self, among: Iterable[LiveThing]) -> tuple[LiveThing, ...]:
        """Return those of the living things that carry its scope and are not in its state."""
        return tuple(one for one in among if one.scope in self.scopes and not self._holds(one))

    def adopted_elsewhere(self, among: Iterable[LiveThing]) -> tuple[Spared, ...]:
        """Return those of the living things that its state holds, and that another stack has signed since."""
        reason = (
            f"another stack has adopted it; the state of stack {self.name} still has it, so that is not taken down "
            "until `pulumi state delete` takes it out"
        )
        found = (one for one in among if one.is_among(self.held) and one.scope not in self.scopes)
        return tuple(Spared(one, reason, self.name) for one in found)

    def _holds(self, one: LiveThing) -> bool:
        return one.is_among(self.held) and one.scope in self.scopes

    def says_when(self, now: datetime) -> bool:
        """Return whether it is known when its lifetime ends; one that ends too late was never asked for."""
        return self.expires is not None and self.expires <= now + LONGEST_LIFETIME + _LARGEST_SKEW

    def is_expired(self, now: datetime) -> bool:
        """Return whether its lifetime is over."""
        return self.expires is not None and self.expires <= now


@dataclass(frozen=True)
class Heads:
    """The branches that there are, and where: on the remote called `remote`, or in this clone where it is empty.

    `repository` is what all clones call the repository behind the remote, and `default` is its default branch, empty
    where that is not known.
    """

    names: frozenset[str]
    remote: str = ""
    repository: str = ""
    default: str = ""

    def lack(self, stack: BranchStack) -> bool:
        """Return whether the stack's branch is gone: not there now, although this very repository had it.

        A branch that was never seen on the remote may live in somebody's clone, so nothing is known of it; nor is it of
        one that was seen elsewhere, such as in the repository that this one is a fork of.
        """
        return self._covers(stack) and stack.branch not in self.names

    def require_some_of(self, stacks: Iterable[BranchStack]) -> None:
        """Return unless all branches but the default one are gone at once, of two stacks or more.

        Raises:
            RefusedError: they are; a remote that hides refs, or was made anew, looks the same.
        """
        # A remote whose HEAD names no branch has the only one as its default.
        default = self.default or ("" if len(self.names) > 1 else next(iter(self.names), ""))
        known = [one for one in stacks if self._covers(one) and one.branch != default]
        if len(known) < 2 or not all(map(self.lack, known)):
            return
        names = ", ".join(sorted(one.branch for one in known))
        where = f"the remote {self.remote!r}" if self.remote else "this repository"
        raise RefusedError(
            f"{where} has none of the branches any more that have an environment ({names}); it may hide them, or have "
            "been made anew, so nothing counts as gone and nothing was changed",
            advice="Where they are gone indeed, run `xplenty-pulumi branch down --branch NAME` for each",
        )

    def _covers(self, stack: BranchStack) -> bool:
        """Whether anything is known here of the stack's branch."""
        return bool(stack.branch) and stack.pushed_to == self.repository


@dataclass(frozen=True)
class Due:
    """A stack that is to be taken down, why, what is named with it since it ends too, and what carries its scope."""

    stack: BranchStack
    reasons: tuple[str, ...]
    living: tuple[LiveThing, ...]
    stray: tuple[LiveThing, ...] = ()


@dataclass(frozen=True)
class Sweeping:
    """What a sweep ends: stacks that are due, and what is left of branch stacks that are no more; `spared` live on.

    Of the `unreadable` stacks it is not known when they are due. `basis` says what all of this is based on.
    """

    due: tuple[Due, ...]
    orphans: tuple[LiveThing, ...]
    spared: tuple[Spared, ...] = ()
    unreadable: tuple[BranchStack, ...] = ()
    basis: str = ""

    def __bool__(self) -> bool:
        return bool(self.due or self.orphans)


def stack_name(branch: str, family: str) -> str:
    """Return the name of the branch's stack: at most 48 characters, of `a-z`, `0-9` and `-` only."""
    plain = unicodedata.normalize("NFKD", branch).encode("ascii", "ignore").decode().lower()
    readable = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_READABLE].strip("-")
    digest = hashlib.sha256(branch.encode("utf-8", "surrogateescape")).hexdigest()[:_HASH]
    return "-".join(filter(None, ["br", family, readable, digest]))


def family_of_stack(name: str) -> str:
    """Return the family in a stack's name, or an empty text where it is no stack of a branch."""
    found = _STACK.fullmatch(name)
    return found[1] if found else ""


def family_of_scope(scope: str) -> str:
    """Return the family in a marker's scope, or an empty text where no branch stack can have written it."""
    found = _SCOPE.fullmatch(scope)
    return found[1] if found else ""


def scope_of_stack(full_name: str, *, scope: object = "") -> str:
    """Return the scope in the markers of a stack, `organization/project/stack`; `scope` is its `xplenty:scope`."""
    return scope_of(owner_in(full_name, scope=scope))


def due_stacks(
    stacks: Iterable[BranchStack], living: Iterable[LiveThing], *, heads: Heads, now: datetime
) -> tuple[Due, ...]:
    """Return the stacks whose branch is gone or whose lifetime is over."""
    things, due = tuple(living), list[Due]()
    where = f"gone from {heads.remote}" if heads.remote else "gone"
    for stack in stacks:
        gone = f"its branch is {where}" if heads.lack(stack) else ""
        over = f"its lifetime ended at {stack.expires:%Y-%m-%d %H:%M} UTC" if stack.is_expired(now) else ""
        if gone or over:
            due.append(Due(stack, tuple(filter(None, [gone, over])), stack.holding(things), stack.stray(things)))
    return tuple(due)


def orphans(
    stacks: Iterable[BranchStack], living: Iterable[LiveThing], *, families: frozenset[str]
) -> tuple[LiveThing, ...]:
    """Return the living things of the `families` that belong to none of the `stacks`.

    `living` must have been read before `stacks`: a thing whose stack is not there now has lost it then, rather
    than that its stack is only just being made.
    """
    scopes = frozenset(scope for one in stacks for scope in one.scopes)
    return tuple(one for one in living if family_of_scope(one.scope) in families and one.scope not in scopes)

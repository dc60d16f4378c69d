"""The branch stacks of a project, as its backend keeps them, and what each says about itself in tags.

Tags outlive every checkout. All that fits is in one tag, since the engine sets one tag in each of its runs. What has a
tag of its own, such as one that is set by hand, goes by that.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.holders import held_in
from xplenty_pulumi.cli.engine.snapshot import ListedStack, Snapshot, advised, moment, together
from xplenty_pulumi.core.kinds.marker import scope_of
from xplenty_pulumi.core.reports.branches import (
    FAMILY_DIGITS,
    UNRECORDED_LIFETIME,
    BranchStack,
    family_of_stack,
    scope_of_stack,
    stack_name,
)
from xplenty_pulumi.dynamic.state import OWNER, owner_of
from xplenty_pulumi.errors import ConfigError, RefusedError
from xplenty_pulumi.settings import Settings
from xplenty_pulumi.text import one_line

PREFIX = "xplenty:"
RECORDS, FAMILY = f"{PREFIX}records", f"{PREFIX}branches"
BRANCH, STACK_OWNER, EXPIRES, SIZING = f"{PREFIX}branch", f"{PREFIX}owner", f"{PREFIX}expires", f"{PREFIX}sizing"
SCOPE, PUSHED, ACCOUNT = f"{PREFIX}scope", f"{PREFIX}pushed", f"{PREFIX}account"
SCHEDULES = f"{PREFIX}schedules"
"""A setting that a branch stack has without a record of it."""
NO_ACCOUNT = "none"
"""The record of an account that is no more, as it is set by hand."""
_NAMES = (BRANCH, STACK_OWNER, EXPIRES, SIZING, SCOPE, PUSHED, ACCOUNT)
_LONGEST = 256
"""Bytes that the engine takes for the value of a tag."""
_ENGINES_OWN = ("pulumi:pulumi:Stack", "pulumi:providers:")


class ProjectStacks:
    """The stacks of the project in the engine's folder, each as the backend has it when it is first read."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine.of("")
        self.snapshot = Snapshot(self.engine)

    def anew(self) -> "ProjectStacks":
        """Return the same stacks as the backend has them from now on."""
        return ProjectStacks(self.engine)

    def listed(self, *filters: str) -> dict[str, ListedStack]:
        """Return all of the project's stacks by name."""
        with advised("Name the project's folder with --cwd; nothing was changed"):
            found = self.snapshot.listed(*filters)
        if any(one.full_name.count("/") != 2 for one in found):
            raise ConfigError(
                "this backend does not keep the stacks of different projects apart, as old ones do not",
                advice="Run `pulumi state upgrade` on it first",
            )
        return {one.name: one for one in found}

    def selected(self) -> str:
        """Return the name of the stack that the user has selected, or an empty text."""
        return next((one.name for one in self.listed().values() if one.is_selected), "")

    def families(self) -> frozenset[str]:
        """Return the families of this project's branch stacks: none as long as there was no branch stack, else one.

        There may be more where branches have different templates, or the template was made anew.
        """
        kept = (self.snapshot.tags(one.full_name).get(FAMILY, "") for one in self.keepers().values())
        return frozenset(kept) - {""} | _families_in(self.listed())

    def keepers(self) -> dict[str, ListedStack]:
        """Return the stacks that keep a family: the template, once there was a branch stack."""
        return self.listed("--tag", FAMILY)

    def family(self, template: str) -> str:
        """Return the family for new stacks; the first time it is drawn, and kept as a tag of the template."""
        listed = self.listed()
        kept = self.snapshot.tags(listed[template].full_name).get(FAMILY, "")
        if kept:
            return kept
        # Two first `branch up` at once draw the same: the seed is what only this template has, if the backend shows it.
        made = listed[template].last_update or listed[template].url
        seed = f"{listed[template]} {os.environ.get('PULUMI_BACKEND_URL', '')}" if made else secrets.token_hex()
        drawn = hashlib.sha256(seed.encode()).hexdigest()[:FAMILY_DIGITS]
        found = min(_families_in(listed), default=drawn)
        self.engine.of(template).told("stack", "tag", "set", FAMILY, found)
        return found

    def name_of(self, branch: str, template: str) -> str:
        """Return the name of the branch's stack, be it there or not; one that is there is it, whatever its family."""
        there = self.names_of(branch)
        if len(there) == 1:
            return there[0]
        usual = stack_name(branch, self.family(template))
        return usual if usual in there or not there else there[0]

    def of_branch(self, branch: str, account: Settings) -> tuple[BranchStack, ...]:
        """Return the stacks of a branch: one, or none where it was never brought up."""
        listed = self.listed()
        return tuple(self.read(listed[name], account) for name in self.names_of(branch))

    def of_branches(self, account: Settings) -> tuple[BranchStack, ...]:
        """Return the stacks of all branches, in the order of their names."""
        found = [one for name, one in sorted(self.listed().items()) if family_of_stack(name)]
        return together(lambda one: self.read(one, account), found)

    def scopes_of(self, branch: str) -> frozenset[str]:
        """Return the scopes that markers of the branch's resources carry where its stack is there no more."""
        places = {one.full_name.rpartition("/")[0] for one in self.listed().values()}
        names = {stack_name(branch, family) for family in self.families()}
        return frozenset(scope_of_stack(f"{place}/{name}") for place in places for name in names)

    def read(self, listed: ListedStack, account: Settings) -> BranchStack:
        """Return what a stack says about itself, and what it holds in this account."""
        records = records_in(self.snapshot.tags(listed.full_name))
        resources = self.snapshot.resources(listed.full_name)
        held = held_in(resources, listed.full_name)
        # The scopes that the resources were declared with, whatever the configuration says now.
        declared = {scope_of(owner_of(one["inputs"])) for one in resources if OWNER in (one.get("inputs") or {})}
        return BranchStack(
            name=listed.name,
            branch=records.get(BRANCH, ""),
            owner=one_line(records.get(STACK_OWNER, "")),
            expires=_expiry(records, listed, has_resources=bool(resources)),
            scopes=frozenset(declared) | {scope_of_stack(listed.full_name, scope=records.get(SCOPE, ""))},
            pushed_to=records.get(PUSHED, ""),
            is_deployed=bool(resources),
            resources=sum(not str(one["type"]).startswith(_ENGINES_OWN) for one in resources),
            account=records.get(ACCOUNT, ""),
            held={reference: one.made for one in held if one.is_in(account) for reference in one.references},
        )

    def require_none_of(self, scopes: frozenset[str], account: Settings) -> None:
        """Return if the backend has no branch stack now whose markers carry one of these scopes.

        Raises:
            RefusedError: it has one, whose `branch up` may be making what has the scope.
        """
        for one in self.anew().of_branches(account):
            if one.scopes & scopes:
                raise RefusedError(
                    "a `branch up` has made it meanwhile; nothing more was changed",
                    resource=f"stack {one.name}",
                    advice="Run the same command again, which looks anew",
                )

    def names_of(self, branch: str) -> list[str]:
        """Return the names of the branch's stacks that are there."""
        listed = self.listed()
        return sorted({stack_name(branch, family) for family in _families_in(listed)} & listed.keys())


def _families_in(names: Iterable[str]) -> frozenset[str]:
    """The families in the names of stacks."""
    return frozenset(map(family_of_stack, names)) - {""}


def _expiry(records: Mapping[str, str], listed: ListedStack, *, has_resources: bool) -> datetime | None:
    """When it expires; a stack that has neither records nor resources was given up while it was being made."""
    if BRANCH not in records and not has_resources and listed.last_update is not None:
        return listed.last_update + UNRECORDED_LIFETIME
    return moment(records.get(EXPIRES))


def records_in(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the records by name; one tag that is damaged says nothing."""
    try:
        together = dict(json.loads(tags.get(RECORDS, "{}")))
    except (ValueError, TypeError):
        together = {}
    shared = {f"{PREFIX}{name}": str(value) for name, value in together.items()}
    return {**shared, **{name: tags[name] for name in _NAMES if name in tags}}


def tags_to_set(records: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that give these records, beside what they leave as it is, to a stack with these `tags`."""
    wanted = {**records_in(tags), **{name: value for name, value in records.items() if value}}
    alone = {name: value for name, value in wanted.items() if name in tags}
    together: dict[str, str] = {}
    for name, value in sorted(wanted.items(), key=lambda one: (len(one[1]), one[0])):
        if name not in alone:
            fits = len(_spelled({**together, name: value}).encode("utf-8", "surrogateescape")) <= _LONGEST
            (together if fits else alone)[name] = value
    found = {**alone, **({RECORDS: _spelled(together)} if together else {})}
    return {name: value for name, value in found.items() if tags.get(name) != value}


def _spelled(records: Mapping[str, str]) -> str:
    plain = {name.removeprefix(PREFIX): value for name, value in records.items()}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

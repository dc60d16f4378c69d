"""The branch stacks of a project, as its backend keeps them: their records are tags, which outlive every checkout."""

import json
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.holders import held_in
from xplenty_pulumi.core.kinds.cluster import CLUSTER
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
from xplenty_pulumi.errors import ConfigError, XplentyError
from xplenty_pulumi.text import one_line

FAMILY = "xplenty:branches"
BRANCH, STACK_OWNER, EXPIRES, SIZING = "xplenty:branch", "xplenty:owner", "xplenty:expires", "xplenty:sizing"
SCOPE, PUSHED, ACCOUNT = "xplenty:scope", "xplenty:pushed", "xplenty:account"
_ENGINES_OWN = ("pulumi:pulumi:Stack", "pulumi:providers:")
_TOGETHER = 4


@dataclass(frozen=True)
class Listed:
    """A stack as the backend lists it; `full_name` is `organization/project/stack`."""

    full_name: str
    last_update: datetime | None

    @property
    def name(self) -> str:
        """Its name alone."""
        return self.full_name.rpartition("/")[2]


class ProjectStacks:
    """The stacks of the project in the engine's folder, as the backend knows them at the moment of each call."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine.of("")

    def listed(self, *filters: str) -> dict[str, Listed]:
        """Return all of the project's stacks by name."""
        told = self._told("stack", "ls", "--json", "--fully-qualify-stack-names", *filters)
        found = [Listed(str(one["name"]), moment(one.get("lastUpdate"))) for one in json.loads(told)]
        if any(one.full_name.count("/") != 2 for one in found):
            raise ConfigError(
                "this backend does not keep the stacks of different projects apart, as old ones do not",
                advice="Run `pulumi state upgrade` on it first",
            )
        return {one.name: one for one in found}

    def families(self) -> frozenset[str]:
        """Return the families of this project's branch stacks: none as long as there was no branch stack, else one.

        There are two where the first two `branch up` of a project ran at the same time, or the template was made anew.
        """
        return self._kept_families() | self._families_of(self.listed())

    def keepers(self) -> frozenset[str]:
        """Return the names of the stacks that keep a family: the template, once there was a branch stack."""
        return frozenset(self.listed("--tag", FAMILY))

    def family(self, template: str) -> str:
        """Return the family for new stacks; the first time it is drawn, and kept as a tag of the template."""
        known = self._kept_families()
        if not known:
            drawn = secrets.token_hex(FAMILY_DIGITS)[:FAMILY_DIGITS]
            wanted = min(self._families_of(self.listed()), default=drawn)
            self.engine.of(template).told("stack", "tag", "set", FAMILY, wanted)
            known = self._kept_families()
        return min(known)

    def name_of(self, branch: str, template: str) -> str:
        """Return the name of the branch's stack, be it there or not; one that is there is it, whatever its family."""
        usual = stack_name(branch, self.family(template))
        listed = self.listed()
        names = {stack_name(branch, family) for family in self._families_of(listed)} & listed.keys()
        return usual if usual in names else min(names, default=usual)

    def of_branch(self, branch: str) -> tuple[BranchStack, ...]:
        """Return the stacks of a branch: one, or none where it was never brought up."""
        listed = self.listed()
        names = {stack_name(branch, family) for family in self.families()}
        return tuple(self.read(listed[name]) for name in sorted(names & listed.keys()))

    def of_branches(self) -> tuple[BranchStack, ...]:
        """Return the stacks of all branches, in the order of their names."""
        listed = [one for name, one in sorted(self.listed().items()) if family_of_stack(name)]
        with ThreadPoolExecutor(_TOGETHER) as pool:
            return tuple(pool.map(self.read, listed))

    def scopes_of(self, branch: str) -> frozenset[str]:
        """Return the scopes that markers of the branch's clusters carry where its stack is there no more."""
        listed = self.listed().values()
        places = {one.full_name.rpartition("/")[0] for one in listed}
        names = {stack_name(branch, family) for family in self.families()}
        return frozenset(scope_of_stack(f"{place}/{name}") for place in places for name in names)

    def read(self, listed: Listed) -> BranchStack:
        """Return what a stack says about itself."""
        tags, resources = self.tags(listed.name), self._resources(listed.name)
        return BranchStack(
            name=listed.name,
            branch=tags.get(BRANCH, ""),
            owner=one_line(tags.get(STACK_OWNER, "")),
            expires=_expiry(tags, listed, has_resources=bool(resources)),
            scopes=_scopes(resources) | {scope_of_stack(listed.full_name, scope=tags.get(SCOPE, ""))},
            pushed_to=tags.get(PUSHED, ""),
            is_deployed=bool(resources),
            resources=sum(not str(one["type"]).startswith(_ENGINES_OWN) for one in resources),
            account=tags.get(ACCOUNT, ""),
            held=frozenset(one.id for one in held_in(resources, listed.full_name) if CLUSTER.name in one.kinds),
        )

    def tags(self, name: str) -> dict[str, str]:
        """Return the tags of a stack."""
        tags: dict[str, str] = json.loads(self.engine.of(name).told("stack", "tag", "ls", "--json"))
        return tags

    def _resources(self, name: str) -> list[Mapping[str, Any]]:
        deployment = json.loads(self.engine.of(name).told("stack", "export"))["deployment"] or {}
        return list(deployment.get("resources") or ())

    def _told(self, *arguments: str) -> str:
        try:
            return self.engine.told(*arguments)
        except XplentyError as failed:
            advice = "Name the project's folder with --cwd; nothing was changed"
            raise ConfigError(failed.message, advice=advice) from None

    def _kept_families(self) -> frozenset[str]:
        return frozenset(self.tags(name).get(FAMILY, "") for name in self.keepers()) - {""}

    @staticmethod
    def _families_of(listed: Mapping[str, Listed]) -> frozenset[str]:
        """The families in the names of stacks, for one that no keeper tells any more."""
        return frozenset(map(family_of_stack, listed)) - {""}


def _scopes(resources: list[Mapping[str, Any]]) -> frozenset[str]:
    """The scopes that the resources in a state were declared with, whatever the configuration says now."""
    inputs = (one.get("inputs") or {} for one in resources)
    return frozenset(scope_of(owner_of(one)) for one in inputs if OWNER in one)


def _expiry(tags: Mapping[str, str], listed: Listed, *, has_resources: bool) -> datetime | None:
    """When it expires; a stack that has neither records nor resources was given up while it was being made."""
    if BRANCH not in tags and not has_resources and listed.last_update is not None:
        return listed.last_update + UNRECORDED_LIFETIME
    return moment(tags.get(EXPIRES))


def moment(text: str | None) -> datetime | None:
    """Return the moment that a record names in ISO 8601, or None where it names none."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)

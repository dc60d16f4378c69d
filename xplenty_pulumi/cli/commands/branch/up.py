"""Bringing up the stack of a branch: made where it is missing, configured like its template, deployed."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from xplenty_pulumi.cli.commands.branch.account import place_of, plan_limits
from xplenty_pulumi.cli.commands.branch.stacks import (
    ACCOUNT,
    BRANCH,
    EXPIRES,
    PUSHED,
    SCHEDULES,
    SCOPE,
    SIZING,
    STACK_OWNER,
    ProjectStacks,
    records_in,
    tags_to_set,
)
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.snapshot import Snapshot, moment
from xplenty_pulumi.core.preview.plan_limits import PlanLimits
from xplenty_pulumi.core.preview.stack_rules import DISABLED
from xplenty_pulumi.core.reports.branches import LONGEST_LIFETIME, family_of_stack
from xplenty_pulumi.errors import ConfigError, XplentyError
from xplenty_pulumi.text import stamp

_TAKEN = ("already exists", "currently locked")
"""What the engine says of a stack that it was to make, and that somebody else has made or is making."""
SHORTEST_LIFETIME = timedelta(hours=1)
_TEMPLATES = ("template", "dev")
_OF_ONE_STACK = (BRANCH, STACK_OWNER, EXPIRES, SIZING, SCOPE)
"""What a branch's stack never takes over from its template, because it says which stack that is."""


class Sizing(StrEnum):
    """How large the clusters of a branch stack may be."""

    SANDBOX = "sandbox"
    SMALLEST = "smallest"
    AS_DECLARED = "as-declared"


@dataclass(frozen=True)
class BranchRequest:
    """What is to be brought up; the `usual_owner` is for where no `owner` is named and none is on record.

    Without a `sizing` it is what is on record.
    """

    branch: str
    owner: str
    usual_owner: str
    sizing: Sizing | None
    lifetime: timedelta
    pushed_to: str
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class PreparedStack:
    """A stack that is ready to be deployed, with this configuration besides what it has."""

    engine: Engine
    expires: str
    config: Mapping[str, str]
    remark: str = ""


def prepare(engine: Engine, request: BranchRequest, *, template: str, now: datetime) -> PreparedStack:
    """Return the branch's stack with its records, made where it is missing as a copy of its template.

    The records are there before anything is deployed, so nothing is ever deployed that a sweep could not place.
    """
    stacks = ProjectStacks(engine)
    source = _template(stacks, template)
    own = engine.of(stacks.name_of(request.branch, source))
    is_new = _made(own, stacks, source)
    tags = {} if is_new else stacks.snapshot.tags(own.stack)
    known = records_in(tags)
    expires = later(now + request.lifetime, recorded=known.get(EXPIRES), now=now)
    owner = request.owner or known.get(STACK_OWNER, "") or request.usual_owner
    with _removed_again(own, stacks, is_new=is_new):
        found = _configuration(own, source, branch="" if is_new else request.branch)
    kept = request.sizing or found.get(SIZING, "") or known.get(SIZING, "")
    sizing, remark = (kept, "") if kept else usual_sizing(found.get, partial(plan_limits, found.get))
    config = {BRANCH: request.branch, STACK_OWNER: owner, EXPIRES: expires, SIZING: str(sizing)}
    records = {**config, SCOPE: found.get(SCOPE, ""), PUSHED: request.pushed_to, ACCOUNT: place_of(found.get)}
    for tag, value in tags_to_set(records, tags).items():
        own.told("stack", "tag", "set", tag, value)
    settings = {**config, SCHEDULES: found.get(SCHEDULES) or DISABLED}
    return PreparedStack(own, expires, {SCOPE: "", **settings} if found.get(SCOPE) == "" else settings, remark)


def later(wanted: datetime, *, recorded: str | None, now: datetime) -> str:
    """Return when the stack expires: as wanted, or later where a record says so that a `branch up` can have written."""
    known = moment(recorded)
    return stamp(known if known and wanted < known <= now + LONGEST_LIFETIME else wanted)


def deploy(prepared: PreparedStack, request: BranchRequest) -> None:
    """Run `pulumi up`; raises XplentyError where it fails."""
    config = [word for name, value in prepared.config.items() for word in ("--config", f"{name}={value}")]
    if not prepared.engine.shown("up", "--yes", *config, *request.extra):
        raise XplentyError(
            "`pulumi up` failed; its own words are above",
            resource=f"branch {request.branch}, stack {prepared.engine.stack}",
            advice="Correct what it says and run `xplenty-pulumi branch up` again; what exists stays in the stack. "
            "Where it is locked, wait for the other run, or use `xplenty-pulumi recover --stack` if that was killed",
        )


def _template(stacks: ProjectStacks, named: str) -> str:
    """The stack to copy from: as named, else the first of the usual ones that exists."""
    listed = stacks.listed()
    found = next((name for name in ([named] if named else _TEMPLATES) if name in listed), "")
    if found and not family_of_stack(found):
        return found
    wanted = repr(named) if named else " or ".join(map(repr, _TEMPLATES))
    problem = "is the stack of a branch itself" if found else "does not exist"
    raise ConfigError(
        f"the template stack {wanted} {problem}; nothing was made",
        setting="--template",
        advice="Name the stack whose configuration branches start from with --template, or make it: "
        "`pulumi stack init dev`",
    )


def _made(engine: Engine, stacks: ProjectStacks, template: str) -> bool:
    """Make the stack with the template's configuration unless it is there; return whether it was made by this."""
    if engine.stack in stacks.listed():
        return False
    try:
        engine.told("stack", "init", "--no-select", "--copy-config-from", template)
    except XplentyError as failed:
        is_there = engine.stack in stacks.anew().listed()
        # Another `branch up` of the same branch may have been quicker.
        if is_there and any(words in failed.message for words in _TAKEN):
            return False
        with _removed_again(engine, stacks, is_new=is_there):
            raise
    return True


@contextmanager
def _removed_again(engine: Engine, stacks: ProjectStacks, *, is_new: bool) -> Iterator[None]:
    """Remove a new stack that cannot be configured: made with a wrong passphrase, it would refuse the right one."""
    try:
        yield
    except XplentyError:
        if is_new:
            with suppress(XplentyError):
                engine.removed(stacks.selected())
        raise


def _configuration(engine: Engine, template: str, *, branch: str) -> dict[str, str]:
    """Return the plain values of the stack's configuration, those that only its template may have as empty texts.

    The file is in the checkout only. Where it is not this branch's, such as in the fresh checkout of a CI job, it is
    copied from the template; otherwise what was set by hand stays. That of a new stack, without a `branch`, is a copy.
    """

    def values() -> dict[str, str]:
        found = Snapshot(engine).configuration(engine.stack)
        return {name: str(value) for name, value in found.items() if value is not None}

    found = values()
    if branch and found.get(BRANCH) == branch:
        return found
    if branch:
        engine.of(template).told("config", "cp", "--dest", engine.stack)
        found = values()
    return {**found, **{name: "" for name in _OF_ONE_STACK if name in found}}


def usual_sizing(config: Callable[[str], object], limits: Callable[[], PlanLimits]) -> tuple[Sizing, str]:
    """Return the sizing of a new branch stack with this configuration, and a remark where it is worth one.

    It is sandboxes, which are free, unless the plan allows only one at once: environments would wait for each other.
    """
    allowed = str(os.environ.get("XPLENTY_ALLOWED_TYPES") or config("xplenty:allowedTypes") or "production")
    plan = limits() if "production" in allowed else PlanLimits()
    if plan.sandbox != 1:
        return Sizing.SANDBOX, ""
    text = (
        f"sizing smallest, kept from now on: the plan {plan.plan!r} allows 1 sandbox at once, so clusters are "
        "production clusters of 2 nodes that end after 15 idle minutes; --sizing sandbox takes the one there is"
    )
    return Sizing.SMALLEST, text

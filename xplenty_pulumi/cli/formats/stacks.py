"""What compares stacks with an account: drift, and the stacks of branches."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from xplenty_pulumi.cli.formats.versioned import VersionedDocument
from xplenty_pulumi.core.kinds.kind import Drift, Key
from xplenty_pulumi.core.reports.drift import Cause


@dataclass(frozen=True, kw_only=True)
class DriftCounts:
    """How many findings each class has."""

    harmful: int
    """What does not work or cost as declared."""
    harmless: int
    """What somebody has changed and nothing depends on."""
    unknown: int
    """What may be in order."""
    expected: int
    """What the service does by itself."""


@dataclass(frozen=True, kw_only=True)
class DriftFinding:
    """One difference between a state and the account."""

    stack: str | None
    """Name of the stack; null for what has no owner."""
    resource: str | None
    """Name of the resource; null for what is in no state."""
    kind: str
    """Kind of the resource."""
    id: Key
    """Its id."""
    class_: Annotated[Drift, Field(alias="class")]
    """How grave it is."""
    cause: Cause
    """What is behind it; [the causes](../how-to/drift.md)."""
    field: str | None
    """The field that has changed; null for what befell the resource as a whole."""
    desired: object
    """The value in the state; masked where it may be secret."""
    observed: object
    """The value that the service shows; masked where it may be secret."""
    remark: str | None
    """What the fields above do not say."""
    marker: Literal["unfinished", "held"] | None
    """How far the create call has come whose marker something carries that is in no state."""


@dataclass(frozen=True, kw_only=True)
class NotCompared:
    """Fields of a resource that are secret in the state, and cannot be compared."""

    stack: str
    """Name of the stack."""
    resource: str
    """Name of the resource."""
    fields: tuple[str, ...]
    """Names of the fields, such as `settings`."""


@dataclass(frozen=True, kw_only=True)
class OtherAccount:
    """A job run in another account than the stack's own, which is not compared."""

    stack: str
    """Name of the stack."""
    resource: str
    """Name of the resource."""
    kind: str
    """Its kind."""
    account: str
    """Name of the settings of its account, such as `eu`."""


@dataclass(frozen=True, kw_only=True)
class DriftDocument(VersionedDocument):
    """What differs between the states of stacks and the account.

    The last four fields are there with `--since-last`. What `--hook` posts has a readable line too, as `text`.
    """

    at: datetime
    """When the account was read."""
    stacks: tuple[str, ...]
    """Names of the stacks that were compared."""
    class_: Annotated[Drift, Field(alias="class")]
    """The gravest class of all findings; `none` without any."""
    checked: int
    """How many resources were compared."""
    counts: DriftCounts
    """All findings by class."""
    findings: tuple[DriftFinding, ...]
    """The findings, the gravest first; with `--since-last` those that are new or have changed."""
    not_compared: tuple[NotCompared, ...]
    """What is secret in a state."""
    other_accounts: tuple[OtherAccount, ...]
    """What is in another account than its stack."""
    since: datetime | None = None
    """When the last report was made; null where there was none."""
    previous_class: Drift = Drift.NONE
    """The class of the last report."""
    resolved: tuple[DriftFinding, ...] = ()
    """What is no difference any more."""
    unchanged: int = 0
    """How many findings are as they were."""


@dataclass(frozen=True, kw_only=True)
class BranchEntry:
    """The stack of a branch."""

    branch: str
    """Name of the branch; empty where the stack does not say."""
    stack: str
    """Name of the stack."""
    owner: str
    """Who brought it up; empty where the stack does not say."""
    expires: datetime | None
    """When its lifetime is over; null where that is not known."""
    expired: bool
    """Whether that is past."""
    resources: int
    """How many resources its state has."""
    clusters: tuple[int, ...]
    """Ids of the living clusters that its state has, or that a killed `up` of it left unfinished."""
    git: Literal["exists", "gone", "not pushed", "unknown"]
    """Whether the branch exists."""


@dataclass(frozen=True, kw_only=True)
class OrphanCluster:
    """A living cluster of a branch stack that no longer exists."""

    cluster: int
    """Id of the cluster."""
    scope: str
    """The scope of its marker."""


@dataclass(frozen=True, kw_only=True)
class OrphanDefinition:
    """A package, schedule, connection or hook of a branch stack that no longer exists."""

    kind: str
    """Its kind."""
    id: Key
    """Its id."""
    scope: str
    """The scope of its marker."""


@dataclass(frozen=True, kw_only=True)
class BranchesDocument(VersionedDocument):
    """The stacks of branches, and what is left of others."""

    at: datetime
    """When the account was read."""
    branches: tuple[BranchEntry, ...]
    """The stacks."""
    orphans: tuple[OrphanCluster, ...]
    """The clusters that a sweep ends."""
    orphan_definitions: tuple[OrphanDefinition, ...]
    """The definitions that a sweep removes."""

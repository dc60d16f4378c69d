"""What stands in the way of a cluster, or of a run on it, and who holds the sandboxes of an account; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xplenty_pulumi.core.kinds import marker
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.errors import InvalidError, XplentyError
from xplenty_pulumi.text import stated

if TYPE_CHECKING:
    from xplenty_pulumi.client import Cluster, Package

NOT_KNOWN = "the service does not know it (404)"
"""How every text says that something is not there."""
UNKNOWN_TO_SERVICE = "unknown to the service"
"""How what had gone before anything was done is seen."""
NONE_STARTED = "No run was started"
_CORRECT = "correct the input and run `pulumi up` again"
ANEW = "if this stack declares the cluster, run `pulumi up --refresh`, which creates it anew; else name one that lives"
"""The way out where a cluster has ended: who uses one may have named it by its number."""

NO_UPDATE = "it cannot be updated"
"""How the refusal of an update begins of what is not there any more; a replacement goes through all the same."""


@dataclass(frozen=True)
class Obstacle:
    """What is wrong with a cluster or a package, and the way out of it."""

    reason: str
    action: str = _CORRECT
    is_missing: bool = False

    @property
    def advice(self) -> str:
        """What to do where no run was started for it."""
        return f"{NONE_STARTED}; {self.action}"

    @property
    def way_out(self) -> str:
        """What to do before a run is started."""
        return f"{self.action[0].upper()}{self.action[1:]}"

    @property
    def warning(self) -> str:
        """What is said of a cluster before a run is started."""
        return f"{self.reason}, so no new run can start on it. {self.way_out}"


def fault_of(cluster_id: int, cluster: "Cluster | None", *, account: str) -> Obstacle | None:
    """Return why no run can go on on this cluster, which is None where it does not exist; None for no reason.

    `account` is the name of its account's settings where these are not the stack's own.
    """
    if cluster is None:
        where = f"account {account}" if account else "this account"
        return Obstacle(f"cluster {cluster_id} does not exist in {where}", is_missing=True)
    if CLUSTER.is_living(cluster.status):
        return None
    where = f" of account {account}" if account else ""
    why = ", after it had been idle" if cluster.terminated_on_idle else ""
    return Obstacle(f"cluster {cluster_id}{where} {stated(cluster.status)}{why}", ANEW)


def fault_of_package(package_id: int | str, package: "Package | None") -> Obstacle | None:
    """Return why no run of this package can start, which is None where it does not exist; None for no reason."""
    if package is None:
        return Obstacle(f"package {package_id} does not exist in this account", is_missing=True)
    return Obstacle(f"package {package_id} is archived") if package.status == "archived" else None


SANDBOX = "sandbox"
WAY_OUT = (
    "Terminate what holds it, or have small production clusters instead: `xplenty-pulumi branch up --sizing smallest` "
    "for the environment of a branch, `pulumi config set xplenty:sizing smallest` for another stack"
)
_MOST_NAMED = 3


def named(clusters: "Iterable[Cluster]") -> str:
    """Return clusters with their names and the stacks in their markers, the first three of many."""
    found = list(clusters)
    texts = []
    for one in found[:_MOST_NAMED]:
        signed = marker.read(one.description)
        owner = f"of stack {signed.scope}" if signed else "without a stack"
        texts.append(" ".join(filter(None, ["cluster", str(one.id), one.name, owner])))
    rest = len(found) - len(texts)
    return ", ".join([*texts, f"{rest} more"] if rest else texts)


def explained(refused: XplentyError, inputs: Mapping[str, object], living: "Iterable[Cluster]") -> XplentyError:
    """Return the refusal of a create call, with who holds the sandboxes where it may be about their number."""
    holders = [one for one in living if one.type == SANDBOX]
    if not (isinstance(refused, InvalidError) and inputs.get("type") == SANDBOX and holders):
        return refused
    return InvalidError(
        f"{refused.message}; sandboxes that live in the account: {named(holders)}",
        status=refused.status,
        request_id=refused.request_id,
        resource=refused.resource,
        advice=f"If there is no room for one more: {WAY_OUT}",
    )

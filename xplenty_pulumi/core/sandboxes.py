"""Who holds the sandboxes of an account, and what to do where there is no room for one more; pure."""

from collections.abc import Iterable, Mapping

from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core import marker
from xplenty_pulumi.errors import InvalidError, XplentyError

SANDBOX = "sandbox"
WAY_OUT = (
    "Terminate what holds it, or have small production clusters instead: `xplenty-pulumi branch up --sizing smallest` "
    "for the environment of a branch, `pulumi config set xplenty:sizing smallest` for another stack"
)
_MOST_NAMED = 3


def named(clusters: Iterable[Cluster]) -> str:
    """Return clusters with their names and the stacks in their markers, the first three of many."""
    found = list(clusters)
    texts = [_named(one) for one in found[:_MOST_NAMED]]
    rest = len(found) - len(texts)
    return ", ".join([*texts, f"{rest} more"] if rest else texts)


def explained(refused: XplentyError, inputs: Mapping[str, object], living: Iterable[Cluster]) -> XplentyError:
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


def _named(cluster: Cluster) -> str:
    found = marker.read(cluster.description)
    owner = f"of stack {found.scope}" if found else "without a stack"
    return " ".join(filter(None, ["cluster", str(cluster.id), cluster.name, owner]))

"""What a change of a package does to its flow, and whether somebody has edited that in the service meanwhile."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial

from xplenty_pulumi.client import Client
from xplenty_pulumi.core.kinds.flows.changes import flow_changes
from xplenty_pulumi.core.kinds.flows.document import digest_of
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.core.reading.lookup import or_none
from xplenty_pulumi.errors import RefusedError
from xplenty_pulumi.text import label

CHANGES = "its flow changes"
"""The headline of what a preview tells of a flow."""
_MOST_OF_A_SIDE = 5
"""Changes that an error names of each of two sides."""


@dataclass(frozen=True)
class FlowNews:
    """What changes inside a flow, one line for each field; `conflict` where it was edited in the service as well.

    `is_there` says that the service has the wanted flow already, as after `xplenty-pulumi pull`.
    """

    changes: tuple[str, ...] = field(default=(), repr=False)
    conflict: RefusedError | None = None
    is_there: bool = False


def flow_news(
    client: Client, number: int, *, seen: Collection[str], last: str | None, wanted: str, content: str | None
) -> FlowNews:
    """Return what the change of a package to the flow `wanted` does; costs one call.

    `seen` are the digests of the flows that the state knows of, and `last` the latest of these as far as it is on this
    machine, as `content` is the wanted one. Nothing is known of a package that is gone or shows no flow.

    Raises:
        ApiError: the service cannot be asked.
    """
    shown = or_none(partial(client.packages.get, number, include=PACKAGE.parts), None) if content is not None else None
    flow = shown.data_flow_json if shown else None
    if content is None or flow is None:
        return FlowNews()
    if digest_of(flow) == wanted:
        return FlowNews(is_there=True)
    changes = tuple(flow_changes(flow, content))
    if digest_of(flow) in seen:
        return FlowNews(changes)
    return FlowNews(changes, _conflict(number, flow, last, content))


def listed(headline: str, changes: Collection[str]) -> str:
    """Return changes as a text for people, on one line if it is only one; an empty text for none."""
    between = " " if len(changes) == 1 else "\n  "
    return between.join([f"{headline}:", *changes]) if changes else ""


def _conflict(number: int, flow: str, last: str | None, content: str) -> RefusedError:
    if last is None:
        both = f"Between the two: {_few(flow, content)}"
    else:
        both = f"In the service: {_few(last, flow)}. In the program: {_few(last, content)}"
    return RefusedError(
        "its flow was changed both in the service and in the program since the last `pulumi up`, so nothing is sent. "
        f"{both}",
        resource=label("package", number),
        advice="To keep what is in the service, run `xplenty-pulumi pull NAME --force`; to see it as drift first, run "
        '`pulumi refresh` and then `pulumi up`, which overwrites it; to overwrite it at once, set on_edit="overwrite"',
    )


def _few(old: str, new: str) -> str:
    return "; ".join(flow_changes(old, new, most=_MOST_OF_A_SIDE)) or "no change"

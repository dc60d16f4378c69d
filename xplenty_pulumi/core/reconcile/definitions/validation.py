"""The service's own check of a package: begun, waited for, and told."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from xplenty_pulumi.client import Client, Validation
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.package import VALIDATION_PHASES
from xplenty_pulumi.core.reading.lookup import or_none
from xplenty_pulumi.core.waiting.goal import Goal
from xplenty_pulumi.core.waiting.patience import Deadline, Patience
from xplenty_pulumi.core.waiting.wait import wait_for
from xplenty_pulumi.core.waiting.watch import Watch
from xplenty_pulumi.errors import NotFoundError
from xplenty_pulumi.text import one_line, plural

_LONGEST = 900.0
"""Seconds for one validation; the published ones take a few."""
_MOST = 5
"""Problems that an error names."""


class _Single:
    """One validation that nobody else waits for."""

    def __init__(self, client: Client, package_id: int, number: int) -> None:
        self.poll = partial(or_none, partial(client.packages.validation, package_id, number), None)

    def has_news(self) -> bool:
        return False

    @contextmanager
    def following(self) -> Iterator["_Single"]:
        yield self


def flaws(client: Client, package_id: int, patience: Patience) -> str | None:
    """Return what the service finds wrong with a package, an empty text for nothing; None where it has no such call.

    Raises:
        WaitError: the validation did not come to an end, or the user wants no more.
        ApiError: the service refused the call.
    """
    try:
        begun = client.packages.start_validation(package_id)
    except NotFoundError:
        return None
    single = _Single(client, package_id, begun.id)
    label = f"validation {begun.id} of package {package_id}"
    watch = Watch(label, single.poll, following=single.following, find=single.poll, listed=single.poll)
    goal: Goal[Validation] = Goal(
        "validated",
        lambda one: one.status in VALIDATION_PHASES,
        looks=1,
        note=lambda _: "its validation",
        unfinished="Run `pulumi up` again to validate it anew",
    )
    deadline = Deadline.after(_LONGEST, patience.clock)
    done = wait_for(goal, watch, deadline=deadline, patience=patience, known=begun)
    return _told(done) if done is not None and VALIDATION_PHASES[done.status] is Phase.FAILED else ""


def _told(validation: Validation) -> str:
    found = [
        f"{one_line(one.message, limit=300)}{f' (component {one.component_id})' if one.component_id else ''}"
        for one in validation.errors or ()
        if one.message or one.component_id
    ]
    more = [f"and {plural(len(found) - _MOST, 'more problem')}"] if len(found) > _MOST else []
    headline = one_line(validation.status_message, limit=300)
    return "; ".join(filter(None, [headline, *found[:_MOST], *more])) or "the service does not say why"

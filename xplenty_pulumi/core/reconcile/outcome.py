"""What reconciling ends in when something exists, and what is observed of it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from xplenty_pulumi.errors import WaitError, XplentyError

REMOVED = "removed"
"""How a definition is seen that was there, and is no more."""
LEFT_ALONE = "left alone"
"""How what is another's is seen: nothing was done to it."""

RecordT = TypeVar("RecordT")


@dataclass(frozen=True)
class Outcome(Generic[RecordT]):
    """Something that exists and is known by its id.

    `problem` is None exactly when it is as desired; otherwise the caller must keep the id, since the thing goes on
    existing. Where nothing exists, reconciling raises instead. `nonces` are those of all create calls that were sent
    for it. `owed` are the inputs that the next update has to bring about, where these alone are left to do and a
    problem says why. `is_notify_due` says that its watchers are not as `notify` says yet, which the next update sees
    to, and `is_foreign` that somebody else made it, so that it is never ended.
    """

    record: RecordT
    problem: XplentyError | None = None
    nonces: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()
    is_notify_due: bool = False
    is_foreign: bool = False


@dataclass(frozen=True)
class Observation(Generic[RecordT]):
    """What the service shows of something that is known by its id.

    `record` is None where the service does not know it (any more). `gone` says that it is not there to be used again.
    `remark` is what a user should know: why it is gone, or what is not as it should be; empty where all is well.
    `notified` says whether the key's user is one of its watchers, None where that was not read.
    """

    record: RecordT | None
    gone: bool = False
    remark: str = ""
    notified: bool | None = None


def saying_what_exists(problem: XplentyError, exists: str) -> XplentyError:
    """Return the problem with what `exists`, unless it is one of a wait, which says itself what was seen last."""
    return problem if isinstance(problem, WaitError) and problem.resource else problem.also(exists)

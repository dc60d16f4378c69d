"""What reconciling ends in when something exists, and what a look shows."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from xplenty_pulumi.errors import WaitError, XplentyError

RecordT = TypeVar("RecordT")


@dataclass(frozen=True)
class Outcome(Generic[RecordT]):
    """Something that exists and is known by its id.

    `problem` is None exactly when it is as desired; otherwise the caller must keep the id, since the thing goes on
    existing. Where nothing exists, reconciling raises instead. `nonces` are those of all create calls that were sent
    for it. `is_notify_due` says that who is told of it has not been seen to yet, so that the next update has to, and
    `is_foreign` that somebody else made it, so that it is never ended.
    """

    record: RecordT
    problem: XplentyError | None = None
    nonces: tuple[str, ...] = ()
    is_notify_due: bool = False
    is_foreign: bool = False

    def stays_unfinished(self, *, keeps_id: bool, is_saved_at_once: bool) -> bool:
        """Return whether its marker stays unfinished, since the state may not hold it and the next `up` is to adopt it.

        The state does not keep the id of what failed, or is not written before the end.
        """
        return not (is_saved_at_once if self.problem is None else keeps_id)


@dataclass(frozen=True)
class Observation(Generic[RecordT]):
    """What a look at something known by its id shows.

    `record` is None where the service does not know it (any more). `gone` says that it is not there to be used again.
    `remark` tells what a user should know: why it is gone, or what is not as it should be; empty where all is well.
    `told` says whether the key's user is told what becomes of it, None where nobody looked.
    """

    record: RecordT | None
    gone: bool = False
    remark: str = ""
    told: bool | None = None


def saying_what_exists(problem: XplentyError, exists: str) -> XplentyError:
    """Return the problem with what `exists`, unless it is one of a wait, which says itself what was seen last."""
    return problem if isinstance(problem, WaitError) and problem.resource else problem.also(exists)

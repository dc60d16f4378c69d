"""Removing definitions, seen to be gone: the one that is meant, and those that its create calls made besides."""

from typing import Generic

from xplenty_pulumi.core.kinds.kind import Key
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.obstacles import UNKNOWN_TO_SERVICE
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Origin, adopted_elsewhere, as_marked, taken_over
from xplenty_pulumi.core.reconcile.definitions.definition import RecordT
from xplenty_pulumi.core.reconcile.definitions.known import KnownDefinitions
from xplenty_pulumi.core.reconcile.outcome import LEFT_ALONE, REMOVED
from xplenty_pulumi.core.reconcile.repeat import act_until, is_seen
from xplenty_pulumi.core.waiting.patience import PASSING_TROUBLE, Patience
from xplenty_pulumi.errors import NotFoundError, ReadyFailed, UnsureError, XplentyError


class DefinitionEnding(Generic[RecordT]):
    """Removes definitions of one kind from an account."""

    def __init__(self, known: KnownDefinitions[RecordT], patience: Patience) -> None:
        self._known = known
        self._definition = known.definition
        self._patience = patience

    def end(self, key: Key, *, made: Origin = UNKNOWN) -> str:
        """Return how the definition was seen once the service shows that it is gone: `removed`, or that it was before.

        One that was not `made` when the state says is another's: it is `left alone`, and named in a warning.

        Raises:
            RefusedError: another stack has adopted it.
            UnsureError: it was created a moment ago, and is not shown yet.
            ReadyFailed: it is still there 17 seconds after it was removed.
        """
        found = self._known.find(key)
        self._definition.require_shown(key, found, made)
        if other := taken_over(found, made):
            self._patience.warn(f"{self._definition.label(key)}: {other}")
            return LEFT_ALONE
        if refused := adopted_elsewhere(found, made):
            raise refused
        if found is not None:
            self._remove(key, made)
        try:
            if is_seen(lambda: self._is_unknown(key), clock=self._patience.clock):
                return UNKNOWN_TO_SERVICE if found is None else REMOVED
        except XplentyError as problem:
            sent = "was removed, and was not seen to be gone" if found else "was not shown, and may exist"
            unseen = problem.also(f"{self._definition.label(key)} {sent}")
            if isinstance(problem, PASSING_TROUBLE):
                unseen.advice = "Run the same command again, which looks again"
            raise unseen from None
        raise ReadyFailed(
            "it was removed, but the service still shows it",
            resource=self._definition.label(key),
            advice="Run the same command again",
        )

    def end_surplus(self, kept: Key, owner: Marker, nonces: tuple[str, ...]) -> None:
        """Remove what the create calls of `kept` made besides it; one that may go on existing is warned of."""
        label = self._definition.label(kept)
        try:
            for one in self._known.surplus(owner, nonces, kept=kept):
                if self.end(one.key, made=as_marked(one)) == REMOVED:
                    self._patience.warn(f"{self._definition.label_of(one)}, a duplicate of {label}, was removed")
        except XplentyError as failed:
            self._patience.warn(f"{label}: a duplicate of it may go on existing: {failed}")

    def _is_unknown(self, key: Key) -> bool:
        """Whether the service shows it neither by itself nor in its list."""
        return self._known.single(key) is None and all(one.key != key for one in self._known.all())

    def _remove(self, key: Key, made: Origin) -> None:
        def is_gone() -> bool:
            found = self._known.find(key)
            if refused := adopted_elsewhere(found, made):
                raise refused
            return found is None

        act_until(
            is_gone,
            lambda: self._definition.calls.delete(key),
            clock=self._patience.clock,
            tolerate=(UnsureError, NotFoundError),
            is_due=True,
        )

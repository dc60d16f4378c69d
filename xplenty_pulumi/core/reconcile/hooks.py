"""Hooks: created once, changed as a whole, removed verifiably."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from xplenty_pulumi.client import Client, Hook
from xplenty_pulumi.core import marker as markers
from xplenty_pulumi.core.hook_kind import HOOK
from xplenty_pulumi.core.hook_view import wrong_fields
from xplenty_pulumi.core.kinds import Change
from xplenty_pulumi.core.marker import Marker, Owner
from xplenty_pulumi.core.missing import or_none
from xplenty_pulumi.core.patience import Patience
from xplenty_pulumi.core.reconcile.known_hooks import KnownHooks, only
from xplenty_pulumi.core.reconcile.outcome import Outcome, Sight
from xplenty_pulumi.core.reconcile.repeat import act_until, confirmed, find_late
from xplenty_pulumi.errors import NotFoundError, ReadyFailed, RefusedError, UnsureError, XplentyError

_SETTLING = (0.0, 2.0, 5.0, 10.0)
_UNKNOWN = "the service does not know it (404)"


@dataclass(frozen=True)
class DesiredHook:
    """A hook as it should be: checked inputs, and who declares it."""

    inputs: Mapping[str, object] = field(repr=False)
    owner: Owner

    @property
    def marker(self) -> Marker:
        """The marker that ends its name."""
        return markers.marker_of(self.owner)

    def fields(self) -> dict[str, object]:
        """Return the body that creates it."""
        local = HOOK.names(Change.LOCAL)
        sent = {name: value for name, value in self.inputs.items() if name not in local}
        return {**sent, "name": markers.sign(str(self.inputs.get("name", "")), self.marker)}

    def changes(self) -> dict[str, object]:
        """Return the body that makes it so: all that can be changed, since not all of it can be seen."""
        unchangeable = HOOK.names(Change.REPLACE)
        return {name: value for name, value in self.fields().items() if name not in unchangeable}


class Hooks:
    """The hooks of one account; every method returns once what it says is seen to be true."""

    def __init__(self, client: Client, known: KnownHooks, patience: Patience) -> None:
        self._client = client
        self._known = known
        self._patience = patience

    def create(self, desired: DesiredHook) -> Outcome[Hook]:
        """Return the one hook with the owner's marker, as desired, after a test was sent through it.

        1 FIND one that an earlier attempt left behind and adopt it; 2 POST once; 3 where the answer is lost, VERIFY by
        the marker; 4 read back what was made.

        Raises:
            XplentyError: no hook exists, or (UnsureError, RefusedError) which one is meant can not be told.
        """
        before = self._known.all()
        found = self._known.lost(desired.marker, before)
        if found is not None:
            _refuse_another_type(found, desired)
            self._patience.warn(f"adopted {label(found.id)}, which an earlier attempt left behind")
        hook = found or self._post(desired, {one.id for one in before})
        self._known.hold(hook.id)
        outcome = self._converge(hook, desired, send=found is not None)
        if outcome.problem is None and desired.inputs.get("ping") and desired.inputs.get("active"):
            self._ping(hook.id)
        return outcome

    def update(self, hook_id: int, desired: DesiredHook) -> Outcome[Hook]:
        """Return the hook as desired; everything is sent again, since not all of it can be seen.

        Raises:
            ReadyFailed: it is gone.
            XplentyError: it can not be looked at.
        """
        self._known.hold(hook_id)
        hook = self._now(hook_id)
        if hook is None:
            raise ReadyFailed(
                f"it can not be updated: {_UNKNOWN}",
                resource=label(hook_id),
                advice="Run `pulumi up --refresh` to create it anew",
            )
        return self._converge(hook, desired, send=True)

    def read(self, hook_id: int) -> Sight[Hook]:
        """Return the hook as it is now; warns of others that carry its marker."""
        self._patience.allowance.require_read()
        hook = self._now(hook_id)
        if hook is None:
            self._known.release(hook_id)
            return Sight(None, gone=True, remark=_UNKNOWN)
        self._known.hold(hook_id)
        self._warn_of_twins(hook)
        return Sight(hook)

    def delete(self, hook_id: int) -> None:
        """Return once the service shows that the hook is gone.

        Raises:
            ReadyFailed: it is still there 17 seconds after it was removed.
        """
        self._patience.allowance.require_write()
        act_until(
            lambda: self._now(hook_id) is None,
            lambda: self._client.hooks.delete(hook_id),
            clock=self._patience.clock,
            tolerate=(UnsureError, NotFoundError),
        )
        for pause in _SETTLING:
            self._patience.clock.sleep(pause)
            if self._look(hook_id) is None:
                return
        raise ReadyFailed(
            "it was removed, but the service still shows it",
            resource=label(hook_id),
            advice="Run the same command again",
        )

    def _post(self, desired: DesiredHook, before: set[int]) -> Hook:
        self._patience.go_on("creating it")
        try:
            hook = self._client.hooks.create(desired.fields())
        except UnsureError as lost:
            return self._verified(desired, lost, before)
        if markers.whose(hook.name) != desired.marker:
            self._patience.warn(
                f"{label(hook.id)}: the service does not show the ownership marker at the end of its name, so a hook "
                "whose creation gets no answer can be lost"
            )
        return hook

    def _verified(self, desired: DesiredHook, lost: UnsureError, before: set[int]) -> Hook:
        advice = f"Run `pulumi up` again: it adopts a hook whose name carries {desired.marker}, or creates one"
        found = find_late(
            lambda: self._appeared(desired, before),
            UnsureError(lost.message, marker=str(desired.marker), resource=lost.resource),
            clock=self._patience.clock,
            tell=lambda: self._patience.tell(f"the answer got lost, looking for a hook with {desired.marker}", ""),
            advice=advice,
        )
        if found is None:
            raise UnsureError(
                "creating it got no answer, and no hook with its marker has appeared since; it was not sent again",
                marker=str(desired.marker),
                advice=advice,
            )
        return found

    def _appeared(self, desired: DesiredHook, before: set[int]) -> Hook | None:
        """The hook that was not there before and is this one: by its marker, or by all else where it has no name."""
        fresh = [hook for hook in self._known.all() if hook.id not in before]
        alike = [hook for hook in fresh if hook.name is None and not wrong_fields(hook, desired.inputs)]
        return self._known.lost(desired.marker, fresh) or only(alike)

    def _converge(self, hook: Hook, desired: DesiredHook, *, send: bool) -> Outcome[Hook]:
        """Send what is desired, read it back, and say where it is not so."""
        try:
            if send:
                self._send(hook.id, desired)
            wrong: list[str] = []
            for pause in _SETTLING[:2]:
                self._patience.clock.sleep(pause)
                hook = self._now(hook.id) or _vanished(hook)
                wrong = wrong_fields(hook, desired.inputs)
                if not wrong:
                    return Outcome(hook)
        except XplentyError as problem:
            return Outcome(hook, problem)
        return Outcome(hook, _not_taken(hook, wrong))

    def _send(self, hook_id: int, desired: DesiredHook) -> None:
        """Send everything until the service answers: it is the same however often it arrives, and is not all seen."""
        self._patience.allowance.require_write()
        act_until(
            lambda: False,
            lambda: self._client.hooks.update(hook_id, desired.changes()),
            clock=self._patience.clock,
            tolerate=(UnsureError,),
        )

    def _ping(self, hook_id: int) -> None:
        try:
            self._client.hooks.ping(hook_id)
        except XplentyError as failed:
            self._patience.warn(f"{label(hook_id)} is made, but no test could be sent through it: {failed.message}")

    def _warn_of_twins(self, hook: Hook) -> None:
        try:
            twins = self._known.twins(hook)
        except XplentyError as failed:
            self._patience.warn(f"{label(hook.id)}: could not look for twins of it: {failed.message}")
            return
        if twins:
            ids = " and ".join(map(str, twins))
            self._patience.warn(
                f"{label(hook.id)} has a twin: {ids} carries the same marker and is not in the state; remove it"
            )

    def _look(self, hook_id: int) -> Hook | None:
        return or_none(partial(self._client.hooks.get, hook_id), self._client)

    def _now(self, hook_id: int) -> Hook | None:
        return confirmed(lambda: self._look(hook_id), clock=self._patience.clock)


def label(hook_id: int) -> str:
    """Return how texts name this hook."""
    return f"hook {hook_id}"


def _vanished(hook: Hook) -> Hook:
    raise ReadyFailed(_UNKNOWN, resource=label(hook.id), advice="Run `pulumi up --refresh` to create it anew")


def _not_taken(hook: Hook, wrong: list[str]) -> ReadyFailed:
    """Names only: values may be secret."""
    return ReadyFailed(
        f"the service took it, but shows another {' and '.join(wrong)} than was sent",
        resource=label(hook.id),
        advice="Look at the hook in the service; the next `pulumi up` sends everything again",
    )


def _refuse_another_type(found: Hook, desired: DesiredHook) -> None:
    if found.type != desired.inputs["type"]:
        raise RefusedError(
            f"it carries the marker of this resource, left behind by an earlier attempt, but its type is {found.type}; "
            "nothing was created or removed",
            resource=label(found.id),
            advice="Remove it, then run `pulumi up` again",
        )

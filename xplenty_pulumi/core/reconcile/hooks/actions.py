"""Hooks: created once, changed as their update says, removed verifiably."""

from dataclasses import replace

from xplenty_pulumi.client import Client, Hook
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import marker_on, way_out
from xplenty_pulumi.core.kinds.views import hook_view, wrong_fields
from xplenty_pulumi.core.reconcile.hooks.create import DesiredHook, HookCreation, label
from xplenty_pulumi.core.reconcile.hooks.search import KnownHooks
from xplenty_pulumi.core.reconcile.outcome import Outcome, Sight
from xplenty_pulumi.core.reconcile.repeat import act_until
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import NotFoundError, ReadyFailed, UnsureError, XplentyError

_SETTLING = (0.0, 2.0, 5.0, 10.0)
_UNKNOWN = "the service does not know it (404)"
_CHANGEABLE = ("events", "active", "name")


class Hooks:
    """The hooks of one account; every method returns once what it says is seen to be true."""

    def __init__(self, client: Client, known: KnownHooks, patience: Patience) -> None:
        self._client = client
        self._known = known
        self._patience = patience

    def create(self, desired: DesiredHook) -> Outcome[Hook]:
        """Return the one hook of the resource, as desired, after a test was sent through it.

        1 FIND one that an interrupted create call left behind and adopt it; 2 POST once; 3 where the answer is lost,
        VERIFY by the marker; 4 read back what was made; 5 remove what the create call made besides it; 6 sign that it
        is held.

        Raises:
            XplentyError: no hook exists, or (UnsureError, RefusedError) which one is meant can not be told.
        """
        creation = HookCreation(self._client, self._known, self._patience, desired)
        found = creation.adopted()
        hook = found or creation.post()
        outcome = self._converge(hook, desired, send=found is not None)
        if outcome.problem is None or desired.keeps_id:
            self._known.hold(hook.id)
        if outcome.problem is None and desired.inputs.get("ping") and desired.inputs.get("active"):
            self._ping(hook.id)
        nonces = tuple(creation.nonces)
        self._remove_surplus(hook.id, desired.marker, nonces)
        return replace(self._signed_as_held(outcome, desired), nonces=nonces)

    def update(self, hook_id: int, desired: DesiredHook) -> Outcome[Hook]:
        """Return the hook once it is as its update is to make it.

        Settings go with every change, since the service wants them each time (documented): those that are no matter of
        the update are sent as the service shows them.

        Raises:
            ReadyFailed: it is gone.
            XplentyError: it can not be looked at.
        """
        self._known.hold(hook_id)
        hook = self._known.find(hook_id)
        if hook is None:
            raise ReadyFailed(
                f"it can not be updated: {_UNKNOWN}",
                resource=label(hook_id),
                advice="Run `pulumi up --refresh` to create it anew",
            )
        outcome = self._converge(hook, desired, send=bool(_changes(hook, desired)) or desired.intent.signs)
        marker = marker_on(hook)
        if marker is not None and marker.is_unfinished and marker.whose == desired.marker:
            self._remove_surplus(hook_id, marker.whose, (*desired.nonces, marker.nonce))
        return replace(self._signed_as_held(outcome, desired), nonces=desired.nonces)

    def read(self, hook_id: int, *, owner: Marker | None = None, nonces: tuple[str, ...] = ()) -> Sight[Hook]:
        """Return the hook as it is now; warns of others that unfinished create calls of its `owner` made.

        A delete ends those of `nonces`.
        """
        self._patience.allowance.require_read()
        hook = self._known.find(hook_id)
        if hook is None:
            self._known.release(hook_id)
            return Sight(None, gone=True, remark=_UNKNOWN)
        self._known.hold(hook_id)
        if owner is not None:
            self._warn_of_unfinished(hook, owner, nonces)
        return Sight(hook)

    def delete(self, hook_id: int, *, owner: Marker | None = None, nonces: tuple[str, ...] = ()) -> None:
        """Return once the service shows that the hook is gone, and those that its create calls made besides it.

        Raises:
            ReadyFailed: it is still there 17 seconds after it was removed.
        """
        self._known.hold(hook_id)
        self._patience.allowance.require_write()
        self._remove(hook_id)
        if owner is not None and nonces:
            self._remove_surplus(hook_id, owner, nonces)

    def _remove(self, hook_id: int) -> None:
        act_until(
            lambda: self._known.find(hook_id) is None,
            lambda: self._client.hooks.delete(hook_id),
            clock=self._patience.clock,
            tolerate=(UnsureError, NotFoundError),
        )
        for pause in _SETTLING:
            self._patience.clock.sleep(pause)
            if self._known.single(hook_id) is None and all(one.id != hook_id for one in self._known.all()):
                return
        raise ReadyFailed(
            "it was removed, but the service still shows it",
            resource=label(hook_id),
            advice="Run the same command again",
        )

    def _remove_surplus(self, kept: int, owner: Marker, nonces: tuple[str, ...]) -> None:
        try:
            for one in self._known.surplus(owner, nonces, kept=kept):
                self._remove(one.id)
                self._patience.warn(f"{label(one.id)}, a duplicate of {label(kept)}, was removed")
        except XplentyError as failed:
            self._patience.warn(f"{label(kept)}: a duplicate of it may go on existing: {failed}")

    def _converge(self, hook: Hook, desired: DesiredHook, *, send: bool) -> Outcome[Hook]:
        """Send what the update is about, read it back, and say where it is not so."""
        try:
            if send:
                self._send(hook, desired)
            wrong: list[str] = []
            for pause in _SETTLING[:2]:
                self._patience.clock.sleep(pause)
                hook = self._known.find(hook.id) or _vanished(hook)
                wrong = [name for name in wrong_fields(hook, desired.inputs) if name in desired.intent.fields]
                if not wrong:
                    return Outcome(hook)
        except XplentyError as problem:
            return Outcome(hook, problem)
        return Outcome(hook, _not_taken(hook, wrong))

    def _send(self, hook: Hook, desired: DesiredHook) -> None:
        """Send it until the service answers: it is the same however often it arrives, and is not all seen."""
        self._patience.allowance.require_write()
        body = {**_changes(hook, desired), "settings": _settings(hook, desired), "name": self._name(hook, desired)}
        act_until(
            lambda: False,
            lambda: self._client.hooks.update(hook.id, body),
            clock=self._patience.clock,
            tolerate=(UnsureError, NotFoundError),
        )

    def _name(self, hook: Hook, desired: DesiredHook) -> str:
        """The name with the marker that it carries, or a new one where that is not the owner's."""
        is_asked = hook.name is None or "name" in desired.intent.fields
        text = str(desired.inputs.get("name", "")) if is_asked else markers.strip(hook.name)
        marker = marker_on(hook)
        if marker is None or marker.whose != desired.marker or not marker.nonce:
            marker = desired.marker.drawn(self._patience.clock.now(), self._known.random).held
        return markers.sign(text, marker)

    def _signed_as_held(self, outcome: Outcome[Hook], desired: DesiredHook) -> Outcome[Hook]:
        """Return the outcome once the hook says that it is held; an update makes up for it where that failed."""
        hook, marker = outcome.record, marker_on(outcome.record)
        if outcome.stays_unfinished(keeps_id=desired.keeps_id, is_saved_at_once=desired.is_saved_at_once):
            return outcome
        if marker is None or marker.whose != desired.marker or not marker.is_unfinished:
            return outcome
        name = markers.sign(str(hook.name), marker.held)
        try:
            self._client.hooks.update(hook.id, {"settings": _settings(hook, desired), "name": name})
        except XplentyError:
            return outcome
        return Outcome(hook.model_copy(update={"name": name}), outcome.problem)

    def _ping(self, hook_id: int) -> None:
        try:
            self._client.hooks.ping(hook_id)
        except XplentyError as failed:
            self._patience.warn(f"{label(hook_id)} is made, but no test could be sent through it: {failed.message}")

    def _warn_of_unfinished(self, hook: Hook, owner: Marker, nonces: tuple[str, ...]) -> None:
        try:
            unfinished = self._known.unfinished(owner)
        except XplentyError as failed:
            self._patience.warn(f"{label(hook.id)}: could not look for duplicates of it: {failed.message}")
            return
        for one in unfinished:
            self._patience.warn(
                f"{label(one.id)} is a duplicate of {label(hook.id)}: a create call of the same resource made it, and "
                f"it is in no state. {way_out(one, nonces)}"
            )


def _changes(hook: Hook, desired: DesiredHook) -> dict[str, object]:
    """What the update sets: where it is a matter of it, what is wrong or not seen; secrets in settings never are."""
    wrong = wrong_fields(hook, desired.inputs)
    unseen = {"settings", *(name for name in _CHANGEABLE if getattr(hook, name) is None)}
    names = desired.intent.fields & {*wrong, *unseen}
    return {name: desired.inputs[name] for name in (*_CHANGEABLE, "settings") if name in names}


def _settings(hook: Hook, desired: DesiredHook) -> object:
    if "settings" in desired.intent.fields:
        return desired.inputs["settings"]
    return hook_view(hook, desired.inputs)["settings"]


def _vanished(hook: Hook) -> Hook:
    raise ReadyFailed(_UNKNOWN, resource=label(hook.id), advice="Run `pulumi up --refresh` to create it anew")


def _not_taken(hook: Hook, wrong: list[str]) -> ReadyFailed:
    """Names only: values may be secret."""
    return ReadyFailed(
        f"the service took it, but shows another {' and '.join(wrong)} than was sent",
        resource=label(hook.id),
        advice="Look at the hook in the service; the next `pulumi up` sends everything again",
    )

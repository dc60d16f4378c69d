"""Creating a hook at most once: FIND, POST, VERIFY."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from xplenty_pulumi.client import Client, Hook
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.kind import Change
from xplenty_pulumi.core.kinds.marker import Marker, Owner
from xplenty_pulumi.core.kinds.ownership import marker_on, refusal
from xplenty_pulumi.core.kinds.views import wrong_fields
from xplenty_pulumi.core.reconcile.hooks.search import KnownHooks
from xplenty_pulumi.core.reconcile.intent import Intent, everything
from xplenty_pulumi.core.reconcile.repeat import find_late
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import RefusedError, UnsureError

ALL_OF_A_HOOK = everything(HOOK)
_ADVICE = "Run `pulumi up` again within an hour: it adopts a hook that this create call has made, or creates one"


@dataclass(frozen=True)
class DesiredHook:
    """A hook as it should be: checked inputs, and who declares it.

    `intent` is what an update is about. `nonces` are those of all create calls of this resource so far. `keeps_id` says
    whether the state keeps the id of a hook that does not become as desired, `is_saved_at_once` whether it is written
    after each step rather than at the end of the whole operation.
    """

    inputs: Mapping[str, object] = field(repr=False)
    owner: Owner
    intent: Intent = ALL_OF_A_HOOK
    nonces: tuple[str, ...] = ()
    keeps_id: bool = True
    is_saved_at_once: bool = True

    @property
    def marker(self) -> Marker:
        """What its markers share."""
        return markers.marker_of(self.owner)

    def fields(self, marker: Marker) -> dict[str, object]:
        """Return the body that creates it with this marker."""
        local = HOOK.names(Change.LOCAL)
        sent = {name: value for name, value in self.inputs.items() if name not in local}
        return {**sent, "name": self.signed_name(marker)}

    def signed_name(self, marker: Marker) -> str:
        """Return the name as the service is to hold it."""
        return markers.sign(str(self.inputs.get("name", "")), marker)


def label(hook_id: int) -> str:
    """Return how texts name this hook."""
    return f"hook {hook_id}"


class HookCreation:
    """Creates one hook at most once, whatever becomes of the answer; `nonces` are those of its create calls."""

    def __init__(self, client: Client, known: KnownHooks, patience: Patience, desired: DesiredHook) -> None:
        self._client = client
        self._known = known
        self._patience = patience
        self._desired = desired
        self._before = known.all()
        self.nonces = list(desired.nonces)

    def adopted(self) -> Hook | None:
        """Return the hook that an interrupted create call left behind, told of in a warning, or None.

        Raises:
            RefusedError: a hook carries the marker that nothing proves to be this resource's, or has another type.
        """
        claims = self._known.claims(self._desired.marker, self._before)
        for other in claims.others:
            raise refusal(HOOK.name, other, user=None)
        self.nonces += [marker.nonce for one in claims.adoptable if (marker := marker_on(one)) and marker.nonce]
        for found in sorted(claims.adoptable, key=lambda one: one.id)[:1]:
            _refuse_another_type(found, self._desired)
            self._patience.warn(f"adopted {label(found.id)}, which an interrupted create call left behind")
            return found
        return None

    def post(self) -> Hook:
        """Create the hook; where the answer is lost or shows another one, look for it, and send nothing again.

        Raises:
            UnsureError: it can not be told whether it exists.
            ApiError: the service refused, so nothing exists.
        """
        self._patience.go_on("creating it")
        drawn = self._desired.marker.drawn(self._patience.clock.now(), self._known.random)
        self.nonces.append(drawn.nonce)
        try:
            return self._believed(self._client.hooks.create(self._desired.fields(drawn)), drawn)
        except UnsureError as lost:
            return self._verified(lost)

    def _believed(self, made: Hook, drawn: Marker) -> Hook:
        if any(one.id == made.id for one in self._before):
            raise UnsureError(f"the answer shows {label(made.id)}, which was there before", resource="new hook")
        if marker_on(made) == drawn:
            return made
        found = self._appeared() if made.name is not None else None
        if found is not None and (found.id != made.id or marker_on(found) is not None):
            return found
        if marker_on(made) is not None or wrong_fields(made, {**self._desired.inputs, "name": made.name or ""}):
            raise UnsureError(f"the answer shows {label(made.id)}, which is another one", resource="new hook")
        self._patience.warn(
            f"{label(made.id)}: the service does not show the ownership marker at the end of its name, so a hook whose "
            "creation gets no answer can be lost"
        )
        return made

    def _verified(self, lost: UnsureError) -> Hook:
        marker = str(self._desired.marker)
        found = find_late(
            self._appeared,
            UnsureError(lost.message, marker=marker, resource=lost.resource),
            clock=self._patience.clock,
            tell=lambda: self._patience.tell(f"the answer got lost, looking for a hook with {marker}", ""),
            advice=_ADVICE,
        )
        if found is None:
            raise UnsureError(
                f"{lost.message}, and no hook with its marker has appeared since; it was not sent again",
                marker=marker,
                advice=_ADVICE,
            )
        return found

    def _appeared(self) -> Hook | None:
        """The hook that was not there before and is this one: by its marker, or by all else where it has no name."""
        before = {one.id for one in self._before}
        fresh = [hook for hook in self._known.all() if hook.id not in before]
        marked = [hook for hook in fresh if (found := marker_on(hook)) and found.nonce in self.nonces]
        alike = [hook for hook in fresh if hook.name is None and not wrong_fields(hook, self._desired.inputs)]
        return next(iter(marked), None) or _only(alike)


def _only(matches: list[Hook]) -> Hook | None:
    """The one hook, or None without any; raises RefusedError where there are several."""
    if len(matches) > 1:
        ids = ", ".join(str(one.id) for one in matches)
        raise RefusedError(
            f"hooks {ids} all look like this one resource's, so which one is meant can not be known; nothing was "
            "created or removed",
            advice="Remove all but one of them, then run `pulumi up` again",
        )
    return matches[0] if matches else None


def _refuse_another_type(found: Hook, desired: DesiredHook) -> None:
    if found.type != desired.inputs["type"]:
        raise RefusedError(
            f"it carries the marker of this resource, left behind by an earlier attempt, but its type is {found.type}; "
            "nothing was created or removed",
            resource=label(found.id),
            advice="Remove it, then run `pulumi up` again",
        )

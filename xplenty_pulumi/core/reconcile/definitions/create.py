"""Creating a definition at most once: FIND, POST, VERIFY."""

from typing import Generic

from xplenty_pulumi.core.kinds.kind import Change
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import WINDOW_TEXT, hand_over, is_of_another, marker_on
from xplenty_pulumi.core.reconcile.definitions.definition import DesiredDefinition, RecordT
from xplenty_pulumi.core.reconcile.definitions.known import KnownDefinitions
from xplenty_pulumi.core.reconcile.kept import is_alike
from xplenty_pulumi.core.reconcile.known import ADOPTED
from xplenty_pulumi.core.reconcile.repeat import find_late
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import RefusedError, UnsureError


class DefinitionCreation(Generic[RecordT]):
    """Creates one definition at most once, whatever becomes of the answer; `nonces` are those of calls and adoption."""

    def __init__(self, known: KnownDefinitions[RecordT], patience: Patience, desired: DesiredDefinition) -> None:
        self._known = known
        self._definition = known.definition
        self._noun = known.definition.kind.name
        self._patience = patience
        self._desired = desired
        self._before = known.all()
        self.nonces = list(desired.nonces)

    def adopted(self) -> RecordT | None:
        """Return the one that an interrupted create call left behind, named in a warning, or None.

        Raises:
            RefusedError: one carries the marker that nothing proves to be this resource's, or that cannot become it.
        """
        claims = self._known.claims(self._desired.marker, self._before)
        claims.refuse_others()
        self.nonces += claims.nonces
        for found in claims.adoptable[:1]:
            self._refuse_another_shape(found)
            name = self._definition.label_of(found)
            self._patience.adopted(name, f"adopted {name}, {ADOPTED}")
            self.nonces.append(self._known.adopting(self._desired.marker).nonce)
            return found
        return None

    def post(self) -> RecordT:
        """Create it; where the answer is lost or shows another one, look for it, and send nothing again.

        Raises:
            UnsureError: it cannot be told whether it exists.
            ApiError: the service refused, so nothing exists.
        """
        self._patience.go_on("creating it")
        drawn = self._known.drawn(self._desired.marker)
        self.nonces.append(drawn.nonce)
        try:
            return self._believed(self._definition.calls.create(self._definition.sent(self._desired, drawn)), drawn)
        except UnsureError as lost:
            return self._verified(lost)

    def _refuse_another_shape(self, found: RecordT) -> None:
        wrong = self._definition.wrong_fields(found, self._desired.inputs)
        shown = self._definition.kind.view(found, self._desired.inputs)
        fixed = [name for name in wrong if name in self._definition.kind.names(Change.REPLACE)]
        if fixed:
            raise RefusedError(
                "it carries the marker of this resource, as after an interrupted create call or a hand-over, but its "
                f"{' and its '.join(f'{name} is {shown[name]}' for name in fixed)}; nothing was created or removed",
                resource=self._definition.label_of(found),
                advice=f"Remove it, or keep it apart from any stack ({hand_over(found, ' --release')}), then run "
                "`pulumi up` again",
            )

    def _believed(self, made: RecordT, drawn: Marker) -> RecordT:
        name, new = self._definition.label_of(made), f"new {self._noun}"
        if any(one.key == made.key for one in self._before):
            raise UnsureError(f"the answer shows {name}, which was there before", resource=new)
        if marker_on(made) == drawn:
            return made
        found = self._appeared() if self._definition.text(made) is not None else None
        if found is not None and (found.id != made.id or marker_on(found) is not None):
            return found
        found_wrong = self._definition.wrong(made, self._desired.inputs)
        wrong = [one for one in found_wrong if one.field != self._definition.signed]
        if not is_alike(self._definition.kind, wrong) or marker_on(made) or is_of_another(made, self._known.user):
            raise UnsureError(f"the answer shows {name}, which is another one", resource=new)
        self._patience.warn(
            f"{name}: the service does not show the ownership marker at the end of its {self._definition.signed}, so a "
            f"{self._noun} whose creation gets no answer can be lost"
        )
        return made

    def _verified(self, lost: UnsureError) -> RecordT:
        marker = str(self._desired.marker)
        advice = (
            f"Run `pulumi up` again within {WINDOW_TEXT}: it adopts a {self._noun} that this create call has made, "
            "or creates one"
        )
        found = find_late(
            self._appeared,
            UnsureError(lost.message, marker=marker, resource=lost.resource),
            what=f"a {self._noun} with {marker}",
            patience=self._patience,
            advice=advice,
        )
        if found is None:
            raise UnsureError(
                f"{lost.message}, and no {self._noun} with its marker has appeared since; it was not sent again",
                marker=marker,
                advice=advice,
            )
        return found

    def _appeared(self) -> RecordT | None:
        """The one that was not there before and is this one: by its marker, or by all else where that is hidden."""
        before = {one.key for one in self._before}
        fresh = [one for one in self._known.all() if one.key not in before]
        marked = [one for one in fresh if (found := marker_on(one)) and found.nonce in self.nonces]
        return next(iter(marked), None) or self._alike(fresh)

    def _alike(self, fresh: list[RecordT]) -> RecordT | None:
        """The one that hides its marker and is as desired in all else; raises RefusedError where there are several."""
        hidden = [one for one in fresh if self._definition.hides_marker and self._definition.text(one) is None]
        matches = [one for one in hidden if not self._definition.wrong_fields(one, self._desired.inputs)]
        if len(matches) > 1:
            ids = ", ".join(str(one.key) for one in matches)
            raise RefusedError(
                f"{self._noun}s {ids} all look like this one resource's, so which one is meant cannot be known; "
                "nothing was created or removed",
                advice="Remove all but one of them, then run `pulumi up` again",
            )
        return matches[0] if matches else None

"""What differs between the kinds of definitions, and a definition as it should be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from xplenty_pulumi import text
from xplenty_pulumi.client import Client
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.compare import Difference, differences
from xplenty_pulumi.core.kinds.kind import Change, Key, Kind
from xplenty_pulumi.core.kinds.marker import Marker, Owner
from xplenty_pulumi.core.kinds.obstacles import NO_UPDATE, NOT_KNOWN
from xplenty_pulumi.core.kinds.ownership import Marked, Origin
from xplenty_pulumi.core.reading.lookup import require_shown
from xplenty_pulumi.core.reconcile.intent import DesiredThing, Intent
from xplenty_pulumi.core.reconcile.outcome import Outcome
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import ReadyFailed, XplentyError


class Document(Marked, Protocol):
    """A record of the service that holds a definition."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self: ...


RecordT = TypeVar("RecordT", bound=Document)
ShownT_co = TypeVar("ShownT_co", bound=Document, covariant=True)


class DefinitionCalls(Protocol[ShownT_co]):
    """The calls of one kind of definitions; those of the client are such where the key is the id."""

    def list(self, *, sort: str | None = None, direction: str | None = None) -> Iterable[ShownT_co]: ...
    def get(self, key: Any, /) -> ShownT_co: ...
    def create(self, fields: Mapping[str, object], /) -> ShownT_co: ...
    def update(self, key: Any, fields: Mapping[str, object], /) -> object: ...
    def delete(self, key: Any, /) -> object: ...


@dataclass(frozen=True)
class DesiredDefinition(DesiredThing):
    """A definition as it should be, and what its create or update is about.

    `contents` are the texts that the service gets, by the input that has only a digest of its text.
    """

    intent: Intent
    contents: Mapping[str, str] = field(default_factory=dict, repr=False, kw_only=True)


ANEW = "Run `pulumi up --refresh` to create it anew"
"""What to do where it is gone."""
_NOTHING = DesiredDefinition({}, Owner("", "", "", ""), Intent(frozenset()))
"""What is desired where only a marker changes."""


class Definition(Generic[RecordT]):
    """One kind of definitions of an account: its calls, and what the reconciler has to know of its records.

    What differs for a kind is in a class of its own, which is found by its `kind`. A record may be without its marker
    where `hides_marker`. `hidden` are inputs that records do not show as they are, so that a change of them is
    sent without looking. `has_maker` says whether records show who made them. `gone` is the text for what is not there.
    """

    kind: Kind
    of_kinds: ClassVar[dict[str, "type[Definition[Any]]"]] = {}
    hides_marker: ClassVar[bool] = False
    hidden: ClassVar[tuple[str, ...]] = ()
    has_maker: ClassVar[bool] = True
    gone: ClassVar[str] = NOT_KNOWN

    def __init_subclass__(cls, **options: Any) -> None:
        """Let the class be found by its kind."""
        super().__init_subclass__(**options)
        cls.of_kinds[cls.kind.name] = cls

    def __init__(self, client: Client, calls: DefinitionCalls[RecordT]) -> None:
        self.client = client
        self.calls = calls

    @property
    def signed(self) -> str:
        """The input, and the field of a record, that ends in the ownership marker."""
        return self.kind.signed

    def follow_up(
        self,
        record: RecordT,
        _inputs: Mapping[str, object],
        _patience: Patience,
        *,
        before: RecordT | None,  # noqa: ARG002 - a class of its own may need it
    ) -> Outcome[RecordT]:
        """Do what else belongs to a create, or to a change of `before`, once the record is as desired.

        An error that it raises is the problem of the outcome.
        """
        return Outcome(record)

    def no_result(self, record: RecordT, failed: XplentyError) -> ReadyFailed:
        """Return the problem for a follow-up that has `failed` to tell anything of the record."""
        (name, noun), *_ = self.kind.follow_ups.items()
        advice = f"Run `pulumi up` again, which repeats the {noun}; {name}=False goes without"
        return ReadyFailed(f"its {noun} has no result: {failed.message}", resource=self.label_of(record), advice=advice)

    def not_updatable(self, key: Key, *, why: str) -> ReadyFailed:
        """Return the refusal of an update: `why`, or that the service does not have it any more."""
        return ReadyFailed(f"{NO_UPDATE}: {why or self.gone}", resource=self.label(key), advice=ANEW)

    def require_shown(self, key: Key, record: RecordT | None, made: Origin) -> None:
        """Return unless it is not shown and new; raises UnsureError, since it may be shown later."""
        require_shown(record, made, self.client, resource=self.label(key), costs=False)

    def require_unedited(self, record: RecordT, desired: DesiredDefinition) -> None:
        """Return if an update may change the record; raises RefusedError for an edit that its preview has not seen."""

    def remains(self, _key: Key) -> str:
        """Return what goes on although it is removed, as a sentence without its subject; empty for nothing."""
        return ""

    def get(self, key: Key) -> RecordT:
        """Return the record with all that an update has to know of it."""
        return self.calls.get(key)

    def is_shown(self, record: RecordT, name: str) -> bool:
        """Return whether the record shows the input of this name, whatever its value."""
        return getattr(record, name, self.kind.view(record, {}).get(name)) is not None

    def label(self, key: Key) -> str:
        """Return how texts name it."""
        return text.label(self.kind.name, key)

    def label_of(self, record: RecordT) -> str:
        """Return how texts name the one that the record is of."""
        return self.label(record.key)

    def text(self, record: RecordT) -> str | None:
        """Return the text that its marker ends, None where the record does not show it."""
        found: str | None = getattr(record, self.signed)
        return found

    def wrong_fields(self, record: RecordT, inputs: Mapping[str, object]) -> list[str]:
        """Return the names of the inputs that the record shows otherwise."""
        return [one.field for one in self.wrong(record, inputs)]

    def wrong(self, record: RecordT, inputs: Mapping[str, object]) -> tuple[Difference, ...]:
        """Return the inputs that the record shows otherwise."""
        return differences(self.kind, inputs, self.kind.view(record, inputs))

    def meant(self, record: RecordT, desired: DesiredDefinition) -> Mapping[str, object]:
        """Return the inputs that its update is about; the members of a mapping that it is not about are as shown."""
        shown, intent = self.kind.view(record, desired.inputs), desired.intent
        return {
            name: intent.applied(name, value, shown.get(name))
            for name, value in desired.inputs.items()
            if name in intent.fields
        }

    def sent(self, desired: DesiredDefinition, marker: Marker) -> Mapping[str, object]:
        """Return the body that creates it with this marker."""
        local = self.kind.names(Change.LOCAL)
        inputs = {name: value for name, value in desired.inputs.items() if name not in local}
        text = markers.sign(str(inputs.get(self.signed, "")), marker)
        return self.kind.body({**inputs, self.signed: text})

    def changes(self, record: RecordT, desired: DesiredDefinition) -> dict[str, object]:
        """Return the inputs that its update sets: those that it is about and that are wrong or not seen."""
        in_place = [name for name in self.kind.names(Change.IN_PLACE) if name in desired.inputs]
        unseen = [name for name in in_place if not self.is_shown(record, name)]
        meant = self.meant(record, desired)
        names = {*self.wrong_fields(record, meant), *unseen, *self.hidden}
        return {name: meant[name] for name in in_place if name in meant and name in names}

    def change(
        self, record: RecordT, desired: DesiredDefinition, changed: Mapping[str, object]
    ) -> Mapping[str, object]:
        """Return the body that sets what is `changed`, with all that each change has to repeat."""
        kept = self.kind.repeated(record, desired.inputs) or {}
        meant = {name: value for name, value in self.meant(record, desired).items() if name in kept}
        return self.kind.body({**kept, **meant, **changed})

    def signing(self, record: RecordT, marker: Marker | None) -> Mapping[str, object]:
        """Return the body that gives it this marker, or none, and changes nothing else."""
        text = self.text(record) or ""
        signed = markers.sign(text, marker) if marker else markers.strip(text)
        return self.change(record, _NOTHING, {self.signed: signed})


def definition_of(kind: Kind, client: Client) -> Definition[Any]:
    """Return what is to be known of a kind; nothing differs for one that has no class of its own."""
    found = Definition.of_kinds.get(kind.name)
    made = (found or Definition)(client, getattr(client, kind.collection))
    made.kind = kind
    return made

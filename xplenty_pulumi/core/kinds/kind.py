"""What can be known about a kind of resource."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, Literal

from xplenty_pulumi.core.kinds.inputs import Reader, record_id
from xplenty_pulumi.errors import SpecError

Key = int | str
"""What identifies a thing among those of its kind: its id, or more where an id is one only within a type."""
Rule = Callable[[Mapping[str, object]], SpecError | None]
"""What is wrong with inputs that are fine by themselves."""
View = Callable[[Any, Mapping[str, object]], dict[str, object]]
"""A record of the service as plain values, without its id and without a marker; the inputs that were asked for."""
EVERYTHING = "*"
"""What a create owes that has not come to its end, where else the names of fields stand."""
SIGNATURE = "marker"
"""What is owed until an update signs it, with whose marker it may carry till then, as in `marker/dev-0f3a91c`."""


class Change(Enum):
    """What a changed field asks for."""

    IN_PLACE = "in place"
    REPLACE = "replace"
    LOCAL = "local"
    """Steers this tool, or has calls of its own: no record of the service shows it."""


class Drift(Enum):
    """How grave a difference is; the later ones are the graver ones."""

    NONE = "none"
    """What is not compared."""
    EXPECTED = "expected"
    """What the service does by itself: nobody has to look at it."""
    UNKNOWN = "unknown"
    """What may be in order: it depends on another backend."""
    HARMLESS = "harmless"
    """What somebody has changed and nothing depends on."""
    HARMFUL = "harmful"
    """What does not work or cost as declared."""

    @property
    def is_drift(self) -> bool:
        """Whether somebody should know."""
        return self in {Drift.HARMLESS, Drift.HARMFUL}


class Phase(Enum):
    """What a status means to somebody who waits."""

    BUILDING = "building"
    READY = "ready"
    SCALING = "scaling"
    RUNNING = "running"
    ENDING = "ending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"
    """A run that somebody has ended before it had come to its own end."""
    GONE = "gone"
    UNKNOWN = "unknown"
    """A status that no source names: neither the goal nor a failure, and not the end."""


LIVING = frozenset({Phase.BUILDING, Phase.READY, Phase.SCALING, Phase.RUNNING, Phase.UNKNOWN})
"""It works, or can come to work, so it may be adopted."""
GOING_OR_GONE = frozenset({Phase.ENDING, Phase.STOPPED, Phase.GONE})
"""It was asked to end, or has ended so."""
SPENT = frozenset({Phase.FAILED, Phase.STOPPED, Phase.GONE})
"""It can never become what the user wants: a broken cluster, a failed or stopped run."""


class Ending(Enum):
    """How something comes to its end."""

    TERMINATED = "terminated"
    """A call asks for it, and the status shows when it is done; what has failed costs money until then."""
    COMPLETED = "completed"
    """It ends by itself, well or not; a call stops it."""
    REMOVED = "removed"
    """A call removes it."""


_FINAL: Mapping[Ending, frozenset[Phase]] = MappingProxyType(
    {
        Ending.TERMINATED: frozenset({Phase.GONE}),
        Ending.COMPLETED: frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.STOPPED}),
        Ending.REMOVED: frozenset(),
    }
)


@dataclass(frozen=True)
class Field:
    """One input of a kind: how it is read, what changing it means, and what stands where the user says nothing.

    What it is for stands in the docstring of the resource, and nowhere else.

    `usual` is what the service takes where nothing is said; unlike a `default` it is not compared. `drift` is how grave
    it is where the service shows another value. `private` says whether it may hold secrets, so that no error and no
    report shows its value: somewhere in the `whole`, in its `members`, which are noted by their names, or in its
    `items`. `secret` are the members that are secret whatever the program says. `by_member` says that only the members
    that were asked for are seen, so that those which are no secrets are compared one by one. `echo` is the way to where
    a record shows it besides under its name. `made_of` is the argument of a program it is made of, being none itself.
    """

    name: str
    read: Reader
    change: Change
    default: object = None
    usual: object = None
    required: bool = False
    drift: Drift = Drift.HARMFUL
    private: Literal["", "whole", "members", "items"] = ""
    secret: frozenset[str] = frozenset()
    by_member: bool = False
    echo: tuple[str, ...] = ()
    made_of: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of resource: all that is known of it, as data."""

    name: str
    """That of its records, and of their class in the client."""
    resource: str
    """The name of its class in a program."""
    collection: str
    """The name of its calls in the client."""
    fields: tuple[Field, ...]
    shown: Mapping[str, Drift]
    """The fields that the service fills in, with how grave a change is."""
    view: View
    ends: Ending
    named: str = ""
    """The input that is made of the resource's name where a program gives none; empty where the service does that."""
    phases: Mapping[str, Phase] = field(default_factory=dict)
    """The meaning of every status that the service is known to give it; none where it has no status."""
    signed: str = ""
    """The field that ends in the ownership marker; empty where there is none."""
    rules: tuple[Rule, ...] = ()
    implied: Callable[[Mapping[str, object]], Mapping[str, object]] = lambda _inputs: {}
    """The inputs that follow from others where the program leaves them out."""
    doubts: Callable[[Mapping[str, object]], Mapping[str, str]] = lambda _inputs: {}
    """Texts about inputs on which documents disagree, by the input; the service decides."""
    repeated: Callable[[Any, Mapping[str, object]], Mapping[str, object] | None] = lambda _record, _asked: {}
    """The inputs that each change of a record has to send again lest they get lost. What the service hides of them is
    as it was asked for; None where it was not."""
    body: Callable[[Mapping[str, object]], Mapping[str, object]] = lambda given: given
    """Inputs as the parameters of a call, where the service has other names for them."""
    fixed: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)
    """The inputs that a record may not let change any more, each with what says so; then it is replaced."""
    switch: str = ""
    """The input that lets it work by itself, which a stack may switch off; empty where it does not."""
    summary: Callable[[Any], str] = lambda record: str(record.name or "")
    """What a line says of a record that has no status."""
    follow_ups: Mapping[str, str] = field(default_factory=dict)
    """The inputs that ask for what follows each change, each with a name for it, such as a test."""
    unsettled: Callable[[Mapping[str, object], Mapping[str, object]], frozenset[str]] = lambda *_: frozenset()
    """The fields that say nothing while a change is under way that nobody waits for, by the inputs and the view."""
    asked_about: tuple[str, ...] = ()
    """The inputs that the service is asked about before an `up`."""
    parts: tuple[str, ...] = ()
    """What a record has only where the call that reads it asks for it by `include`."""
    is_removed: Callable[[Any], bool] = lambda _record: False
    """Whether a record is that of something removed, such as an archived package."""
    remark: Callable[[str, Any, Mapping[str, object], Callable[[str], str | None]], str] = lambda *_: ""
    """What a report says of a changed field in place of its two values: the field, the record, the inputs that were
    declared, and what returns the content of a digest where it is on this machine."""
    secret_outputs: tuple[str, ...] = ()
    """What is secret whatever the program says."""
    key: Callable[[object], Key] = record_id
    """Reads what identifies one in a state, or where a user names it; raises ValueError as a reader of inputs does."""
    by_name: Mapping[str, Field] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", MappingProxyType({one.name: one for one in self.fields}))

    def phase(self, status: str) -> Phase:
        """Return what `status` means; `Phase.UNKNOWN` for one that no source names."""
        return self.phases.get(status, Phase.UNKNOWN)

    def is_living(self, status: str) -> bool:
        """Return whether something with this status works, or can come to work."""
        return self.phase(status) in LIVING

    def is_ending(self, status: str) -> bool:
        """Return whether something with this status was asked to end, or has ended so."""
        return self.phase(status) in GOING_OR_GONE

    def is_spent(self, status: str) -> bool:
        """Return whether something with this status can never become what the user wants."""
        return self.phase(status) in SPENT

    def is_final(self, status: str) -> bool:
        """Return whether nothing follows on `status`."""
        return self.phase(status) in _FINAL[self.ends]

    def statuses(self, *phases: Phase) -> tuple[str, ...]:
        """Return every known status that means one of `phases`, in the order of a life."""
        return tuple(status for status, phase in self.phases.items() if phase in phases)

    @property
    def unfinished(self) -> tuple[str, ...]:
        """Every known status that something follows on, in the order of a life."""
        return tuple(status for status in self.phases if not self.is_final(status))

    @property
    def compared(self) -> tuple[str, ...]:
        """The names of the fields that the service shows and that can change there."""
        return tuple(one.name for one in self.fields if one.change is not Change.LOCAL and one.drift is not Drift.NONE)

    def completed(self, inputs: Mapping[str, object], seen: Mapping[str, object]) -> dict[str, object]:
        """Return `inputs` with the defaults of the fields that they leave open and that `seen` has a value for."""
        shown = [one for one in self.fields if seen.get(one.name) is not None]
        return {**{one.name: one.default for one in shown if one.default is not None}, **inputs}

    def is_whole(self, record: object, seen: Mapping[str, object]) -> bool:
        """Return whether a record from a list says all, given what was `seen` of it last.

        One whose `parts` no list has does so only where it was not saved since: by its time, which has whole seconds,
        and by its version, where a list shows that.
        """
        if not self.parts:
            return True
        last, view = seen.get("updated_at"), self.view(record, {})
        return (
            last is not None and view.get("updated_at") == last and view.get("version") in (None, seen.get("version"))
        )

    def is_followed_up(self, changed: Iterable[str]) -> bool:
        """Return whether a change of these inputs asks for its follow-ups, whoever has made it."""
        return bool({*self.names(Change.IN_PLACE), *self.follow_ups}.intersection(changed))

    def names(self, change: Change) -> tuple[str, ...]:
        """Return the names of the fields whose change asks for `change`."""
        return tuple(one.name for one in self.fields if one.change is change)


def alike(names: str, drift: Drift) -> dict[str, Drift]:
    """Return the class of several fields, given with blanks between them."""
    return dict.fromkeys(names.split(), drift)

"""Kinds that differ from hooks in all that a definition can say fit the same reconciler.

A note stands for a package or a schedule: its marker ends the description, a change replaces the whole document, its
removal archives it, and it shows its maker. A filed note stands for a connection: its key is a text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, signed
from xplenty_pulumi.client import Client, Cluster
from xplenty_pulumi.core.kinds import registry
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.marker import marker_of, read, strip
from xplenty_pulumi.core.reconcile import DefinitionReconciler, DesiredDefinition, KnownDefinitions, Outcome
from xplenty_pulumi.core.reconcile.definitions.definition import Definition
from xplenty_pulumi.core.reconcile.intent import Intent, everything
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import NotFoundError, ReadyFailed, RefusedError

OURS = marker_of(OWNER)
NAMES = ("nodes", "name", "description", "terminate_on_idle")
INPUTS = {"nodes": 2, "name": "loads", "description": "nightly"}


class Note(Cluster):
    """A note, which has the fields of a cluster and is known by its drawer and number."""

    @property
    def key(self) -> str:
        """Return its drawer and number."""
        return f"drawer/{self.id}"


@dataclass
class Shelf:
    """A service of notes, whose records are those of clusters; `sent` are the bodies of all changes."""

    notes: dict[str, Note] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)

    def list(self, *, sort: str | None = None, direction: str | None = None) -> Iterable[Note]:
        """Return the notes that are not archived."""
        return [one for one in self.notes.values() if one.status != "archived"]

    def get(self, key: str, /) -> Note:
        """Return the note, archived or not."""
        if key not in self.notes:
            raise NotFoundError("no such note", status=404)
        return self.notes[key]

    def create(self, fields: Mapping[str, object], /) -> Note:
        """Write a note."""
        number = len(self.notes) + 1
        made = Note.model_validate({"id": number, "status": "active", **fields})
        return self.notes.setdefault(f"drawer/{number}", made)

    def update(self, key: str, fields: Mapping[str, object], /) -> None:
        """Replace the whole note."""
        self.sent.append(dict(fields))
        self.notes[key] = Note.model_validate({"id": self.notes[key].id, "status": "active", **fields})

    def delete(self, key: str, /) -> None:
        """Archive the note."""
        self.notes[key] = self.get(key).model_copy(update={"status": "archived"})


def note_view(record: Note, _asked: Mapping[str, object]) -> dict[str, object]:
    """Return what a note has."""
    return {**{name: getattr(record, name) for name in NAMES}, "description": strip(record.description)}


NOTE = replace(
    CLUSTER,
    name="note",
    signed="description",
    view=note_view,
    repeated=note_view,
    is_removed=lambda note: note.status == "archived",
)


class NoteDefinition(Definition[Note]):
    """Notes, of which none of more than nine nodes is valid."""

    kind = NOTE
    gone = "it is archived"

    def __init__(self, client: Client, shelf: Shelf) -> None:
        super().__init__(client, shelf)
        self.restored: list[Note | None] = []

    def follow_up(
        self, record: Note, inputs: Mapping[str, object], _patience: Patience, *, before: Note | None
    ) -> Outcome[Note]:
        """Refuse what is not valid."""
        if int(str(inputs["nodes"])) > 9:
            self.restored.append(before)
            raise ReadyFailed("it is not valid")
        return Outcome(record)


@pytest.fixture
def shelf() -> Shelf:
    """A service without notes."""
    return Shelf()


@pytest.fixture
def notes(bench: Bench, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> DefinitionReconciler[Note]:
    """One process on the service."""
    monkeypatch.setattr(registry, "KINDS", {**registry.KINDS, NOTE.name: NOTE})
    definition = NoteDefinition(bench.client, shelf)
    known = KnownDefinitions(definition, bench.clock, random=Random(7))
    return DefinitionReconciler(known, Patience(clock=bench.clock, warn=bench.warned.append))


def desired(*fields: str, signs: bool = False, **inputs: Any) -> DesiredDefinition:
    """Return a note as it should be, after an update of these fields or after its create."""
    intent = Intent(frozenset(fields), waits=False, signs=signs) if fields or signs else everything(CLUSTER)
    return DesiredDefinition({**INPUTS, **inputs}, OWNER, intent)


def add(shelf: Shelf, description: str, **fields: Any) -> str:
    """Return the key of a note that somebody wrote."""
    return f"drawer/{shelf.create({**INPUTS, 'description': description, **fields}).id}"


def test_it_is_made_signed_and_held(notes: DefinitionReconciler[Note], shelf: Shelf) -> None:
    """The change that says that it is held repeats the whole document."""
    made = notes.create(desired())
    marker = read(made.record.description)
    assert (made.problem, marker and marker.whose, marker and marker.is_unfinished) == (None, OURS, False)
    assert shelf.sent == [{**INPUTS, "terminate_on_idle": None, "description": made.record.description}]
    assert notes.read("drawer/1", owner=OURS).record == shelf.notes["drawer/1"]


def test_a_change_repeats_what_is_no_matter_of_it(notes: DefinitionReconciler[Note], shelf: Shelf) -> None:
    """As the service shows it, so that nothing that was changed by hand gets lost."""
    text = signed("by hand", held=True)
    key = add(shelf, text, name="by hand", terminate_on_idle=True)
    assert notes.update(key, desired("nodes", nodes=3)).problem is None
    assert shelf.sent == [{"nodes": 3, "name": "by hand", "description": text, "terminate_on_idle": True}]


def test_a_sign_repeats_the_whole_document(notes: DefinitionReconciler[Note], shelf: Shelf) -> None:
    """The service may replace it."""
    key = add(shelf, "by hand", name="by hand")
    assert notes.update(key, desired(signs=True)).problem is None
    (sent,) = shelf.sent
    assert (sent["name"], sent["nodes"], strip(sent["description"])) == ("by hand", 2, "by hand")
    assert read(sent["description"]) is not None


@pytest.mark.parametrize(("owner_id", "is_adopted"), [(1, True), (999, False)])
def test_one_left_behind_is_adopted_where_the_same_user_made_it(
    bench: Bench, notes: DefinitionReconciler[Note], shelf: Shelf, owner_id: int, *, is_adopted: bool
) -> None:
    """What another user has made is refused."""
    key = add(shelf, signed(), owner_id=bench.client.user_id() if owner_id == 1 else owner_id)
    if is_adopted:
        assert notes.create(desired()).record.id == shelf.notes[key].id
        return
    with pytest.raises(RefusedError, match="was created by another user"):
        notes.create(desired())


def test_its_removal_is_seen_where_it_is_archived(notes: DefinitionReconciler[Note], shelf: Shelf) -> None:
    """A record that says so counts as gone, and cannot be updated."""
    key = add(shelf, signed(held=True))
    notes.delete(key)
    assert shelf.notes[key].status == "archived"
    sight = notes.read(key)
    assert (sight.gone, sight.remark) == (True, "it is archived")
    with pytest.raises(ReadyFailed, match="it is archived"):
        notes.update(key, desired("nodes"))


def test_what_follows_a_create_or_a_change_can_fail(
    bench: Bench, notes: DefinitionReconciler[Note], shelf: Shelf
) -> None:
    """It is told what was there before, and its error is the problem of the outcome."""
    assert str(notes.create(desired(nodes=10)).problem).startswith("it is not valid")
    definition = NoteDefinition(bench.client, shelf)
    again = DefinitionReconciler(KnownDefinitions(definition, bench.clock), Patience(clock=bench.clock))
    before = shelf.notes["drawer/1"]
    assert again.update("drawer/1", desired("nodes", nodes=11)).problem is not None
    assert definition.restored == [before]

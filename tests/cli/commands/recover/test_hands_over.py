"""What creates of a killed run had finished is handed over by `recover`: only what nobody else can have made."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from tests.cli.commands.branch.test_late_clusters import left as unfinished_definitions
from tests.cli.commands.branch.test_late_clusters import there
from tests.cli.commands.recover.test_hand_over import Wire
from tests.support.accounts.command_line import OWNER, START, Scene, opened_scene
from tests.support.accounts.desired import signed
from tests.support.openapi import SchemaWatch
from xplenty_pulumi import settings
from xplenty_pulumi.cli.commands.recover.stack_account import StackAccount
from xplenty_pulumi.cli.engine.holders import TOKENS, Held, Holders
from xplenty_pulumi.cli.ui.account import CommandAccount, opened
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.kinds.marker import Marker, marker_of, read, scope_of, sign
from xplenty_pulumi.core.kinds.ownership import Origin
from xplenty_pulumi.emulator import EmulatedCluster, FaultRule, Faults, refusing

OURS = marker_of(OWNER)
FINISHED = OURS.drawn(START, Random(1)).held


@pytest.fixture
def wire() -> Wire:
    """What says whose the key is."""
    return Wire()


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch, wire: Wire) -> Iterator[Scene]:
    """A new account behind that wire."""
    with opened_scene(monkeypatch, gates=[wire]) as made:
        yield made


@pytest.fixture
def account(scene: Scene) -> Iterator[CommandAccount]:
    """The account as a command opens it."""
    with opened(settings.load(scene.environment, lambda _key: None)) as made:
        yield made


def left(scene: Scene, **fields: Any) -> EmulatedCluster:
    """Add a cluster that a create of the resource has signed as held."""
    return scene.emulator.add_cluster(**{"description": sign("loads", FINISHED), **fields})


def handed_over(account: CommandAccount, *held: Held) -> list[int]:
    """Hand over what the creates of a run that began a minute ago had finished, and return the ids."""
    found = StackAccount(account, frozenset({scope_of(OWNER)}), Holders(("acme/loads/dev",), held))
    finished = [*found.finished([OURS], since=START - timedelta(minutes=1))]
    return [one.record.id for one in finished if "handed over" in found.hand_over(one, until=START)]


def test_what_this_user_has_made_is_handed_over(scene: Scene, account: CommandAccount) -> None:
    """It carries an unfinished marker of the same resource from then on, so that the next `up` adopts it."""
    mine = left(scene)
    assert handed_over(account) == [mine.id]
    now = read(scene.emulator.cluster(mine.id).description)
    assert now is not None
    assert (now.whose, now.is_unfinished, now.nonce == FINISHED.nonce) == (OURS, True, False)


def test_what_another_user_has_made_is_left_alone(scene: Scene, account: CommandAccount, wire: Wire) -> None:
    """A colleague who has copied the description, marker included, keeps his cluster as it is."""
    copied, wire.user = left(scene), 42
    assert handed_over(account) == []
    assert scene.emulator.cluster(copied.id) == copied


def test_what_a_state_holds_is_left_alone(scene: Scene, account: CommandAccount) -> None:
    """Nothing of it is lost."""
    held = left(scene)
    assert handed_over(account, Held("acme/loads/dev", "urn", frozenset({"cluster"}), held.id, OURS)) == []
    assert scene.emulator.cluster(held.id) == held


def test_what_was_made_before_the_killed_run_is_left_alone(scene: Scene, account: CommandAccount) -> None:
    """Its creates cannot have made it."""
    old = left(scene, description=signed("loads", minutes_ago=60, held=True))
    assert handed_over(account) == []
    assert scene.emulator.cluster(old.id) == old


@pytest.mark.parametrize(
    "marker",
    [OURS.adopting(START, Random(1)), OURS.drawn(START + timedelta(minutes=2), Random(1))],
    ids=["has adopted", "has made later"],
)
def test_what_a_stack_of_the_same_name_may_hold_is_named_alone(
    scene: Scene, account: CommandAccount, marker: Marker
) -> None:
    """Its state is in another backend; the text says what gives it to this one."""
    theirs = left(scene, description=sign("loads", marker.held))
    assert handed_over(account) == []
    assert scene.emulator.cluster(theirs.id) == theirs
    found = StackAccount(account, frozenset({scope_of(OWNER)}), Holders(("acme/loads/dev",), ()))
    (one,) = found.finished([OURS], since=START)
    assert f"run `xplenty-pulumi hand-over cluster:{theirs.id}`" in found.hand_over(one, until=START)


def test_a_stray_with_the_id_of_what_a_state_held_is_named(scene: Scene, account: CommandAccount) -> None:
    """As after the service was restored from a backup: another stack still has the id of an older one."""
    stray = left(scene, description=signed("loads")).id
    held = Held("acme/loads/prod", "urn", frozenset({"cluster"}), stray, None, made=Origin("2020-02-29T12:00:00Z"))
    found = StackAccount(account, frozenset({scope_of(OWNER)}), Holders(("acme/loads/prod",), (held,)))
    assert [one.id for one in found.strays()] == [stray]


@pytest.mark.parametrize(("owner", "is_replaced"), [(OURS, False), (OURS, True), (None, False)])
def test_a_stray_beside_what_the_state_holds_is_adopted_by_nobody(
    scene: Scene, account: CommandAccount, owner: Marker | None, *, is_replaced: bool
) -> None:
    """It arrived after the `up` that went on without it; the text says so, and what ends it.

    What the state has only until its replacement is there is not what the resource has.
    """
    is_held = owner is not None and not is_replaced
    stray = left(scene, description=signed("loads")).id
    held = Held("acme/loads/dev", "urn", frozenset({"cluster"}), 77, owner, is_replaced=is_replaced)
    found = StackAccount(account, frozenset({scope_of(OWNER)}), Holders(("acme/loads/dev",), (held,)))
    (one,) = found.strays()
    text = found.outlook(one)
    assert (one.id, text.endswith("--end-strays ends it")) == (stray, True)
    because = "it is a duplicate of cluster 77, which the state of stack acme/loads/dev holds"
    assert (f"no `pulumi up` adopts it, because {because}" in text) is is_held
    assert ("the next `pulumi up` adopts it if" in text) is not is_held


def test_definitions_that_a_killed_run_left_are_named_and_ended(scene: Scene, account: CommandAccount) -> None:
    """Each kind is a stray like a cluster, such as a schedule that would go on starting jobs."""
    found = unfinished_definitions(scene, OURS.drawn(START, Random(1)))
    stack = StackAccount(account, frozenset({scope_of(OWNER)}), Holders(("acme/loads/dev",), ()))

    strays = stack.strays()
    assert {(one.kind.name, one.id) for one in strays} == {*found.items()}
    assert all(
        "the next `pulumi up` adopts it if the program still declares it" in stack.outlook(one) for one in strays
    )

    stack.end(strays, Screen())
    assert (there(scene, found), stack.strays()) == (set(), ())


@pytest.mark.parametrize("status", [403, 404])
def test_a_kind_that_the_key_may_not_list_stands_in_no_way(
    monkeypatch: pytest.MonkeyPatch, schema_watch: SchemaWatch, status: int
) -> None:
    """Strays of the other kinds are found."""
    schema_watch.look_away()
    gates = [Faults(FaultRule("GET schedules", refusing(status, "No.")))]
    with opened_scene(monkeypatch, gates=gates) as scene, opened(settings.load(scene.environment, lambda _: None)) as a:
        found = unfinished_definitions(scene, OURS.drawn(START, Random(1)))
        strays = StackAccount(a, frozenset({scope_of(OWNER)}), Holders(("acme/loads/dev",), ())).strays()
    assert {one.kind.name for one in strays} == {*found} - {"schedule"}


def test_definitions_that_a_state_holds_are_no_strays(scene: Scene, account: CommandAccount) -> None:
    """Their create call may only not have been signed as done."""
    found = unfinished_definitions(scene, OURS.drawn(START, Random(1)))
    held = tuple(Held("acme/loads/dev", name, frozenset({name}), key, OURS) for name, key in found.items())
    assert StackAccount(account, frozenset({scope_of(OWNER)}), Holders(("acme/loads/dev",), held)).strays() == ()


@pytest.mark.parametrize(("kind", "other", "is_named"), [("cluster", 501, 1), ("cluster", 502, 0), ("job", 501, 0)])
def test_what_the_state_of_another_stack_holds_as_well_is_named(
    account: CommandAccount, kind: str, other: int, is_named: int
) -> None:
    """After a killed `pulumi state move` both stacks would end it; a run may be in as many states as follow it."""
    urns = [f"urn:pulumi:{stack}::loads::{TOKENS[kind]}::etl" for stack in ("dev", "prod")]
    held = [
        Held(f"acme/loads/{urn.split(':')[2]}", urn, frozenset({kind}), number, None)
        for urn, number in zip(urns, (501, other), strict=True)
    ]
    found = StackAccount(account, frozenset(), Holders((), tuple(held)), "acme/loads/dev")
    said = [*found.in_two_states()]
    assert len(said) == is_named
    for line in said:
        assert line.startswith("etl (501) is in the state of stack acme/loads/prod too, as etl, as after a killed")
        for urn, stack in zip(urns, ("dev", "prod"), strict=True):
            assert f"`pulumi state delete '{urn}' --stack acme/loads/{stack}`" in line

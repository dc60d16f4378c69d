"""The same id in two accounts: what a state holds in another account is not what lives in this one."""

import json
from collections.abc import Iterator
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from tests.cli.commands.branch.test_late_clusters import taking
from tests.cli.commands.imports.test_selection import ids
from tests.support.accounts.command_line import OWNER, SCOPE, START, Scene, opened_scene
from xplenty_pulumi import JobRunProvider, settings
from xplenty_pulumi.cli.commands.branch.stacks import ProjectStacks
from xplenty_pulumi.cli.commands.imports.selection import ImportRequest, TakeOverRules, select
from xplenty_pulumi.cli.commands.recover.stack_account import StackAccount
from xplenty_pulumi.cli.engine.holders import TOKENS, Holders, holders_in
from xplenty_pulumi.cli.engine.snapshot import ListedStack, Snapshot
from xplenty_pulumi.cli.ui.account import opened
from xplenty_pulumi.core.kinds.marker import marker_of, sign
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Origin
from xplenty_pulumi.dynamic.state import ACCOUNT, OBSERVED, PROVIDER
from xplenty_pulumi.redact import Secret
from xplenty_pulumi.settings import Settings

HERE, ELSEWHERE = "emulated-account", "acme-eu"
OTHER = "acme/theirs/z"
MADE = "2026-01-31T12:00:00Z"
UNFINISHED = marker_of(OWNER).drawn(START, Random(1))
HOLDS = pytest.mark.parametrize(("account", "is_held"), [(ELSEWHERE, False), (HERE, True), (None, True)])


def resource(number: int, account: str | None, **more: Any) -> dict[str, Any]:
    """Return a cluster as a state has it; without an account as old ones do."""
    urn = f"urn:pulumi:z::theirs::{TOKENS['cluster']}::etl"
    outputs = {} if account is None else {ACCOUNT: account}
    return {"urn": urn, "type": TOKENS["cluster"], "id": str(number), "inputs": {}, "outputs": outputs, **more}


def snapshot(*resources: dict[str, Any]) -> Snapshot:
    """Return a backend with one stack."""
    listed = [SimpleNamespace(full_name=OTHER)]
    found = SimpleNamespace(listed=lambda *_: listed, resources=lambda _: [*resources], tags=lambda _: {})
    return cast("Snapshot", found)


def holders(*resources: dict[str, Any], account: str = HERE, former: str = "") -> Holders:
    """Return what that stack holds, as seen from an account."""
    return holders_in(snapshot(*resources), Settings(Secret("key"), account, former_account_id=former))


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A new account."""
    with opened_scene(monkeypatch) as made:
        yield made


@pytest.mark.parametrize(
    ("there", "here", "former", "is_held"),
    [
        ("acme-eu", "acme", "", False),
        ("acme", "acme", "", True),
        ("Acme", "acme", "", True),
        ("old", "acme", "old", True),
        (None, "acme", "", True),
        ({"secret": "x"}, "acme", "", True),
        ("4711", "acme", "", True),
        ("acme", "u_4711", "", True),
        ("4711", "4712", "", False),
    ],
)
def test_what_is_not_known_to_be_elsewhere_is_held(there: Any, here: str, former: str, *, is_held: bool) -> None:
    """An account has a number beside its text, so one of each may be the same; nothing is ended on a guess."""
    found = holders(resource(502, there), account=here, former=former)
    assert found.of("cluster", 502, made=UNKNOWN) == (OTHER if is_held else "")
    assert [one.id for one in found.all] == [502]


@pytest.mark.parametrize(("made", "is_held"), [(MADE, True), ("", True), ("2026-03-01T00:00:00Z", False)])
def test_what_has_the_id_of_another_by_now_is_not_held(made: str, *, is_held: bool) -> None:
    """As after the service was restored from a backup; what does not say when it was made may be the same."""
    found = holders(resource(502, HERE, outputs={OBSERVED: json.dumps({"created_at": MADE})}))
    assert found.of("cluster", 502, made=Origin(made)) == (OTHER if is_held else "")


@HOLDS
def test_a_run_counts_in_the_account_that_it_is_in(account: str | None, *, is_held: bool) -> None:
    """A run of `account="eu"` lies in the state of a stack whose own account is another."""
    provider = serialize_provider(JobRunProvider())
    run = resource(502, account, type=TOKENS["job"], inputs={"account": "eu", PROVIDER: provider})
    found = holders(run)
    assert (found.of("job", 502, made=UNKNOWN) == OTHER, found.of("cluster", 502, made=UNKNOWN)) == (is_held, "")


@HOLDS
def test_recover_ends_what_only_has_the_id_of_another(scene: Scene, account: str | None, *, is_held: bool) -> None:
    """A cluster that a killed create has left costs money, whatever another account's cluster is called."""
    stray = scene.emulator.add_cluster(description=sign("", UNFINISHED)).id
    with opened(settings.load(scene.environment, lambda _: None)) as opened_account:
        found = StackAccount(opened_account, frozenset({SCOPE}), holders(resource(stray, account)))
        assert [one.id for one in found.strays()] == ([] if is_held else [stray])


@HOLDS
def test_branch_down_ends_what_only_has_the_id_of_another(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, account: str | None, *, is_held: bool
) -> None:
    """It is no other stack's."""
    stray = scene.emulator.add_cluster(description=sign("", UNFINISHED)).id
    cleared = taking(scene, monkeypatch, holders=holders(resource(stray, account)))
    ended, spared = [one.id for one in cleared.ended], [one.thing.id for one in cleared.spared]
    assert (ended, spared) == (([], [stray]) if is_held else ([stray], []))


@HOLDS
def test_import_takes_what_only_has_the_id_of_another(scene: Scene, account: str | None, *, is_held: bool) -> None:
    """The names in the state are used all the same."""
    number = scene.emulator.add_cluster(name="etl").id
    rules = TakeOverRules(holders(resource(number, account)), OTHER, SCOPE)
    with scene.client() as client:
        found = select(client, ImportRequest.of(["cluster"], (), is_all=False), rules)
    assert (ids(found), {*found.used}) == ([] if is_held else [("cluster", number)], {"etl"})


@pytest.mark.parametrize(("account", "is_own"), [(ELSEWHERE, False), (HERE, True), (None, True), ("4711", False)])
def test_a_branch_holds_only_what_is_in_the_account(
    monkeypatch: pytest.MonkeyPatch, account: str | None, *, is_own: bool
) -> None:
    """What a branch holds is ended with it, so here what may be elsewhere does not count."""
    stacks = ProjectStacks.__new__(ProjectStacks)
    monkeypatch.setattr(stacks, "snapshot", snapshot(resource(502, account)), raising=False)
    listed = cast("ListedStack", SimpleNamespace(name="br-1", full_name=OTHER, last_update=None))
    found = stacks.read(listed, Settings(Secret("key"), HERE))
    assert found.held.keys() == ({("cluster", 502)} if is_own else set())

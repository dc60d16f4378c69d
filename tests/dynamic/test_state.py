"""How outputs lie in the engine's state, and how they are read back."""

import ast
import json
from pathlib import Path

import pytest

from xplenty_pulumi.core.kinds.marker import Owner, scope_of
from xplenty_pulumi.dynamic import state
from xplenty_pulumi.dynamic.state import (
    ACCOUNT,
    DECLARED,
    FOREIGN,
    NONCES,
    OBSERVED,
    OWED,
    OWNER,
    PROVIDER,
    SECRETS,
    SPECIAL,
    origin_of,
    owner_by,
    owner_of,
    read_observed,
    side_by_side,
    stored,
)

FLAT = {
    "nodes": 2,
    "name": "night",
    "status": "available",
    "owner_id": 27,
    "idle_since": None,
    "creator": {"id": 1, "display_name": "Zoë"},
    DECLARED: ["name", "nodes"],
    "__owner": "acme|urn",
    "__account": "acme",
}


def test_declared_inputs_and_what_is_hidden_lie_on_top() -> None:
    """All else is one JSON text, in the order of its names and without what the service has no value for."""
    lies = stored(FLAT)

    observed = json.loads(lies.pop(OBSERVED))
    assert lies == {"nodes": 2, "name": "night", "__owner": "acme|urn", "__account": "acme"}
    assert list(observed.items()) == [
        ("creator", {"display_name": "Zoë", "id": 1}),
        ("owner_id", 27),
        ("status", "available"),
    ]


def test_equal_outputs_are_equal_texts() -> None:
    """The order in which the service shows its fields makes no difference to the engine."""
    assert stored(FLAT) == stored(dict(reversed(FLAT.items())))


def test_state_is_read_back_side_by_side() -> None:
    """What was stored is there again, and the names on top are those that are declared."""
    found = side_by_side(stored(FLAT))

    assert found.pop(OBSERVED) == {name: FLAT[name] for name in ("status", "owner_id", "creator")}
    assert found == {name: value for name, value in FLAT.items() if value is not None}


def test_what_is_observed_may_repeat_what_is_declared() -> None:
    """All that the service shows is there, whoever declares it, and comes back as it was, however often it is read."""
    observed = {"nodes": 3, "status": "available"}

    lies = stored({**FLAT, OBSERVED: observed})

    assert (lies["nodes"], json.loads(lies[OBSERVED])) == (2, observed)
    assert stored(side_by_side(lies)) == lies


def test_inputs_and_older_states_stay_as_they_are() -> None:
    """What has no `observed` lies side by side already."""
    assert side_by_side(FLAT) == FLAT
    assert side_by_side({"nodes": 2}) == {"nodes": 2}


def test_what_is_only_looked_up_declares_nothing() -> None:
    """Without a declared input nothing but what is hidden lies on top."""
    lies = stored({**FLAT, DECLARED: []})

    assert set(lies) == {OBSERVED, "__owner", "__account"}
    assert side_by_side(lies)[DECLARED] == []


def test_observed_that_can_not_be_read_hides_nothing_else() -> None:
    """An `observed` that a state file has as ciphertext counts as empty, and the declared inputs are known."""
    found = side_by_side({**stored(FLAT), OBSERVED: {"ciphertext": "v1:abc"}})

    assert (found[DECLARED], found["nodes"], "status" in found) == (["name", "nodes"], 2, False)
    assert read_observed(None) == read_observed("") == {}


@pytest.mark.parametrize(
    ("owed", "more"),
    [("", set()), ("* nodes", set()), ("marker/", {""}), ("marker/dev-1 nodes marker/old-2", {"dev-1", "old-2"})],
)
def test_who_may_have_signed_it(owed: str, more: set[str]) -> None:
    """Its owner, who that is by now, and until it is signed whose marker it had before; no others."""
    now = Owner("acme", "loads", "prod", "etl")
    props = {OWNER: "acme|urn:pulumi:dev::loads::etl", OWED: owed}
    scopes = {scope_of(owner_of(props)), scope_of(now), *more}
    assert origin_of(props, now=now).scopes == scopes


def test_what_an_earlier_version_has_imported_may_carry_any_marker() -> None:
    """Its state does not say whose it had."""
    assert origin_of({OWNER: "acme|urn:pulumi:dev::loads::etl", OWED: "marker"}).scopes == set()


@pytest.mark.parametrize(
    ("urn", "scope", "owner"),
    [
        ("urn:pulumi:prod::new::etl", None, Owner("acme", "new", "prod", "etl")),
        ("urn:pulumi:dev::loads::etl", "blue", Owner("acme/blue", "loads", "dev", "etl")),
        ("", "blue", Owner("acme/red", "loads", "dev", "etl")),
    ],
)
def test_owner_by_what_the_engine_says(urn: str, scope: str | None, owner: Owner) -> None:
    """The stack was renamed, the resource moved, or the scope changed; without the bridge there is no URN."""
    assert owner_by(urn, Owner("acme/red", "loads", "dev", "etl"), scope=scope) == owner


def test_hidden_keys_are_spelled_in_one_place() -> None:
    """Every other module takes them from here."""
    keys = {ACCOUNT, DECLARED, FOREIGN, NONCES, OWED, OWNER, PROVIDER, SECRETS, SPECIAL}
    here = Path(str(state.__file__))
    trees = {file: ast.parse(file.read_text()) for file in here.parents[1].rglob("*.py")}
    spelling = {
        file
        for file, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in keys
    }
    assert spelling == {here}

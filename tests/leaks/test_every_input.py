"""No input that may be secret is forgotten: the tables of the kinds say which there are."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tests.leaks.definitions import DEFINITIONS, Place, declared, planted_places, secret_places
from tests.leaks.inputs import DEFINITION_INPUTS
from xplenty_pulumi.core.kinds.kind import Kind


def not_planted(kind: Kind, given: Iterable[Mapping[str, Any]]) -> list[Place]:
    """Return the ways to inputs of a kind that may be secret and have no canary in any of those given."""
    always = {place for place in secret_places(kind) if len(place) > 1}
    found = {place for inputs in given for place in planted_places(inputs)}
    others = {place[:1] for place in found - always}
    return [place for place in secret_places(kind) if place not in (found if place in always else others)]


@pytest.mark.parametrize("kind", DEFINITIONS, ids=lambda kind: kind.name)
def test_every_input_that_may_be_secret_is_planted(kind: Kind) -> None:
    """In the day of a provider and on the real engine: text, variables, and each setting that is always secret."""
    on_the_engine = [one.inputs for one in declared() if one.kind == kind.resource]
    assert not_planted(kind, DEFINITION_INPUTS[kind.name]) == []
    assert not_planted(kind, on_the_engine) == []


def test_an_input_that_is_forgotten_is_named() -> None:
    """One that accepts any text, and a member that is always secret."""
    (hook,) = (kind for kind in DEFINITIONS if kind.name == "hook")
    assert not_planted(hook, [{}]) == [
        *(("settings", member) for member in ("basic_auth_data", "service_key", "url")),
        ("settings",),
        ("name",),
    ]

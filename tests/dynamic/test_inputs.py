"""Properties of the engine, taken apart."""

import pytest
from pulumi.output import Unknown

from xplenty_pulumi.core.kinds.marker import Owner
from xplenty_pulumi.dynamic.properties import Inputs
from xplenty_pulumi.dynamic.secrets import secret_values
from xplenty_pulumi.dynamic.state import OWNER, SECRETS, owner_of, owner_text
from xplenty_pulumi.errors import ConfigError

UNKNOWN = Unknown()  # type: ignore[no-untyped-call]  # the SDK has no types here
URN = "urn:pulumi:dev::loads::pulumi-python:dynamic/xplenty:Cluster::etl"


def test_known_and_unknown_are_told_apart() -> None:
    """A value that holds something unknown anywhere is unknown as a whole; what is hidden is neither."""
    found = Inputs.of({"a": 1, "b": UNKNOWN, "c": {"x": [1, {"y": UNKNOWN}]}, "d": (UNKNOWN,), OWNER: "o"})
    assert found == Inputs({"a": 1}, frozenset("bcd"))


def test_owner_is_read_back() -> None:
    """Organization, project, stack and the rest of the URN come out as they went in."""
    assert owner_of({OWNER: owner_text("acme", URN)}) == Owner(
        organization="acme", project="loads", stack="dev", name="pulumi-python:dynamic/xplenty:Cluster::etl"
    )


@pytest.mark.parametrize("text", ["", "acme", "|urn:pulumi:a::b::c", "acme|urn:pulumi:a::b", 5, None])
def test_owner_must_be_whole(text: object) -> None:
    """A resource that does not say whose it is is refused."""
    with pytest.raises(ConfigError, match="does not say whose it is"):
        owner_of({OWNER: text})


def test_secret_values_are_those_that_are_named() -> None:
    """Named variables of both groups are secret, with and without their quotes; `*` means all."""
    given = {"variables": {"a": "'one'", "b": "two"}, "dynamic_variables": {"a": "three", "c": 4}}
    assert set(secret_values({**given, SECRETS: ["a"]})) == {"'one'", "one", "three"}
    assert set(secret_values({**given, SECRETS: ["*"]})) == {"'one'", "one", "two", "three", "4"}
    assert secret_values(given) == secret_values({**given, SECRETS: []}) == secret_values({SECRETS: ["a"]}) == []

"""The name that is made for a cluster: from the resource's name, as `pulumi:autonaming` has it."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xplenty_pulumi.core.kinds.marker import Owner, marker_of
from xplenty_pulumi.core.kinds.naming import LONGEST, automatic_name, pattern_for
from xplenty_pulumi.errors import ConfigError, SpecError

TYPE = "pulumi-python:dynamic/xplenty:Cluster"
OWNER = Owner("acme/shared", "loads", "dev", f"{TYPE}::etl")
DIGITS = marker_of(OWNER).name


def name_of(autonaming: object, owner: Owner = OWNER) -> str:
    """Return the name that a value of the setting makes; empty for none."""
    text = None if autonaming is None else json.dumps(autonaming)
    pattern = pattern_for(text, TYPE)
    return automatic_name(pattern, owner, field="name") if pattern else ""


def test_suffix_is_that_of_the_marker() -> None:
    """Without a setting it is the resource's name with the first seven digits of the name's hash in its marker."""
    assert name_of(None) == f"etl-{DIGITS[:7]}"


def test_name_stays_what_it_is() -> None:
    """A preview and its `up` are two processes, and versions of ours follow each other, so the name is fixed."""
    everything = "${hex(14)} ${alphanum(5)} ${string(5)} ${num(5)} ${uuid}"
    assert name_of(None) == "etl-880d1a6"
    assert name_of({"pattern": everything}) == "880d1a6959e614 um1qe uafke 06584 149c8758-04c9-d709-d57d-41ce5b33f474"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=60))
def test_same_resource_same_name(stack: str) -> None:
    """Another stack has another name, and the same one the same name in each process."""
    other = replace(OWNER, stack=stack)
    assert name_of(None, other) == name_of(None, replace(other))
    assert (name_of(None, other) == name_of(None)) is (stack == OWNER.stack)


@pytest.mark.parametrize(
    ("autonaming", "name"),
    [
        ({"mode": "default"}, f"etl-{DIGITS[:7]}"),
        ({"mode": "verbatim"}, "etl"),
        ({"mode": "disabled"}, ""),
        ({"pattern": "${organization}-${project}-${stack}-${name}", "enforce": True}, "acme-loads-dev-etl"),
        ({"pattern": "${name}_${hex(4)}"}, f"etl_{DIGITS[:4]}"),
        ({"mode": "disabled", "providers": {"pulumi-python": {"mode": "verbatim"}}}, "etl"),
        ({"mode": "disabled", "providers": {"aws": {"mode": "verbatim"}}}, ""),
        (
            {"providers": {"pulumi-python": {"mode": "disabled", "resources": {TYPE: {"pattern": "my ${name}"}}}}},
            "my etl",
        ),
        ({"providers": {"pulumi-python": {"resources": {"pulumi-python:x:Y": {"mode": "verbatim"}}}}}, None),
    ],
)
def test_setting_is_followed(autonaming: object, name: str | None) -> None:
    """What is said of the type goes before what is said of the provider, and that before what is said of all."""
    assert name_of(autonaming) == (name_of(None) if name is None else name)


@pytest.mark.parametrize(
    "text", ["{", '"verbatim"', '{"mode": "loud"}', '{"providers": []}', '{"providers": {"pulumi-python": "x"}}']
)
def test_malformed_setting_is_refused(text: str) -> None:
    """Older engines do not check it."""
    with pytest.raises(ConfigError, match="pulumi:autonaming is malformed"):
        pattern_for(text, TYPE)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("", "its pattern is empty; its mode 'disabled' makes no names"),
        ("a\n${name}", r"its pattern has a character that cannot be printed, 'a\\n\$\{name\}'"),
        ("\x1b[31m${name}", r"its pattern has a character that cannot be printed, '\\x1b"),
        ("\u202e${name}", r"its pattern has a character that cannot be printed, '\\u202e"),
    ],
)
def test_pattern_that_makes_no_readable_name_is_refused(pattern: str, why: str) -> None:
    """It is no text to begin with, or would change what a terminal shows; the setting is named."""
    with pytest.raises(ConfigError, match=f"pulumi:autonaming is malformed: {why}"):
        name_of({"providers": {"pulumi-python": {"pattern": pattern}}})


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("${config.team}-${name}", r"has \$\{config\.team\}, which names that this package makes cannot have"),
        ("  ", "must not be empty"),
        ("${hex(256)}", f"must be at most {LONGEST} characters long, got 256"),
    ],
)
def test_what_cannot_be_a_name_is_refused(pattern: str, why: str) -> None:
    """The text names the setting and both ways out."""
    with pytest.raises(SpecError, match=why) as refused:
        name_of({"pattern": pattern})
    assert refused.value.field == "name"
    assert "pulumi:autonaming" in str(refused.value)
    assert refused.value.advice == "Give it a `name`, or change pulumi:autonaming"

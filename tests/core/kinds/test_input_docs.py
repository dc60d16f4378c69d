"""What an input is for is written once, in the docstring of its resource, from which the reference is made."""

import inspect
import re
from typing import Any

import pytest

import xplenty_pulumi
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.registry import KINDS

EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def resource(kind: Kind) -> Any:
    """Return the class that programs write."""
    return getattr(xplenty_pulumi, kind.resource)


def documented(kind: Kind) -> dict[str, str]:
    """Return what the docstring says of each argument, on one line."""
    text = inspect.getdoc(vars(resource(kind))["__init__"]) or ""
    found = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", text, re.MULTILINE)
    return {name: " ".join(said.split()) for name, said in found}


@EVERY_KIND
def test_constructor_takes_exactly_the_fields(kind: Kind) -> None:
    """The class that programs use offers each field that is made of no other, and requires what the table requires."""
    parameters = inspect.signature(resource(kind)).parameters
    assert set(parameters) - {"resource_name", "opts"} == {one.name for one in kind.fields if not one.made_of}
    required = {name for name, one in parameters.items() if one.default is one.empty} - {"resource_name"}
    assert required == {one.name for one in kind.fields if one.required}


@EVERY_KIND
def test_docstring_says_what_each_field_is(kind: Kind) -> None:
    """Each input is explained in the order of the signature, in sentences, and nothing else is."""
    said = documented(kind)
    assert list(said) == list(inspect.signature(resource(kind)).parameters)
    assert [name for name, text in said.items() if not re.fullmatch(r"[A-Z].+\.", text)] == []

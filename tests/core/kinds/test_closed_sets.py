"""An input with a closed set of texts has a `Literal` with exactly these, which programs can import by a name."""

import inspect
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
from pulumi import Output

import xplenty_pulumi
from xplenty_pulumi.core.kinds.connection import TYPES
from xplenty_pulumi.core.kinds.hook import GROUPS, NEEDED, SETTINGS
from xplenty_pulumi.core.kinds.inputs import Choice
from xplenty_pulumi.core.kinds.job_run import FAR_ENOUGH
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.registry import KINDS

CLOSED = {
    (kind.name, one.name): {*one.read.allowed}
    for kind in KINDS.values()
    for one in kind.fields
    if isinstance(one.read, Choice)
}
ALIASES = {
    name: set(get_args(alias))
    for name in xplenty_pulumi.__all__
    if get_origin(alias := getattr(xplenty_pulumi, name)) is Literal
}


def annotation(kind: Kind, name: str) -> Any:
    """Return the type of an argument of the resource."""
    return inspect.signature(getattr(xplenty_pulumi, kind.resource)).parameters[name].annotation


def literals(annotated: Any) -> Iterator[set[str]]:
    """Yield the texts of each `Literal` in a type, however deep."""
    if get_origin(annotated) is Literal:
        yield set(get_args(annotated))
        return
    for within in get_args(annotated):
        yield from literals(within)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_type_of_an_input_is_its_set(kind: Kind) -> None:
    """The argument takes the texts that the table accepts, in place or awaited, and any output that is a text."""
    for (name, field), allowed in CLOSED.items():
        if name == kind.name:
            found = annotation(kind, field)
            assert {frozenset(one) for one in literals(found)} == {frozenset(allowed)}, field
            assert Output[str] in get_args(found)
            assert allowed in ALIASES.values()


def test_no_other_input_has_a_closed_set() -> None:
    """An argument with a `Literal` has one in the table, but for the events of a hook, which are a list."""
    typed = {
        (kind.name, name)
        for kind in KINDS.values()
        for name, one in inspect.signature(getattr(xplenty_pulumi, kind.resource)).parameters.items()
        if any(literals(one.annotation))
    }
    assert len(CLOSED) > 15
    assert typed == {*CLOSED, ("hook", "events")}


def test_sets_that_are_the_names_of_a_table_are_whole() -> None:
    """Types of connections and hooks, events, and what a run is waited for: none is missing on either side."""
    events = {*GROUPS, *(event for group in GROUPS.values() for event in group)}
    assert ALIASES["ConnectionType"] == {*TYPES}
    assert ALIASES["HookType"] == {*SETTINGS} == {*NEEDED}
    assert ALIASES["HookEvent"] == events
    assert ALIASES["WaitFor"] == {*FAR_ENOUGH}
    assert all(found == events for found in literals(annotation(KINDS["hook"], "events")))

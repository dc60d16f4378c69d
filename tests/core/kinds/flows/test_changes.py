"""What differs between two flows is told component by component, without secrets, and never silently left out."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xplenty_pulumi.core.kinds.flows.changes import MOST, edit_lines, flow_changes
from xplenty_pulumi.core.kinds.flows.document import canonical, digest

LOAD: dict[str, Any] = {
    "id": "load",
    "destination": {"table": "a"},
    "fields": [{"name": "x", "type": "int"}, {"name": "y"}],
}
OLD: dict[str, Any] = {"components": [LOAD, {"id": "clean", "keep": True}], "edges": [["load", "clean"]]}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "load"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "a", "b"]), inner),
    max_leaves=8,
)


def changes(new: Any, old: Any = OLD) -> list[str]:
    """Return what differs between two flows."""
    return flow_changes(json.dumps(old), json.dumps(new))


def load(**fields: Any) -> dict[str, Any]:
    """Return the flow with these fields in its first component."""
    return {**OLD, "components": [{**LOAD, **fields}, OLD["components"][1]]}


@pytest.mark.parametrize(
    ("new", "lines"),
    [
        (OLD, []),
        (load(destination={"table": "b"}), ['component "load": destination.table "a" -> "b"']),
        (load(destination={"table": "a", "n": 4}), ['component "load": destination.n added: 4']),
        (load(destination={}), ['component "load": destination.table removed: "a"']),
        (load(destination=[1, 2]), ['component "load": destination 1 item -> 2 items']),
        (load(name="first"), ['component "first": name added: "first"']),
        (
            load(fields=[{"name": "new"}, *LOAD["fields"]]),
            ['component "load": fields.new added: 1 item'],
        ),
        ({**OLD, "components": [LOAD]}, ['component "clean": removed']),
        ({**OLD, "components": [*OLD["components"], {"id": "new"}]}, ['component "new": added']),
        ({**OLD, "components": OLD["components"][::-1]}, ["only the order of its parts"]),
        ({**OLD, "edges": [["load", "other"]]}, ['edges[0][1] "clean" -> "other"']),
        ({**OLD, "version": 1}, ["version added: 1"]),
        (load(keep=1.0), ['component "load": keep added: 1.0']),
    ],
)
def test_each_change_is_a_line(new: Any, lines: list[str]) -> None:
    """It names the component, the way to the field, and both values."""
    assert changes(new) == lines


def test_a_number_of_another_type_is_a_change() -> None:
    """The digests differ, so something has to be told."""
    assert changes({"a": 1.0}, {"a": 1}) == ["a 1 -> 1.0"]
    assert changes({"a": True}, {"a": 1}) == ["a 1 -> true"]


def test_long_texts_are_shown_where_they_differ() -> None:
    """A script of a hundred lines does not fill the preview."""
    old, new = (f"select *\nfrom {'x' * 200}\nwhere day = {day}" for day in (1, 2))
    assert changes(load(sql=new), load(sql=old)) == ['component "load": sql "...ere day = 1" -> "...ere day = 2"']


@pytest.mark.parametrize("name", ["password", "secretAccessKey", "api_key", "token", "auth", "key"])
def test_no_secret_is_shown(name: str) -> None:
    """What is named like a secret is masked, added or changed, and an address has no login."""
    for old, new in (("tkn-1", "tkn-2"), (None, "tkn-2")):
        (line,) = changes(load(c={name: new, "x": 1}), load(c={"x": 1} if old is None else {name: old, "x": 1}))
        assert "tkn" not in line
        assert "***" in line
    (line,) = changes(load(url="https://me:tkn@x.test/b"), load(url="https://me:tkn@x.test/a"))
    assert "tkn" not in line
    assert '"https://x.test/a" -> "https://x.test/b"' in line


def test_many_changes_are_counted() -> None:
    """The last line says how many are left out."""
    lines = changes({**OLD, **{f"n{number:02}": number for number in range(30)}})
    assert (len(lines), lines[-1]) == (MOST + 1, "and 10 more changes")


def test_what_is_no_json_is_told() -> None:
    """A service may hold anything."""
    assert flow_changes("no json", "{}") == ["all of it, since one of the two is no JSON"]


@given(old=JSON, new=JSON)
def test_flows_that_differ_have_a_line(old: Any, new: Any) -> None:
    """And those that do not have none."""
    left, right = canonical({"a": old}), canonical({"a": new})
    assert bool(flow_changes(left, right)) is (left != right)


def test_an_edit_is_told_by_what_was_before() -> None:
    """Or as one of which nothing more is known, where that is not on this machine."""
    old, new = canonical(OLD), canonical(load(destination={"table": "b"}))
    assert edit_lines(digest(old), old, None) == []
    assert edit_lines(digest(old), new, old) == ['component "load": destination.table "a" -> "b"']
    assert edit_lines(digest(old), new, None) == ["what it was before is not on this machine"]

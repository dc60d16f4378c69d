"""The ownership marker: whose it is, and only whose it is."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xplenty_pulumi.core import marker
from xplenty_pulumi.core.marker import LONGEST, Marker, Owner, marker_of, read, scope_of, sign, strip

OWNER = Owner("acme", "loads", "dev", "nightly")
OURS = marker_of(OWNER)

names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)
owners = st.builds(Owner, names, names, names, names)


@given(owners)
def test_marker_is_short_for_any_names(owner: Owner) -> None:
    """However long and strange the names, the marker has at most 40 plain characters."""
    text = str(marker_of(owner))
    assert len(text) <= LONGEST == 40
    assert text.isascii()
    assert text.isprintable()


@given(owners)
def test_same_owner_same_marker(owner: Owner) -> None:
    """The marker depends on the names alone, so another process finds it again."""
    assert marker_of(owner) == marker_of(replace(owner))


def test_marker_stays_what_it_is() -> None:
    """Clusters that live today carry this text, so it can not change with a version of ours."""
    assert str(OURS) == "[xp1:dev-a06b6a0:a2eda2f2811c]"


@given(owners, owners)
def test_other_owner_other_marker(one: Owner, other: Owner) -> None:
    """No two resources share a marker."""
    assume(one != other)
    assert marker_of(one) != marker_of(other)


@pytest.mark.parametrize("part", ["organization", "project", "stack"])
def test_another_stack_has_another_scope(part: str) -> None:
    """Stacks of the same name in another project or organization are other stacks."""
    other = replace(OWNER, **{part: "other"})
    assert scope_of(other) != scope_of(OWNER)
    assert marker_of(other).name != OURS.name


def test_names_do_not_run_into_each_other() -> None:
    """The same letters, cut in another place, are other names."""
    assert scope_of(Owner("a", "bc", "dev", "x")) != scope_of(Owner("ab", "c", "dev", "x"))


def test_scope_is_shared_within_a_stack() -> None:
    """All resources of a stack have its scope, and each a name of its own in it."""
    other = marker_of(replace(OWNER, name="hourly"))
    assert other.scope == OURS.scope == scope_of(OWNER)
    assert other.name != OURS.name


@pytest.mark.parametrize(
    ("stack", "readable"),
    [
        ("dev", "dev"),
        ("Feature/ABC-1", "feature-ab"),
        ("--x--", "x"),
        ("a" * 50, "a" * 10),
        ("feature-a/", "feature-a"),
    ],
)
def test_scope_shows_the_stack(stack: str, readable: str) -> None:
    """People see in the description which stack it is."""
    scope = scope_of(replace(OWNER, stack=stack))
    assert scope.rpartition("-")[0] == readable


def test_scope_without_readable_letters() -> None:
    """A stack whose name has none of these letters still has a scope of its own."""
    scope = scope_of(replace(OWNER, stack="日本"))
    assert len(scope) == 7
    assert read(f"[xp1:{scope}:0123456789ab]") is not None


@given(owners, st.text(max_size=200))
def test_sign_read_strip_round_trip(owner: Owner, text: str) -> None:
    """A signed text shows whose it is, and the user's own text comes back without white space at its end."""
    signed = sign(text, marker_of(owner))
    assert read(signed) == marker_of(owner)
    assert strip(signed) == strip(text)


@given(st.text(max_size=60))
def test_text_of_the_user_is_kept(text: str) -> None:
    """A text without a marker is only parted from white space at its end."""
    assume(read(text) is None)
    assert strip(text) == text.rstrip()


def test_signing_twice_changes_nothing() -> None:
    """There is one marker at most."""
    assert sign(sign("night", OURS), OURS) == sign("night", OURS) == f"night {OURS}"


def test_a_new_marker_takes_the_place_of_the_old() -> None:
    """A description that another resource has signed gets the new owner's marker."""
    other = marker_of(replace(OWNER, name="hourly"))
    assert sign(sign("night", other), OURS) == f"night {OURS}"


@pytest.mark.parametrize("text", ["", "  ", None])
def test_nothing_is_signed_too(text: str | None) -> None:
    """Without a text the marker stands alone, and strips to nothing."""
    assert sign(text or "", OURS) == str(OURS)
    assert strip(str(OURS)) == strip(text) == ""
    assert read(text) is None


@pytest.mark.parametrize("text", [f"{OURS}", f"x {OURS}", f"x\n{OURS}", f"x {OURS}  \n", f"[xp1] {OURS}"])
def test_ours_is_found_at_the_end(text: str) -> None:
    """White space behind the marker does no harm."""
    assert read(text) == OURS


@pytest.mark.parametrize(
    "text",
    [
        f"{OURS} and more",
        f"x{OURS}",
        str(OURS)[:-1],
        str(OURS)[:-2] + "]",
        str(OURS).upper(),
        str(OURS).replace("[", "("),
        str(OURS).replace("xp1", "xp"),
        str(OURS).replace("xp1", "xp01"),
        str(OURS).replace("xp1", "xp\u0661"),
        str(OURS).replace("xp1", f"xp{'1' * 5000}"),
        str(OURS).replace("dev-", "DEV-"),
        "[xp1:dev:nightly]",
        "nightly loads",
    ],
)
def test_edited_markers_are_none(text: str) -> None:
    """What people have cut, changed or written behind is no marker any more."""
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        str(OURS).replace("xp1", "xp2"),
        str(OURS).replace("dev-", "prod-"),
        str(replace(OURS, name="0" * 12)),
        str(replace(OURS, scope="prod-0000000")),
    ],
)
def test_foreign_markers_are_not_ours(text: str) -> None:
    """A marker of another version, stack or resource is read, and is another one."""
    found = read(text)
    assert found is not None
    assert found != OURS
    assert str(found) == text


def test_marker_prints_as_it_is_read() -> None:
    """The text form and the parts say the same."""
    assert read(str(Marker(scope="dev-1", name="0" * 12, version=7))) == Marker("dev-1", "0" * 12, 7)
    assert len(str(OURS)) <= marker.LONGEST

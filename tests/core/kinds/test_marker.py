"""The ownership marker: whose it is, and which create call of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xplenty_pulumi.core.kinds.marker import LONGEST, Owner, marker_of, read, scope_of, sign, strip, whose

OWNER = Owner("acme", "loads", "dev", "nightly")
OWN = marker_of(OWNER)
SENT = datetime(2026, 11, 28, 22, 37, 40, tzinfo=UTC)
OURS = OWN.drawn(SENT, Random(1))

names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)
owners = st.builds(Owner, names, names, names, names)


@given(owners, st.integers(0, 50 * 365))
def test_marker_is_short_for_any_names(owner: Owner, days: int) -> None:
    """However long and strange the names, the marker has at most 60 plain characters."""
    text = str(marker_of(owner).drawn(SENT + timedelta(days=days), Random()))
    assert len(text) <= LONGEST == 60
    assert text.isascii()
    assert text.isprintable()


@given(owners)
def test_same_owner_same_marker(owner: Owner) -> None:
    """The marker depends on the names alone, so another process finds it again."""
    assert marker_of(owner) == marker_of(replace(owner))


def test_marker_stays_what_it_is() -> None:
    """Clusters that live today carry this text, so it cannot change with a version of ours."""
    assert str(OWN) == "[xp1:dev-a06b6a0:a2eda2f2811c]"
    assert str(OURS) == "[xp2:dev-a06b6a0:a2eda2f2811c:htjhp4ur9hgns:u]"
    assert str(OURS.held) == str(OURS).replace(":u]", ":h]")


def test_each_create_call_has_a_nonce_of_its_own() -> None:
    """Two calls of the same minute differ, and both say when they were sent and whose they are."""
    one, other = OWN.drawn(SENT, Random(1)), OWN.drawn(SENT, Random(2))
    assert one.nonce != other.nonce
    assert one.begun == other.begun == SENT - timedelta(seconds=40)
    assert one.whose == other.whose == OWN


def test_a_hand_over_shows_in_the_nonce() -> None:
    """No nonce of a create call says so, whatever is drawn, and both say when and whose."""
    handed = OWN.handed_over(SENT, Random(1))
    assert handed.is_of_hand_over
    assert (handed.begun, handed.whose, handed.is_unfinished) == (OURS.begun, OWN, True)
    assert read(str(handed)) == handed
    assert not any(OWN.drawn(SENT, Random(seed)).is_of_hand_over for seed in range(500))


def test_version_1_counts_as_held() -> None:
    """Of what an earlier version has signed nothing is known but whose it is."""
    found = read(f"nightly {OWN}")
    assert found == OWN == whose(f"nightly {OURS}")
    assert found.begun is None
    assert not found.is_unfinished


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
    assert marker_of(other) != OWN


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
    for marker_ in (marker_of(owner), marker_of(owner).drawn(SENT, Random())):
        signed = sign(text, marker_)
        assert read(signed) == marker_
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
        str(OURS)[:-2] + "x]",
        str(OWN)[:-2] + "]",
        str(OURS).upper(),
        str(OURS).replace("[", "("),
        str(OURS).replace("xp2", "xp"),
        str(OURS).replace("xp2", "xp02"),
        str(OURS).replace("xp2", "xp\u0662"),
        str(OURS).replace("xp2", f"xp{'2' * 5000}"),
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
        str(OWN),
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

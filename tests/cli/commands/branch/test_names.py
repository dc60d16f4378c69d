"""Names of branch stacks: fit for every backend, one for each branch, and recognisable in every marker."""

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from xplenty_pulumi.core.kinds.marker import Owner, scope_of
from xplenty_pulumi.core.reports.branches import family_of_scope, family_of_stack, scope_of_stack, stack_name

FAMILIES = st.text("0123456789abcdef", min_size=7, max_size=7)
BRANCHES = st.text(min_size=1, max_size=300) | st.text("aA-_/.#", min_size=1, max_size=12)


@given(BRANCHES, FAMILIES)
def test_name_is_safe_and_short_and_always_the_same(branch: str, family: str) -> None:
    """Whatever the branch is called, its stack's name is short and of characters that every backend takes."""
    name = stack_name(branch, family)
    assert re.fullmatch(r"br-[a-z0-9]+(-[a-z0-9]+)+", name)
    assert len(name) <= 48
    assert stack_name(branch, family) == name


@given(BRANCHES, BRANCHES, FAMILIES)
def test_two_branches_never_share_a_stack(one: str, other: str, family: str) -> None:
    """Branches that differ, be it in case or in odd characters only, have stacks that differ, in any letter case."""
    assume(one != other)
    assert stack_name(one, family).lower() != stack_name(other, family).lower()


def test_case_and_odd_characters_make_a_difference() -> None:
    """The usual suspects, in words that read the same."""
    branches = (
        "feature/a b",
        "feature/a-b",
        "Feature/a-b",
        "feature/a_b",
        "feature-a-b",
        "féature/a-b",
        "feature/a-b/",
    )
    names = {stack_name(one, "5f3a1c9") for one in branches}
    assert len(names) == len(branches)
    assert {name[: len("br-5f3a1c9-feature-a-b-")] for name in names} == {"br-5f3a1c9-feature-a-b-"}


def test_branch_of_odd_characters_only_has_a_stack_too() -> None:
    """Where nothing can be read, the hash is enough."""
    name = stack_name("功能", "5f3a1c9")
    assert (len(name), family_of_stack(name)) == (23, "5f3a1c9")


@given(BRANCHES, FAMILIES, st.sampled_from(["", "north"]))
def test_family_is_seen_in_the_name_and_in_every_marker(branch: str, family: str, scope: str) -> None:
    """The name tells its family, and so does the scope of what the stack declares, with a scope of its own or not."""
    name = stack_name(branch, family)
    assert family_of_stack(name) == family
    assert family_of_scope(scope_of_stack(f"acme/loads/{name}", scope=scope)) == family


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=60), FAMILIES)
def test_other_stacks_are_of_no_family(name: str, family: str) -> None:
    """A stack that is no branch's is not taken for one, by its name or by its marker."""
    assume(not name.startswith("br-"))
    assert family_of_stack(name) == ""
    assert family_of_scope(scope_of(Owner("acme", "loads", name, ""))) == ""

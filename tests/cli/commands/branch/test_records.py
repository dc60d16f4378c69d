"""What the records of a stack say, how they lie in its tags, and when it expires where it has none."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from xplenty_pulumi.cli.commands.branch.stacks import RECORDS, _expiry, records_in, tags_to_set
from xplenty_pulumi.cli.commands.branch.up import later
from xplenty_pulumi.cli.engine.snapshot import ListedStack

LISTED = ListedStack("acme/loads/br-5f3a1c9-x-0123456789ab", datetime(2026, 1, 30, 12, tzinfo=UTC))
RECORD = {"xplenty:branch": "x", "xplenty:expires": "2026-02-03T12:00:00Z"}


@pytest.mark.parametrize(
    ("tags", "has_resources", "expires"),
    [
        (RECORD, True, datetime(2026, 2, 3, 12, tzinfo=UTC)),
        (RECORD, False, datetime(2026, 2, 3, 12, tzinfo=UTC)),
        ({**RECORD, "xplenty:expires": "soon"}, True, None),
        ({}, True, None),
        ({}, False, datetime(2026, 1, 31, 12, tzinfo=UTC)),
    ],
    ids=["deployed", "empty", "unreadable", "deployed without a record", "given up while it was being made"],
)
def test_expiry_is_as_recorded(tags: Mapping[str, str], has_resources: bool, expires: datetime | None) -> None:
    """What cannot be read is not known; a stack with neither records nor resources does a day after its making."""
    assert _expiry(tags, LISTED, has_resources=has_resources) == expires


@pytest.mark.parametrize(
    ("recorded", "expires"),
    [
        (None, "2026-02-01T12:00:00Z"),
        ("2026-01-31T13:00:00Z", "2026-02-01T12:00:00Z"),
        ("2026-02-03T12:00:00Z", "2026-02-03T12:00:00Z"),
        ("soon", "2026-02-01T12:00:00Z"),
        ("2099-02-03T12:00:00Z", "2026-02-01T12:00:00Z"),
    ],
    ids=["new", "longer", "never shortened", "unreadable", "of a wrong clock"],
)
def test_next_up_mends_a_record_that_says_nothing(recorded: str | None, expires: str) -> None:
    """A lifetime is only kept that a `branch up` can have given."""
    now = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert later(datetime(2026, 2, 1, 12, tzinfo=UTC), recorded=recorded, now=now) == expires


LONG = {"xplenty:branch": "b" * 200, "xplenty:owner": "ann", "xplenty:pushed": "p" * 180}


def test_all_records_are_set_as_one_tag() -> None:
    """The engine sets one tag in each of its runs; what is not known is not recorded."""
    tags = tags_to_set({**RECORD, "xplenty:scope": ""}, {})
    assert tags == {RECORDS: '{"branch":"x","expires":"2026-02-03T12:00:00Z"}'}
    assert records_in(tags) == RECORD
    assert tags_to_set(RECORD, tags) == {}


def test_records_that_do_not_fit_have_tags_of_their_own() -> None:
    """The engine takes 256 bytes for a tag; the longest is the one that stands alone."""
    tags = tags_to_set(LONG, {})
    assert {*tags} == {RECORDS, "xplenty:branch"}
    assert all(len(value.encode()) <= 256 for value in tags.values())
    assert records_in(tags) == LONG


def test_stack_of_an_earlier_version_keeps_its_tags() -> None:
    """Each of its records has a tag of its own, of which only the one that changes is set."""
    tags = {**RECORD, "xplenty:owner": "ann"}
    later = {**tags, "xplenty:expires": "2026-02-04T12:00:00Z"}
    assert tags_to_set(later, tags) == {"xplenty:expires": "2026-02-04T12:00:00Z"}


def test_tag_that_is_set_by_hand_goes_before() -> None:
    """What `pulumi stack tag set` says counts, and the next `branch up` sets that tag."""
    tags = {**tags_to_set(RECORD, {}), "xplenty:expires": "soon"}
    assert records_in(tags) == {**RECORD, "xplenty:expires": "soon"}
    assert records_in({**tags, **tags_to_set(RECORD, tags)}) == RECORD


@pytest.mark.parametrize("text", ["", "{", "[1]", "7"])
def test_damaged_records_say_nothing(text: str) -> None:
    """They are as if there were none, so that the stack is told of as one that does not say when it ends."""
    assert records_in({RECORDS: text}) == {}

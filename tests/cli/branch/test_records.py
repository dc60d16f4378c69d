"""When a stack expires, as its records tell, or where it has none."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from xplenty_pulumi.cli.branch.stacks import Listed, _expiry
from xplenty_pulumi.cli.branch.up import _later

LISTED = Listed("acme/loads/br-5f3a1c9-x-0123456789ab", datetime(2026, 1, 30, 12, tzinfo=UTC))
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
    assert _later(datetime(2026, 2, 1, 12, tzinfo=UTC), recorded=recorded, now=now) == expires

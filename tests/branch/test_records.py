"""When a stack expires, as its records tell, or where it has none."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from xplenty_pulumi.cli.branch_stacks import Listed, _expiry

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
    """What can not be read never expires; a stack with neither records nor resources does a day after its making."""
    assert _expiry(tags, LISTED, has_resources=has_resources) == expires

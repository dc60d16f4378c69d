"""What a sweep is based on: the branches of a remote, and a clock that is the service's."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from xplenty_pulumi.cli.commands.branch.sweep import BranchSweep
from xplenty_pulumi.client.http.answers import account_ahead, seconds_ahead
from xplenty_pulumi.errors import RefusedError

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def broom(ahead: float | None) -> BranchSweep:
    """Return a broom whose account has answered with a clock so many seconds behind this one."""
    nothing = cast("Any", None)
    account = SimpleNamespace(client=SimpleNamespace(clock_ahead=ahead))
    return BranchSweep(nothing, nothing, cast("Any", SimpleNamespace(account=account)))


@pytest.mark.parametrize(("ahead", "text"), [(7200.0, "2h ahead of"), (-700.0, "11m40s behind")])
def test_clock_that_is_not_the_services_ends_nothing(ahead: float, text: str) -> None:
    """Which lifetimes are over is not known then."""
    with pytest.raises(RefusedError, match="nothing was changed") as refused:
        broom(ahead)._clock(NOW)
    assert f"the clock here says 2026-01-31 12:00 UTC, {text} the service's" in str(refused.value)


@pytest.mark.parametrize(("ahead", "text"), [(30.0, ", which is the service's"), (None, "")])
def test_clock_is_named(ahead: float | None, text: str) -> None:
    """It says whether anything confirms it."""
    assert broom(ahead)._clock(NOW) == f"and the clock here, 2026-01-31 12:00 UTC{text}"


@pytest.mark.parametrize(
    ("headers", "ahead"),
    [({"date": "Sat, 31 Jan 2026 11:00:00 GMT"}, 3600.0), ({"date": "soon"}, None), ({}, None)],
)
def test_services_clock_is_in_its_answers(headers: dict[str, str], ahead: float | None) -> None:
    """An answer that does not say it says nothing about the clock here."""
    assert seconds_ahead(headers, now=NOW) == ahead


@pytest.mark.parametrize(
    ("headers", "ahead"),
    [
        ({"x-account-time": "2026-02-10T12:00:00+00:00", "date": "Sat, 31 Jan 2026 12:00:00 GMT"}, -864_000.0),
        ({"x-account-time": "soon", "date": "Sat, 31 Jan 2026 11:00:00 GMT"}, 3600.0),
        ({"date": "Sat, 31 Jan 2026 11:59:59 GMT"}, 0.0),
        ({"x-account-time": "2026-01-31T12:00:00"}, None),
        ({}, None),
    ],
)
def test_time_of_an_emulated_account_is_not_that_of_its_server(headers: dict[str, str], ahead: float | None) -> None:
    """Ages count from it, and lifetimes from the clock of the server; whole seconds are no difference."""
    assert account_ahead(headers, now=NOW) == ahead

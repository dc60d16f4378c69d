"""What a sweep is based on: the branches of a remote, and a clock that is the service's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.cli.commands.branch.test_rules import NAME, OURS, REPOSITORY, STACK
from tests.support.accounts.command_line import opened_scene
from xplenty_pulumi.cli.commands.branch.rules import OwnershipRules
from xplenty_pulumi.cli.commands.branch.sweep import BranchSweep
from xplenty_pulumi.cli.engine.holders import Holders
from xplenty_pulumi.cli.ui.account import opened
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.answers import account_ahead, seconds_ahead
from xplenty_pulumi.core.reports.branches import Due, Heads, Sweeping
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


@contextmanager
def sweep_with(
    monkeypatch: pytest.MonkeyPatch, branches: set[str], *, at_read: Callable[[], object]
) -> Iterator[BranchSweep]:
    """Give a sweep of one stack on a remote with these branches; something happens when the stacks are read."""

    def read(*_: object) -> Any:
        at_read()
        return STACK

    stacks = SimpleNamespace(families=lambda: frozenset({OURS}), of_branches=lambda _: (read(),), read=read)
    stacks.anew, stacks.listed = lambda: stacks, lambda: {NAME: NAME}
    remote = SimpleNamespace(
        remote=lambda _: "origin", heads=lambda _: Heads(frozenset(branches), "origin", REPOSITORY)
    )
    monkeypatch.setattr(Client, "clock_ahead", None)  # the emulator's `Date` is not of the clock that a test moves
    with opened_scene(monkeypatch) as scene:
        for name, value in scene.environment.items():
            monkeypatch.setenv(name, value)
        with opened() as account:
            rules = OwnershipRules(account, lambda: Holders((), ()))
            yield BranchSweep(cast("Any", stacks), cast("Any", remote), rules)


def test_a_branch_that_comes_back_before_the_stacks_are_read_is_not_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its push and its `branch up` come first, so the branches are read after the stacks."""
    branches = {"main"}
    with sweep_with(monkeypatch, branches, at_read=lambda: branches.add(STACK.branch)) as sweep:
        assert sweep.due().due == ()


@pytest.mark.parametrize("is_back", [True, False], ids=["there again", "gone"])
def test_a_stack_is_taken_down_only_while_its_branch_is_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, is_back: bool
) -> None:
    """Taking down what comes before it takes minutes; an `up` of a shorter lifetime does not change when it ends."""
    taken: list[str] = []
    branches = {"main", STACK.branch} if is_back else {"main"}
    found = Sweeping((Due(STACK, ("its branch is gone from origin",), ()),), ())
    taking = SimpleNamespace(stack=lambda stack, _: taken.append(stack.name))
    with sweep_with(monkeypatch, branches, at_read=lambda: None) as sweep:
        assert sweep.rules.account.clock.now() < NOW
        sweep.sweep(found, cast("Any", taking), Screen())
    assert taken == ([] if is_back else [NAME])
    told = "left alone, because its branch is there again" if is_back else "taken down"
    assert capsys.readouterr().out == f"{NAME}: {told}\n"


def test_a_stack_that_gets_more_time_while_the_remote_answers_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A `branch up` may have brought it up anew by then."""
    read = [STACK]
    found = Sweeping((Due(STACK, ("its lifetime is over",), ()),), ())
    with sweep_with(monkeypatch, {"main"}, at_read=lambda: None) as sweep:

        def heads(_: object) -> Heads:
            read.append(replace(STACK, expires=NOW + timedelta(days=3)))
            return Heads(frozenset({"main"}), "origin", REPOSITORY)

        cast("Any", sweep.repository).heads = heads
        cast("Any", sweep.stacks).read = lambda *_: read[-1]
        sweep.sweep(found, cast("Any", None), Screen())
    assert capsys.readouterr().out == f"{NAME}: left alone, because it was given more time meanwhile\n"

"""Hooks are made once, read back, found again when an answer is lost, and seen to be gone in the end."""

from typing import Any

import httpx
import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired_hook
from tests.support.faults.behaviours import answers, late, lost_after, lost_before, rewritten
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.emulator import Emulator, Knobs
from xplenty_pulumi.errors import Cancelled, InvalidError, ReadyFailed, UnsureError

LEAST = {"type": "email", "settings": {"emails": "loads@example.test"}, "events": ["job.failed"], "name": "loads"}
"""What makes a hook; see `tests/core/kinds/test_registry.py`."""
MARKER = markers.marker_of(OWNER)
WEB = {"url": "https://bells.example.test/", "basic_auth": True, "basic_auth_data": "dXNlcjpwYXNz"}


def without(field: str) -> Any:
    """Let the service leave a field out of its answers."""
    return rewritten(lambda record: record.pop(field))


def names(emulator: Emulator) -> list[str]:
    """Return the names of the account's hooks."""
    return [hook.name for hook in emulator.hooks()]


def test_create_makes_one_signed_hook_and_pings_it(bench: Bench) -> None:
    """The name ends in the marker, what was made is read back, and a test is sent."""
    outcome = bench.hooks.create(desired_hook(name="night"))
    assert outcome.problem is None
    (posted,) = bench.wire.bodies("POST hooks")
    marker = markers.read(posted["name"])
    assert marker is not None
    assert (marker.whose, marker.is_unfinished) == (MARKER, True)
    assert names(bench.emulator) == [outcome.record.name] == [f"night {marker.held}"]
    assert outcome.nonces == (marker.nonce,)
    assert bench.wire.count("PUT .*") == 1
    assert [delivery.event for delivery in bench.emulator.deliveries()] == ["ping"]


@pytest.mark.parametrize("inputs", [{"ping": False}, {"active": False}])
def test_no_test_is_sent_where_none_is_wanted(bench: Bench, inputs: dict[str, Any]) -> None:
    """A hook that is not active, or is not to be pinged, is quiet."""
    assert bench.hooks.create(desired_hook(**inputs)).problem is None
    assert bench.wire.count("GET hooks/.*/ping") == 0


def test_a_ping_that_fails_is_a_warning(bench: Bench) -> None:
    """The hook is there as declared all the same."""
    bench.wire.on("GET hooks/.*/ping", answers(500))
    assert bench.hooks.create(desired_hook()).problem is None
    assert "no test could be sent through it" in bench.warned[0]


def test_a_hook_of_another_owner_is_left_alone(bench: Bench) -> None:
    """Two equal hooks of two resources are two hooks."""
    other = markers.Owner("acme", "loads", "dev", "other")
    bench.hooks.create(desired_hook())
    bench.hooks.create(desired_hook(owner=other))
    assert len(bench.emulator.hooks()) == 2


def test_a_lost_answer_is_looked_for(bench: Bench) -> None:
    """What was made without an answer is found by its marker, and nothing is sent again."""
    bench.wire.on("POST hooks", lost_after)
    assert bench.hooks.create(desired_hook()).problem is None
    assert (len(bench.emulator.hooks()), bench.wire.count("POST hooks")) == (1, 1)


def test_a_lost_answer_is_found_without_names(bench: Bench) -> None:
    """Where the service shows no names, the new hook that is like the declared one is it."""
    bench.wire.on("GET hooks", without("name"))
    bench.wire.on("POST hooks", lost_after)
    assert bench.hooks.create(desired_hook()).problem is None
    assert len(bench.emulator.hooks()) == 1


@pytest.mark.parametrize("behaviour", [lost_before, late(100)])
def test_what_does_not_appear_is_not_sent_again(bench: Bench, behaviour: Any) -> None:
    """The answer says that it cannot be told; the next attempt adopts what came late, or makes it."""
    bench.wire.on("POST hooks", behaviour, calls={1})
    with pytest.raises(UnsureError, match="was not sent again"):
        bench.hooks.create(desired_hook())
    bench.clock.advance(100)
    assert bench.another_process().hooks.create(desired_hook()).problem is None
    assert len(bench.emulator.hooks()) == 1


def test_a_cancelled_create_sends_nothing(bench: Bench) -> None:
    """Who has had enough before anything was sent has no hook."""
    bench.cancel_at("GET hooks")
    with pytest.raises(Cancelled, match="before creating it"):
        bench.hooks.create(desired_hook())
    assert bench.emulator.hooks() == ()


def test_a_refused_create_leaves_nothing(bench: Bench) -> None:
    """The service's own refusal is raised."""
    bench.wire.on("POST hooks", answers(422, "No more hooks."))
    with pytest.raises(InvalidError, match="No more hooks"):
        bench.hooks.create(desired_hook())


@pytest.mark.parametrize("shown", ["all_but_password", "all", "none"])
@pytest.mark.parametrize("on_put", ["merge", "replace"])
def test_secrets_that_are_not_shown_are_sent_and_do_not_differ(shown: Any, on_put: Any) -> None:
    """A new password reaches the service, although its answers may not show it."""
    bench = Bench.new(knobs=Knobs(hook_secrets_shown=shown, hook_settings_on_put=on_put))
    made = bench.hooks.create(desired_hook(type="web", settings=WEB))
    new = {**WEB, "basic_auth_data": "bmV3OnBhc3M="}
    changed = bench.hooks.update(made.record.id, desired_hook(type="web", settings=new))
    assert (made.problem, changed.problem) == (None, None)
    assert bench.emulator.hooks()[0].settings["basic_auth_data"] == "bmV3OnBhc3M="


def test_a_lost_change_is_sent_again(bench: Bench) -> None:
    """Not all of it can be seen, so it is sent until the service answers."""
    made = bench.hooks.create(desired_hook()).record
    bench.wire.on("PUT .*", lost_before, calls={1, 2})
    assert bench.hooks.update(made.id, desired_hook(events=["job"])).problem is None
    assert bench.emulator.hooks()[0].events == ("job",)


def test_what_the_service_does_not_take_is_a_problem_without_values(bench: Bench) -> None:
    """The hook is kept with the names of what is not as declared."""
    bench.wire.on("GET hooks/[0-9]+", rewritten(lambda record: record["settings"].update(url="https://x.test/tkn")))
    outcome = bench.hooks.create(desired_hook())
    assert isinstance(outcome.problem, ReadyFailed)
    assert "shows another settings.url than was sent" in str(outcome.problem)
    assert "tkn" not in str(outcome.problem)


def test_update_of_what_is_gone_says_so(bench: Bench) -> None:
    """A hook that somebody has removed cannot be changed, nor is it made anew behind the state's back."""
    with pytest.raises(ReadyFailed, match=r"does not know it \(404\)"):
        bench.hooks.update(987, desired_hook())
    assert bench.emulator.hooks() == ()


@pytest.mark.parametrize("behaviour", [lost_before, lost_after, answers(404)])
def test_delete_sees_it_gone(bench: Bench, behaviour: Any) -> None:
    """Whatever becomes of the answer, the end is that the service does not know it."""
    made = bench.hooks.create(desired_hook()).record
    bench.wire.on("DELETE hooks/.*", behaviour, calls={1})
    assert bench.hooks.delete(made.id) == "removed"
    assert bench.emulator.hooks() == ()
    assert bench.hooks.delete(made.id) == "unknown to the service"


def test_a_hook_that_stays_is_told(bench: Bench) -> None:
    """A service that answers and does nothing is not believed."""
    made = bench.hooks.create(desired_hook()).record
    bench.wire.on("DELETE hooks/.*", lambda _: httpx.Response(200, json={"id": made.id, "type": made.type}))
    with pytest.raises(ReadyFailed, match="the service still shows it"):
        bench.hooks.delete(made.id)
    assert len(bench.emulator.hooks()) == 1

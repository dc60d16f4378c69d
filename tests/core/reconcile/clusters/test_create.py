"""A cluster is created at most once, and in the end it says that it is held."""

from dataclasses import replace

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired, signed
from tests.support.faults.behaviours import answers, lost_before, preceded_by, unreachable
from tests.support.faults.exchange import Behaviour
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.kinds.marker import marker_of, read
from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import BillingError, Cancelled, InvalidError, NotSentError, ReadyTimeout, ServerError

OURS = marker_of(OWNER)
SIGNED = signed()


def test_what_is_sent(bench: Bench) -> None:
    """The body holds what the user set, the documented defaults and the signed description, and nothing of ours."""
    outcome = bench.clusters.create(
        desired(nodes=3, name="night", description="loads", ready_timeout="1h", notify=False)
    )
    (body,) = bench.wire.bodies("POST clusters")
    marker = read(body.pop("description"))
    assert body == {
        "nodes": 3,
        "type": "production",
        "name": "night",
        "terminate_on_idle": False,
        "time_to_idle": 3600,
    }
    assert marker is not None
    assert (marker.whose, marker.is_unfinished, marker.begun) == (OURS, True, ManualClock().now())
    assert outcome.nonces == (marker.nonce,)


def test_in_the_end_it_is_held(bench: Bench) -> None:
    """The last write says so, of the same create call, and the outcome shows it."""
    outcome = bench.clusters.create(desired(description="loads"))
    (posted,) = bench.wire.bodies("POST clusters")
    held = posted["description"].replace(":u]", ":h]")
    assert bench.wire.bodies("PUT .*") == [{"description": held}]
    assert outcome.record.description == bench.emulator.cluster(outcome.record.id).description == held


@pytest.mark.parametrize("fault", [answers(500), answers(422), lost_before])
def test_a_sign_that_fails_is_made_up_for_by_an_update(bench: Bench, fault: Behaviour) -> None:
    """The create succeeds all the same, and what its nonce made is still known."""
    bench.wire.on("PUT .*", fault, calls={1})
    outcome = bench.clusters.create(desired())
    assert outcome.problem is None
    assert ":u]" in str(outcome.record.description)
    bench.clock.advance(60)
    next_run = bench.another_process()
    assert next_run.clusters.update(outcome.record.id, replace(desired(), nonces=outcome.nonces)).problem is None
    assert ":h]" in str(bench.emulator.cluster(outcome.record.id).description)


def test_each_create_call_draws_its_own_nonce(bench: Bench) -> None:
    """Also where the first one had no effect, and those of earlier operations stay known."""
    bench.wire.on("POST clusters", lost_before, calls={1})
    outcome = bench.clusters.create(replace(desired(), nonces=("earlier",)))
    sent = [found.nonce for body in bench.wire.bodies("POST clusters") if (found := read(body["description"]))]
    assert outcome.nonces == ("earlier", *sent)
    assert len(set(sent)) == 2


@pytest.mark.parametrize(("keeps_id", "state"), [(True, "h"), (False, "u")])
def test_a_failure_with_the_id_known_is_held_where_the_state_keeps_it(
    bench: Bench, state: str, *, keeps_id: bool
) -> None:
    """Where it does not, the next `up` adopts it."""
    bench.wire.on("GET clusters/501", preceded_by(lambda: bench.emulator.edit_cluster(501, nodes=3)), calls={1})
    outcome = bench.clusters.create(replace(desired(nodes=5, timeout=400), keeps_id=keeps_id))
    assert isinstance(outcome.problem, ReadyTimeout)
    assert f":{state}]" in str(bench.emulator.cluster(outcome.record.id).description)


@pytest.mark.parametrize(("keeps_id", "state"), [(True, "h"), (False, "u")])
def test_a_cancelled_create_is_held_where_the_state_keeps_its_id(bench: Bench, state: str, *, keeps_id: bool) -> None:
    """A stack that takes the name of a renamed one does not adopt what that one holds."""
    bench.cancel_at("POST clusters")
    outcome = bench.clusters.create(replace(desired(), keeps_id=keeps_id))
    assert isinstance(outcome.problem, Cancelled)
    assert f":{state}]" in str(bench.emulator.cluster(outcome.record.id).description)


@pytest.mark.parametrize(
    ("fault", "error", "posts"),
    [
        (answers(402), BillingError, 1),
        (answers(422, "nodes is too much"), InvalidError, 1),
        (unreachable, NotSentError, 4),
    ],
)
def test_a_refused_create_makes_nothing(bench: Bench, fault: Behaviour, error: type[Exception], posts: int) -> None:
    """A definite answer is raised as it is."""
    bench.wire.on("POST clusters", fault)
    with pytest.raises(error):
        bench.clusters.create(desired())
    assert bench.wire.count("POST clusters") == posts
    assert bench.emulator.clusters() == ()


def test_nothing_is_created_when_looking_failed_before(bench: Bench) -> None:
    """Without knowing what exists, nothing is asked for."""
    bench.wire.on("GET clusters", answers(500))
    with pytest.raises(ServerError):
        bench.clusters.create(desired())
    assert bench.wire.count("POST clusters") == 0


def test_nothing_is_created_after_a_cancel(bench: Bench) -> None:
    """Who has had enough before the call is sent gets no cluster."""
    bench.interruption = "cancelled"
    with pytest.raises(Cancelled, match="cancelled before creating it, so nothing was sent"):
        bench.clusters.create(desired())
    assert bench.emulator.clusters() == ()


def test_a_refused_sandbox_names_who_holds_the_others() -> None:
    """Where the plan has no room for one more, the clusters that take it are named, and the way out."""
    bench = Bench.new(knobs=Knobs(max_sandboxes=1, plan_shown=False))
    with bench.client:
        held = bench.emulator.add_cluster(nodes=1, type="sandbox", name="loads", description=SIGNED)
        other = replace(OWNER, name="other")
        with pytest.raises(InvalidError) as refused:
            bench.clusters.create(desired(nodes=1, type="sandbox", owner=other))
    text = str(refused.value)
    assert f"sandboxes that live in the account: cluster {held.id} loads of stack {OURS.scope}" in text
    assert "`xplenty-pulumi branch up --sizing smallest`" in text
    assert [one.id for one in bench.emulator.clusters()] == [held.id]


def test_another_refusal_names_no_sandbox() -> None:
    """A production cluster that is refused has nothing to do with who holds the sandbox."""
    bench = Bench.new(knobs=Knobs(max_clusters=1))
    with bench.client:
        bench.emulator.add_cluster(nodes=1, type="sandbox")
        bench.emulator.add_cluster()
        with pytest.raises(InvalidError) as refused:
            bench.clusters.create(desired())
    assert "sandbox" not in str(refused.value)

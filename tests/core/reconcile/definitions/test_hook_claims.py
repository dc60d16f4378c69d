"""Which hooks with the marker of a resource are adopted, which are removed as duplicates, and which are refused."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, adopted, desired_hook, signed
from tests.support.faults.behaviours import answers, doubled, hiding, late
from tests.support.faults.exchange import Behaviour
from xplenty_pulumi.client import Hook
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, read, sign
from xplenty_pulumi.core.reconcile import definition_of
from xplenty_pulumi.errors import RefusedError, UnsureError

OURS = marker_of(OWNER)
OTHER = Owner("acme", "loads", "dev", "hourly")
WEB = {"url": "https://bells.example.test/", "basic_auth": True, "basic_auth_data": "dXNlcjpwYXNz"}


def add(bench: Bench, name: str, **inputs: Any) -> Hook:
    """Return a hook that somebody made, with this name."""
    fields = definition_of(HOOK, bench.client).sent(desired_hook(**inputs), OURS)
    return bench.client.hooks.create({**fields, "name": name})


def named(bench: Bench) -> dict[int, str]:
    """Return the names of the account's hooks by id."""
    return {hook.id: hook.name for hook in bench.emulator.hooks()}


def nonce(text: str) -> str:
    """Return the nonce of the marker in it."""
    found = read(text)
    assert found is not None
    return found.nonce


def test_a_hook_left_behind_is_adopted_and_set_right(bench: Bench) -> None:
    """It is found by its marker, brought to the declared form, held, and told of."""
    left = add(bench, signed("night"))
    outcome = bench.hooks.create(desired_hook(name="day", events=["cluster"]))
    assert (outcome.record.id, outcome.problem) == (left.id, None)
    assert [hook.events for hook in bench.emulator.hooks()] == [("cluster",)]
    assert named(bench) == {left.id: adopted("day", nonces=outcome.nonces)}
    text = "which carries the marker of this resource, as after an interrupted create call or a hand-over"
    assert bench.warned == [f"adopted hook {left.id}, {text}"]


def test_of_two_attempts_one_is_adopted_and_the_other_removed(bench: Bench) -> None:
    """Both nonces count as drawn by this resource."""
    left = [add(bench, signed(seed=seed)).id for seed in (1, 2)]
    outcome = bench.hooks.create(desired_hook())
    assert named(bench) == {left[0]: adopted("", nonces=outcome.nonces)}
    assert set(outcome.nonces) > {nonce(signed(seed=1)), nonce(signed(seed=2))}
    assert f"hook {left[1]}, a duplicate of hook {left[0]}, was removed" in bench.warned


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (signed(held=True), "is held by a state"),
        (sign("", OURS), "is held by a state"),
        (signed(minutes_ago=61), "too long ago for a lost answer"),
    ],
)
def test_what_is_held_or_old_is_refused_with_the_ways_out(bench: Bench, text: str, why: str) -> None:
    """A state may hold it, such as that of a stack that was renamed; nothing is made or removed."""
    made = add(bench, text)
    with pytest.raises(RefusedError, match=why) as caught:
        bench.hooks.create(desired_hook())
    assert caught.value.resource == f"hook {made.id}"
    assert f"`xplenty-pulumi hand-over hook:{made.id}`" in caught.value.advice
    assert named(bench) == {made.id: text}


def test_a_hook_of_another_type_with_the_marker_is_refused(bench: Bench) -> None:
    """A type cannot be changed, so what an earlier attempt made of another type is left to the user."""
    left = add(bench, signed())
    with pytest.raises(RefusedError, match="its type is slack"):
        bench.hooks.create(desired_hook(type="web", settings=WEB))
    assert named(bench) == {left.id: signed()}


def test_what_the_state_holds_is_not_claimed(bench: Bench) -> None:
    """A replacement inside one operation is not refused, since its process knows the old one."""
    made = bench.hooks.create(desired_hook()).record
    assert bench.hooks.create(desired_hook()).record.id != made.id
    assert len(named(bench)) == 2


def test_one_that_was_falsely_gone_is_adopted_again(bench: Bench) -> None:
    """The state let go of it, and it is not made twice."""
    made = bench.hooks.create(desired_hook()).record
    process = bench.another_process()
    process.wire.on(f"GET hooks/{made.id}", answers(404), calls={1, 2})
    process.wire.on("GET hooks", hiding(made.id), calls={1})
    assert process.hooks.read(made.id).gone
    assert process.hooks.create(desired_hook()).record.id == made.id


def test_of_two_that_were_handed_over_none_is_removed(bench: Bench) -> None:
    """The service shows no time of creation of a hook, so the marker alone says that no create call made it."""
    markers = [OURS.handed_over(bench.clock.now(), Random(seed)) for seed in (1, 2)]
    both = {add(bench, sign("", one)).id: sign("", one) for one in markers}
    with pytest.raises(RefusedError, match="were all handed over to this resource"):
        bench.hooks.create(desired_hook())
    assert named(bench) == both


def test_a_doubled_create_call_is_removed_at_once(bench: Bench) -> None:
    """Both carry the same nonce."""
    bench.wire.on("POST hooks", doubled)
    outcome = bench.hooks.create(desired_hook())
    assert list(named(bench)) == [outcome.record.id]
    assert "a duplicate of hook" in bench.warned[0]


def test_a_call_that_took_effect_late_is_removed_by_destroy(bench: Bench) -> None:
    """The state knows its nonce; held ones and those of other nonces stay."""
    bench.wire.on("POST hooks", late(100), calls={1})
    with pytest.raises(UnsureError):
        bench.hooks.create(desired_hook())
    (posted,) = bench.wire.bodies("POST hooks")
    made, other = (add(bench, text) for text in (signed(held=True), signed(seed=2)))
    bench.clock.advance(100)
    bench.another_process().hooks.delete(made.id, owner=OURS, nonces=(nonce(posted["name"]),))
    assert list(named(bench)) == [other.id]


def test_a_duplicate_that_stays_is_warned_of(bench: Bench) -> None:
    """What is kept is as declared all the same."""
    bench.wire.on("POST hooks", doubled)
    bench.wire.on("DELETE .*", answers(422, "not now"))
    outcome = bench.hooks.create(desired_hook())
    assert outcome.problem is None
    assert bench.warned[-1].startswith(f"hook {outcome.record.id}: a duplicate of it may go on existing: ")


def test_an_update_of_an_unfinished_hook_removes_its_duplicates(bench: Bench) -> None:
    """One that a create left half-made is finished, with all that belongs to its end."""
    made, _duplicate, other = (add(bench, text) for text in (signed(), signed(), signed(seed=2)))
    assert bench.hooks.update(made.id, desired_hook()).problem is None
    assert named(bench) == {made.id: signed(held=True), other.id: signed(seed=2)}


def test_read_tells_of_duplicates(bench: Bench) -> None:
    """Those that are unfinished; held ones and those of other resources are none."""
    made, duplicate, *_ = (
        add(bench, text) for text in (signed(held=True), signed(), sign("", OURS), signed(owner=OTHER))
    )
    assert not bench.hooks.read(made.id, owner=OURS).gone
    (warning,) = bench.warned
    assert warning.startswith(f"hook {duplicate.id} is a duplicate of hook {made.id}: ")
    bench.hooks.read(made.id)
    assert len(bench.warned) == 1


def test_a_search_for_duplicates_that_fails_is_warned_of(bench: Bench) -> None:
    """What was read stands."""
    made = add(bench, signed(held=True))
    bench.wire.on("GET hooks", answers(500))
    assert bench.hooks.read(made.id, owner=OURS).record is not None
    assert bench.warned[0].startswith(f"hook {made.id}: could not look for duplicates of it: ")


def test_read_believes_a_list(bench: Bench) -> None:
    """A hook that is not found singly and stands in the list is there; one that both miss is gone."""
    made = add(bench, signed(held=True))
    bench.wire.on("GET hooks/[0-9]+", answers(404))
    assert not bench.hooks.read(made.id).gone
    bench.client.hooks.delete(made.id)
    sight = bench.hooks.read(made.id)
    assert (sight.gone, sight.remark) == (True, "the service does not know it (404)")


@pytest.mark.parametrize("fault", [answers(500), answers(422)])
def test_a_sign_that_fails_is_made_up_for_by_an_update(bench: Bench, fault: Behaviour) -> None:
    """The create succeeds all the same."""
    bench.wire.on("PUT .*", fault, calls={1})
    made = bench.hooks.create(desired_hook())
    assert made.problem is None
    assert ":u]" in named(bench)[made.record.id]
    assert bench.another_process().hooks.update(made.record.id, desired_hook()).problem is None
    assert ":h]" in named(bench)[made.record.id]


@pytest.mark.parametrize(("keeps_id", "state"), [(True, "h"), (False, "u")])
def test_a_failure_is_held_where_the_state_keeps_the_id(bench: Bench, state: str, *, keeps_id: bool) -> None:
    """Where it does not, the next `up` adopts it."""
    bench.wire.on("GET hooks/[0-9]+", answers(422))
    outcome = bench.hooks.create(replace(desired_hook(), keeps_id=keeps_id))
    assert outcome.problem is not None
    assert f":{state}]" in named(bench)[outcome.record.id]

"""Schedules are made once, changed as a whole document whatever the service does with it, and seen to be gone."""

from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired_schedule, signed
from tests.support.faults.behaviours import answers, lost_after, rewritten
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.compare import differences
from xplenty_pulumi.core.kinds.kind import Change
from xplenty_pulumi.core.kinds.schedule import SCHEDULE, schedule_view
from xplenty_pulumi.core.reports import hand_over
from xplenty_pulumi.emulator import EmulatedSchedule, Knobs
from xplenty_pulumi.errors import ServerError

LEAST = {"task": {"packages": [{"package_id": 101, "variables": {}}]}}
"""What makes a schedule; see `tests/core/kinds/test_registry.py`."""
MARKER = markers.marker_of(OWNER)
PACKAGES = [{"package_id": "101", "variables": {"day": "'x'"}}]
TASK = {"nodes": 2, "terminate_on_idle": True, "time_to_idle": 60, "packages": PACKAGES}
DAY = 86_400.0


def ours(bench: Bench) -> EmulatedSchedule:
    """Return the one schedule that the account did not begin with."""
    (found,) = [one for one in bench.emulator.schedules() if one.id > 302]
    return found


@pytest.fixture(params=["merge", "replace"])
def either(request: pytest.FixtureRequest) -> Bench:
    """A bench on an account that does either with what a change leaves out, and refuses each start after a run."""
    return Bench.new(knobs=Knobs(schedule_put=request.param, schedule_start_after_run="refuse"))


def test_create_posts_the_whole_document_signed(bench: Bench) -> None:
    """Inputs go out under the names that the service has, with all defaults, and the description ends in the marker."""
    outcome = bench.schedules.create(desired_schedule(start_at="2026-03-01T02:00:00+01:00"))
    assert outcome.problem is None
    (posted,) = bench.wire.bodies("POST schedules")
    marker = markers.read(posted.pop("description"))
    assert marker is not None
    assert (marker.whose, marker.is_unfinished) == (MARKER, True)
    assert posted == {
        "name": "loads",
        "status": "enabled",
        "start_at": "2026-03-01T01:00:00Z",
        "interval_amount": 1,
        "interval_unit": "days",
        "overlap": True,
        "auto_retry": False,
        "auto_retry_attempts": 3,
        "reuse_cluster_strategy": "any",
        "task": TASK,
    }
    assert ours(bench).description == str(marker.held)


@pytest.mark.parametrize("has_run", [False, True])
def test_a_change_keeps_all_else(either: Bench, has_run: bool) -> None:
    """Whether or not the service replaces the document, and whether or not the schedule has run."""
    made = either.schedules.create(desired_schedule(start_at="2026-03-01T02:00:00Z", overlap=False)).record
    either.emulator.edit_schedule(made.id, execution_count=int(has_run), auto_retry=True, auto_retry_attempts=5)
    by_hand = [{"package_id": 101, "variables": {"day": "'x'", "hour": "7"}}]
    either.emulator.edit_schedule(made.id, task={**ours(either).task, "packages": by_hand})
    before = ours(either)
    asked: dict[str, Any] = {"every": "2 weeks", "start_at": "2026-03-01T02:00:00Z", "overlap": False}

    outcome = either.schedules.update(made.id, desired_schedule("every", **asked))

    after = ours(either)
    assert outcome.problem is None
    assert (after.interval_amount, after.interval_unit) == (2, "weeks")
    for name in ("name", "status", "start_at", "overlap", "auto_retry", "auto_retry_attempts", "task", "description"):
        assert getattr(after, name) == getattr(before, name), name


def test_an_update_that_has_nothing_to_change_sends_nothing(bench: Bench) -> None:
    """What is as declared, by whatever spelling, is not sent again."""
    made = bench.schedules.create(desired_schedule()).record
    sent = bench.wire.count("PUT .*")
    assert bench.schedules.update(made.id, desired_schedule("every", "packages", "nodes", "enabled")).problem is None
    assert bench.wire.count("PUT .*") == sent


@pytest.mark.parametrize(("stale", "is_seen"), [(3, True), (4, False)])
def test_a_service_that_shows_it_as_before_is_read_again(bench: Bench, stale: int, is_seen: bool) -> None:
    """For 17 seconds, and what is seen then counts."""
    number = bench.schedules.create(desired_schedule(overlap=True)).record.id
    before = rewritten(lambda record: record.update(overlap=True))
    bench.wire.on(f"GET schedules/{number}", before, calls=range(2, 2 + stale))
    outcome = bench.schedules.update(number, desired_schedule("overlap", overlap=False))
    assert (outcome.problem is None) is is_seen
    assert ours(bench).overlap is False


def test_a_name_that_the_service_rewrites_is_warned_of(bench: Bench) -> None:
    """Nothing depends on it, so it stops no `up`."""
    bench.wire.on("GET schedules/[0-9]+", rewritten(lambda record: record.update(name=record["name"].lower())))
    outcome = bench.schedules.create(desired_schedule(name="Loads"))
    assert outcome.problem is None
    assert (
        [text for text in bench.warned if "another name than was sent; declare what it keeps" in text]
        == bench.warned
        != []
    )


def test_a_schedule_whose_answer_is_lost_is_found_by_its_marker(bench: Bench) -> None:
    """No second one is made."""
    bench.wire.on("POST schedules", lost_after)
    outcome = bench.schedules.create(desired_schedule())
    assert (outcome.problem, outcome.record.id) == (None, ours(bench).id)


def test_an_unfinished_schedule_of_the_same_resource_is_adopted(bench: Bench) -> None:
    """What an interrupted create has left is brought to what is declared."""
    left = bench.client.schedules.create({**LEAST, "description": signed("old", minutes_ago=5)})
    outcome = bench.schedules.create(desired_schedule(nodes=3))
    assert (outcome.problem, outcome.record.id) == (None, left.id)
    assert (ours(bench).task["nodes"], ours(bench).status) == (3, "enabled")


def test_ids_of_packages_may_be_shown_as_numbers() -> None:
    """A number and a text are the same id."""
    bench = Bench.new(knobs=Knobs(scheduled_package_ids="number"))
    made = bench.schedules.create(desired_schedule()).record
    sent = bench.wire.count("PUT .*")
    assert bench.schedules.update(made.id, desired_schedule("packages")).problem is None
    assert bench.wire.count("PUT .*") == sent


def test_the_start_is_fixed_once_it_has_run(bench: Bench) -> None:
    """And no other input ever is."""
    made = bench.schedules.create(desired_schedule()).record
    assert bench.schedules.fixed(made.id, ["start_at", "every"]) == ()
    bench.client.schedules.run(made.id)
    assert bench.schedules.fixed(made.id, ["start_at", "every"]) == ("start_at",)
    assert bench.wire.count(f"GET schedules/{made.id}") > 0


def test_only_a_fixed_input_is_asked_about(bench: Bench) -> None:
    """A plan without a new start costs no call."""
    assert bench.schedules.fixed(7, ["every"]) == ()
    assert bench.wire.count(".*") == 0


def test_watchers_follow_notify(bench: Bench) -> None:
    """The key's user is taken off and put on as declared, and a refresh shows a change by somebody else."""
    made = bench.schedules.create(desired_schedule(notify=False)).record
    assert ours(bench).watched is False
    assert bench.schedules.read(made.id, inputs={"notify": False}).notified is False
    assert bench.schedules.update(made.id, desired_schedule("notify", notify=True)).problem is None
    assert ours(bench).watched is True


def test_watchers_are_left_alone_where_nothing_is_said(bench: Bench) -> None:
    """Without `notify` there is no call."""
    made = bench.schedules.create(desired_schedule()).record
    assert bench.schedules.read(made.id, inputs={}).notified is None
    assert bench.wire.count(".*/watchers") == 0


def test_watchers_that_cannot_be_set_are_a_problem_that_is_due(bench: Bench) -> None:
    """The schedule is kept, and the next update sets them."""
    bench.wire.on("DELETE schedules/.*/watchers", answers(403))
    outcome = bench.schedules.create(desired_schedule(notify=False))
    assert (outcome.problem is None, outcome.is_notify_due) == (False, True)
    assert ours(bench).id == outcome.record.id


def test_a_removed_schedule_names_what_goes_on(bench: Bench) -> None:
    """It is seen to be gone, and its active runs are named and left alone."""
    made = bench.schedules.create(desired_schedule()).record
    bench.clock.advance(2 * DAY)
    (ended, active) = bench.emulator.jobs()
    assert ended.status == "completed"

    bench.schedules.delete(made.id)

    assert [one.id for one in bench.emulator.schedules()] == [301, 302]
    assert bench.warned == [f"schedule {made.id} is removed; what it has started goes on: job {active.id}"]
    assert bench.emulator.job(active.id).status != "stopped"


def test_a_removal_that_cannot_be_seen_says_that_it_was_sent(bench: Bench) -> None:
    """The trouble is that of the look after it, whose advice says that nothing was changed."""
    made = bench.schedules.create(desired_schedule()).record
    bench.wire.on("GET clusters", answers(503))  # asked after a 404, whether the account is known
    with pytest.raises(ServerError, match=f"; schedule {made.id} was removed, and was not seen to be gone") as told:
        bench.schedules.delete(made.id)
    assert told.value.advice == "Run the same command again, which looks again"


def test_a_removed_schedule_without_runs_is_quiet(bench: Bench) -> None:
    """Runs of others are none of its own."""
    made = bench.schedules.create(desired_schedule()).record
    cluster = bench.emulator.add_cluster()
    bench.client.jobs.run(cluster_id=cluster.id, package_id=101)
    bench.client.schedules.run(301)
    bench.schedules.delete(made.id)
    assert bench.warned == []


def test_runs_that_cannot_be_read_do_not_fail_the_removal(bench: Bench) -> None:
    """The schedule is gone, and the warning says what is not known."""
    made = bench.schedules.create(desired_schedule()).record
    bench.wire.on("GET jobs", answers(403))
    bench.schedules.delete(made.id)
    assert "whether runs of it are still active could not be read" in bench.warned[0]


def test_handing_over_keeps_the_document(either: Bench) -> None:
    """The marker alone changes, also where the service replaces the document."""
    made = either.schedules.create(desired_schedule(description="nightly", overlap=False)).record
    before = ours(either)
    target = hand_over.look(either.client, "schedule", made.id)
    hand_over.hand_over(either.client, target, None, clock=either.clock)
    after = ours(either)
    assert after.description == "nightly"
    for name in ("name", "status", "start_at", "overlap", "interval_unit", "task"):
        assert getattr(after, name) == getattr(before, name), name


CHANGES: dict[str, Any] = {
    "packages": [{"package_id": 106}, {"package_id": 102, "variables": {"since": "'x'"}}],
    "every": "3 months",
    "start_at": "2027-01-01T00:00:00Z",
    "enabled": False,
    "name": "sums",
    "description": "for the bank",
    "overlap": False,
    "auto_retry": True,
    "auto_retry_attempts": 5,
    "reuse_cluster": "none",
    "nodes": 4,
    "terminate_on_idle": False,
    "time_to_idle": 900,
}


def test_every_input_that_changes_is_below() -> None:
    """An input that is added needs a change."""
    assert CHANGES.keys() == {*SCHEDULE.names(Change.IN_PLACE)}


@pytest.mark.parametrize("name", CHANGES)
def test_each_input_changes_in_place_and_drifts(either: Bench, name: str) -> None:
    """The update brings it about and nothing else; changed back by somebody else, it is seen as different."""
    made = either.schedules.create(desired_schedule(start_at="2026-06-01T00:00:00Z")).record
    before = schedule_view(made)
    wanted = desired_schedule(name, **{"start_at": "2026-06-01T00:00:00Z", name: CHANGES[name]})

    outcome = either.schedules.update(made.id, wanted)

    assert outcome.problem is None
    after = schedule_view(either.client.schedules.get(made.id))
    assert [one.field for one in differences(SCHEDULE, before | {"description": ""}, after)] == [name]
    assert differences(SCHEDULE, wanted.inputs, after) == ()
    assert [one.field for one in differences(SCHEDULE, wanted.inputs, before)] == [name]


def test_a_service_that_shortens_its_texts_has_created_it(bench: Bench) -> None:
    """It is kept with a warning, since all else is as it was sent."""
    shortened = rewritten(lambda record: record.update(name=record["name"][:6], description=record["description"][:9]))
    bench.wire.on("POST schedules", shortened)
    bench.wire.on("GET schedules.*", shortened)
    outcome = bench.schedules.create(desired_schedule(name="Nightly loads", description="sales"))
    assert (outcome.problem, outcome.record.id) == (None, ours(bench).id)
    assert "does not show the ownership marker" in bench.warned[0]

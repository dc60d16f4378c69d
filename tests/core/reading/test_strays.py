"""What an interrupted create has left is told from everything else, and named at the end of what wrote."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER
from tests.support.faults.behaviours import answers
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.marker import Marker, Owner, marker_of, scope_of, sign
from xplenty_pulumi.core.reading.strays import FinalCheck, strays_among
from xplenty_pulumi.errors import Cancelled

SCOPE = scope_of(OWNER)
ELSEWHERE = Owner("acme", "loads", "prod", "nightly")


def unfinished(bench: Bench, owner: Owner = OWNER, *, minutes: float = 0) -> Marker:
    """Return the marker of a create call that was sent so many minutes ago."""
    return marker_of(owner).drawn(bench.clock.now() - timedelta(minutes=minutes), Random(1))


def left(bench: Bench, marker: Marker, **fields: object) -> int:
    """Return the id of a cluster that carries this marker."""
    return bench.emulator.add_cluster(description=sign("loads", marker), **fields).id


def look(bench: Bench, *known: int) -> FinalCheck:
    """Return the last look of an operation that begins now and has resized a cluster."""
    made = FinalCheck(bench.client, bench.clock)
    made.expect(SCOPE)
    for one in known:
        made.hold(one)
    return made


def resize(bench: Bench) -> None:
    """Send a change that creates nothing."""
    bench.client.clusters.update(bench.emulator.add_cluster().id, {"nodes": 3})


def test_only_unfinished_things_of_the_scope_are_strays(bench: Bench) -> None:
    """Held ones, handed over ones, those of other stacks, those that the state holds and ended ones are none."""
    stray = left(bench, unfinished(bench))
    left(bench, unfinished(bench).held)
    left(bench, marker_of(OWNER))
    left(bench, marker_of(OWNER).handed_over(bench.clock.now(), Random(1)))
    left(bench, unfinished(bench, ELSEWHERE))
    left(bench, unfinished(bench), status="terminated")
    held = left(bench, unfinished(bench))
    bench.emulator.add_cluster()

    found = strays_among(bench.client.clusters.list(), {SCOPE}, {held})

    assert [one.id for one in found] == [stray]
    assert str(found[0]) == f"cluster {stray} (available, begun 2026-01-01 00:00 UTC)"


def test_hooks_are_strays_by_their_name(bench: Bench) -> None:
    """A hook carries its marker at the end of its name."""
    settings = {"type": "slack", "settings": {"url": "https://hooks.example.test/x"}, "events": ["job.failed"]}
    stray = bench.client.hooks.create({**settings, "name": sign("alarm", unfinished(bench))})
    bench.client.hooks.create({**settings, "name": sign("alarm", unfinished(bench).held)})

    found = strays_among(bench.client.hooks.list(), {SCOPE}, ())

    assert [(one.kind, one.id) for one in found] == [(HOOK, stray.id)]
    assert not strays_among(bench.client.hooks.list(), {SCOPE}, {stray.id})


@pytest.mark.parametrize(
    ("creator", "minutes", "adopted"), [(None, 0, True), (7, 60, True), (8, 0, False), (7, 61, False)]
)
def test_what_the_next_up_adopts(bench: Bench, creator: int | None, minutes: int, *, adopted: bool) -> None:
    """It adopts what the same user, as far as shown, has begun within the hour."""
    left(bench, unfinished(bench, minutes=minutes))
    (found,) = strays_among(bench.client.clusters.list(), {SCOPE}, ())
    assert replace(found, creator=creator).is_adopted_by(7, now=bench.clock.now()) is adopted


def test_operation_that_wrote_nothing_does_not_look(bench: Bench) -> None:
    """A preview, and an `up` without changes, cost no call more."""
    left(bench, unfinished(bench))
    bench.client.clusters.get(bench.emulator.add_cluster().id)
    sent = len(bench.wire.requests)
    assert look(bench).text() == ""
    assert len(bench.wire.requests) == sent


def test_operation_that_wrote_names_what_it_left(bench: Bench) -> None:
    """One list call at its end finds what was created since it began and was neither handed in nor given back."""
    last = look(bench)
    bench.client.clusters.create({"nodes": 2, "description": sign("", unfinished(bench))})
    given_back = bench.client.clusters.create({"nodes": 2, "description": sign("", unfinished(bench))})
    last.hold(given_back.id)
    listed = bench.wire.count("GET clusters")

    text = last.text()

    assert bench.wire.count("GET clusters") == listed + 1
    assert text == (
        "cluster 501 (pending, begun 2026-01-01 00:00 UTC): left by an interrupted create of this stack, in no state, "
        "and costs money. The next `pulumi up` adopts it if the program still declares it and the state holds no other "
        "in its place; `xplenty-pulumi recover --end-strays` ends it"
    )


def test_operation_that_created_names_only_its_own(bench: Bench) -> None:
    """What an earlier operation has left is no news of one that creates."""
    left(bench, unfinished(bench, minutes=2))
    last = look(bench)
    bench.client.clusters.create({"nodes": 2})
    assert last.text() == ""


@pytest.mark.parametrize(("minutes", "named"), [(59, True), (61, False)])
def test_operation_that_only_ends_things_names_what_the_last_hour_left(
    bench: Bench, minutes: int, *, named: bool
) -> None:
    """After a killed provider a destroy names what the `up` before may have made."""
    stray = left(bench, unfinished(bench, minutes=minutes))
    last = look(bench)
    resize(bench)
    assert (f"cluster {stray} " in last.text()) is named


def test_last_look_at_an_empty_scope_is_none(bench: Bench) -> None:
    """Where nothing of a stack was worked on there is nothing to look for."""
    resize(bench)
    assert FinalCheck(bench.client, bench.clock).text() == ""


def test_last_look_that_fails_says_so(bench: Bench) -> None:
    """Where the list cannot be had within three seconds, that is said, with what looks again."""
    last = look(bench)
    resize(bench)
    bench.wire.on("GET clusters", answers(500))
    began = bench.clock.monotonic()

    text = last.text()

    assert bench.clock.monotonic() - began <= 3
    assert text.startswith("whether interrupted creates have left a cluster could not be looked at: ")
    assert text.endswith(". `xplenty-pulumi recover` looks again")


def test_last_look_that_may_not_be_repeated_says_that_there_was_no_answer(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine sends the same at the end as after Ctrl-C, so the pause before a second try ends; nobody cancelled."""
    last = look(bench)
    resize(bench)
    bench.wire.on("GET clusters", answers(500))
    monkeypatch.setattr(bench.clock, "sleep", _give_up)
    assert last.text() == (
        "whether interrupted creates have left a cluster could not be looked at: the service gave no usable answer. "
        "`xplenty-pulumi recover` looks again"
    )


def _give_up(_seconds: float) -> None:
    raise Cancelled("cancelled while waiting for the service to take a call")

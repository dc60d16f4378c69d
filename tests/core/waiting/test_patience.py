"""How often to look."""

from itertools import pairwise

import pytest

from xplenty_pulumi.core.waiting.patience import LATER, Allowance, Pace


def looks(pace: Pace, *, until: float, usual: float | None) -> list[float]:
    """Return the moments of all looks up to `until` seconds."""
    moments = [0.0]
    while moments[-1] < until:
        moments.append(moments[-1] + pace.pause(moments[-1], usual=usual))
    return moments


@pytest.mark.parametrize("usual", [10.0, 60.0, 360.0, 3_600.0])
def test_there_is_a_look_right_after_the_usual_moment(usual: float) -> None:
    """What takes as long as ever is seen when it is there, and so are the others of a crowd that begins together."""
    assert usual + LATER in looks(Pace(), until=usual + LATER, usual=usual)


def test_looks_are_closer_around_the_usual_moment() -> None:
    """Something that takes six minutes as a rule is looked at every nine seconds about then, and less often else."""
    moments = looks(Pace(), until=700, usual=360)
    pauses = {before: after - before for before, after in pairwise(moments)}
    assert {pause for moment, pause in pauses.items() if 370 < moment < 500} == {9}
    assert {pause for moment, pause in pauses.items() if moment > 550} == {15}
    assert max(pause for moment, pause in pauses.items() if moment < 288) > 12


@pytest.mark.parametrize("boot", [10.0, 60.0, 240.0])
def test_what_takes_an_unknown_time_is_seen_soon(boot: float) -> None:
    """Nothing is waited for in vain for more than a second and a twentieth of its age."""
    moments = looks(Pace(), until=boot, usual=None)
    assert moments[-1] - boot <= 1 + boot / 20


def test_a_usual_time_costs_few_calls() -> None:
    """Looking closer does not mean looking much more often."""
    assert len(looks(Pace(), until=360, usual=360)) <= len(looks(Pace(), until=360, usual=None)) + 5


def test_a_fixed_pace_stays_fixed() -> None:
    """A user who says how often to look is obeyed."""
    assert looks(Pace.fixed(5), until=20, usual=13) == [0, 5, 10, 15, 20]


@pytest.mark.parametrize(("pace", "pause"), [(Pace(), 0.5), (Pace.fixed(0.05), 0.05), (Pace.fixed(60), 0.5)])
def test_what_was_seen_is_confirmed_soon(pace: Pace, pause: float) -> None:
    """The second look is to catch what flickers, and need not be late for that."""
    assert pace.confirmation() == pause


def test_who_has_plenty_counts_nothing() -> None:
    """Without a budget no pause is stretched and no look held."""
    plenty = Allowance()
    assert (plenty.stretched(3), plenty.holds_polls(), plenty.shortage_text()) == (3, False, "")

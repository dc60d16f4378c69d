"""The amounts that are promised."""

from tests.bad_input.amounts import TENTH, WHOLE, draws, part, planned


def test_the_long_run_tries_enough() -> None:
    """At least 75,000 inputs in the long run, and a tenth of them in the normal one."""
    assert sum(WHOLE.values()) >= 75_000
    assert sum(planned(sort, step=TENTH) for sort in WHOLE) >= 7_500


@part
def test_parts_are_all_there_is(part: int) -> None:
    """The parts of a test are of one size and together as many as planned."""
    for sort in ("specs", "responses"):
        assert len(list(draws(sort, step=TENTH, part=part))) == planned(sort, step=TENTH, part=part)
    assert len(list(draws("settings", step=TENTH))) == planned("settings", step=TENTH)

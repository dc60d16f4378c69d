"""`pulumi refresh` of a thousand resources with nothing changed."""

from functools import partial

from benchmarks.figure import Figure, in_turn
from benchmarks.thousand import COUNT, thousand_of_ours, thousand_that_do_nothing

GOAL = 1.25
MOST_CALLS = 10
_RUNS = 5
_REFRESH = ("refresh", "--yes", "--skip-preview")


def measure() -> list[Figure]:
    """Count the calls, and measure the time against the floor."""
    with thousand_of_ours() as (ours, account, _up), thousand_that_do_nothing() as (nothing, _floor_up):
        before = account.observed().all_calls
        rounds = in_turn(_RUNS, *(partial(one.run, *_REFRESH) for one in (ours, nothing)))
        calls = account.observed().all_calls - before
    return [
        Figure(f"calls of a refresh of {COUNT:,}", calls / _RUNS, most=MOST_CALLS),
        Figure.ratio(f"refresh of {COUNT:,}", rounds, most=GOAL, of="the floor"),
    ]

"""`pulumi refresh` of a thousand resources with nothing changed."""

from benchmarks.figure import Figure
from benchmarks.thousand import COUNT, thousand_of_ours, thousand_that_do_nothing

GOAL = 11


def measure() -> list[Figure]:
    """Count the calls, and measure the time against the floor."""
    with thousand_of_ours() as (ours, account, _up), thousand_that_do_nothing() as (nothing, _floor_up):
        before = account.observed().all_calls
        took = ours.run("refresh", "--yes", "--skip-preview")
        calls = account.observed().all_calls - before
        floor = nothing.run("refresh", "--yes", "--skip-preview")
    return [
        Figure(f"calls of a refresh of {COUNT:,}", calls, most=GOAL),
        Figure(f"refresh of {COUNT:,}", took / floor, "x", note=f"of floor; {took:.1f} s to {floor:.1f} s"),
    ]

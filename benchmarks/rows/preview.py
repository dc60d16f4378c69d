"""`pulumi preview` of a thousand resources with nothing to change."""

from statistics import median

from benchmarks.figure import Figure
from benchmarks.stack import Stack
from benchmarks.thousand import COUNT, thousand_of_ours, thousand_that_do_nothing
from xplenty_pulumi import Cluster
from xplenty_pulumi.dynamic.resources.declare import outputs_of

GOAL = 1.2
_RUNS = 5
_OUTPUTS = len(outputs_of(Cluster))


def measure() -> list[Figure]:
    """Measure ours, the floor, and a floor that has as many outputs as a cluster of ours."""
    with (
        thousand_of_ours() as (ours, account, up),
        thousand_that_do_nothing() as (bare, bare_up),
        thousand_that_do_nothing(outputs=_OUTPUTS) as (wide, wide_up),
    ):
        before = account.observed().all_calls
        rounds = previews(ours, bare, wide)
        calls = account.observed().all_calls - before
    return [
        *_figures(f"preview of {COUNT:,} without a change", rounds, goal=GOAL),
        Figure("calls of a preview", calls / _RUNS, most=0),
        *_figures(f"up of {COUNT:,} without checkpoints", [[up, bare_up, wide_up]], goal=None),
    ]


def of_definitions() -> list[Figure]:
    """Measure schedules, compared with clusters."""
    with thousand_of_ours(kind="schedule") as (schedules, _, _), thousand_of_ours() as (clusters, _, _):
        rounds = previews(schedules, clusters)
    seconds = [median(column) for column in zip(*rounds, strict=True)]
    return [
        Figure(
            f"preview of {COUNT:,} schedules without a change",
            median(one[0] / one[1] for one in rounds),
            "x",
            most=GOAL,
            note=f"of clusters; {seconds[0]:.1f} s to {seconds[1]:.1f} s",
        )
    ]


def previews(*stacks: Stack) -> list[list[float]]:
    """Return the seconds of each stack's preview, in rounds, so that a machine whose speed drifts slows all."""
    return [[one.run("preview") for one in stacks] for _ in range(_RUNS)]


def _figures(what: str, rounds: list[list[float]], *, goal: float | None) -> list[Figure]:
    ours, bare, wide = (median(column) for column in zip(*rounds, strict=True))
    seconds = f"{ours:.1f} s to {bare:.1f} s"
    return [
        Figure(what, median(one[0] / one[1] for one in rounds), "x", most=goal, note=f"of the floor; {seconds}"),
        Figure(
            f"{what}, of a floor with {_OUTPUTS} outputs",
            median(one[0] / one[2] for one in rounds),
            "x",
            most=goal,
            note=f"{ours:.1f} s to {wide:.1f} s",
        ),
        Figure(
            f"{what}: floor with {_OUTPUTS} outputs",
            median(one[2] / one[1] for one in rounds),
            "x",
            note="of the floor",
        ),
    ]

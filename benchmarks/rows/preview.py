"""`pulumi preview` of a thousand resources with nothing to change."""

from functools import partial

from benchmarks.figure import Figure, in_turn
from benchmarks.stack import Stack
from benchmarks.thousand import COUNT, thousand_of_ours, thousand_that_do_nothing
from xplenty_pulumi import Cluster
from xplenty_pulumi.dynamic.resources.declare import outputs_of

GOAL = 1.1
GOAL_OF_DEFINITIONS = 1.2
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
    return [
        Figure.ratio(
            f"preview of {COUNT:,} schedules without a change", rounds, most=GOAL_OF_DEFINITIONS, of="clusters"
        )
    ]


def previews(*stacks: Stack) -> list[list[float]]:
    """Return the seconds of each stack's preview, in rounds, so that a machine whose speed drifts slows all."""
    return in_turn(_RUNS, *(partial(one.run, "preview") for one in stacks))


def _figures(what: str, rounds: list[list[float]], *, goal: float | None) -> list[Figure]:
    """Compare ours with the bare floor, and with the wide one, and these with each other."""
    bare, wide, floors = ([[one[left], one[right]] for one in rounds] for left, right in ((0, 1), (0, 2), (2, 1)))
    return [
        Figure.ratio(what, bare, most=goal, of="the floor"),
        Figure.ratio(f"{what}, of a floor with {_OUTPUTS} outputs", wide, most=goal, of="the floor"),
        Figure.ratio(f"{what}: floor with {_OUTPUTS} outputs", floors, most=None, of="the floor"),
    ]

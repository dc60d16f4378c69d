"""`pulumi up` of fifty clusters that take some time to boot, against a plain provider and the engine's floor."""

import math
import os
from functools import partial
from statistics import median

from benchmarks.account import PAST_CLUSTERS, Spec, served
from benchmarks.figure import Figure, in_turn
from benchmarks.stack import stack

COUNT = 50
GOAL = 1.12
_ROUNDS = 3
_PASTS = {PAST_CLUSTERS: "with past clusters", 0: "in a new account"}
AT_ONCE = 4
"""What the host of dynamic providers lets run at the same time, unless somebody lifts that."""
PLAIN_COUNT = int(os.environ.get("BENCH_PLAIN", "12"))


def ten_seconds() -> list[Figure]:
    """Measure clusters that boot in 10 s, and the plain provider on a smaller number of them."""
    return [*compared(10, count=COUNT), *plain(10, count=PLAIN_COUNT)]


def sixty_seconds() -> list[Figure]:
    """Measure clusters that boot in a minute."""
    return compared(60, count=COUNT)


def compared(boot: float, *, count: int) -> list[Figure]:
    """Return the floor, and our time with and without a past to learn the usual time from, against boot and floor."""
    calls: dict[int, int] = {}

    def took(past: int) -> float:
        seconds, calls[past] = ours(boot, count=count, past=past)
        return seconds

    rounds = in_turn(_ROUNDS, lambda: floor(count), *(partial(took, past) for past in _PASTS))
    figures = [Figure.of(f"floor: up of {count} that do nothing", [one[0] for one in rounds], "s")]
    for column, (past, label) in enumerate(_PASTS.items(), start=1):
        note = f"of boot + floor; {median(one[column] for one in rounds):.1f} s, {calls[past]} calls"
        ratios = [one[column] / (boot + one[0]) for one in rounds]
        figures.append(Figure.of(f"up of {count}, boot {boot:g} s, {label}", ratios, "x", most=GOAL, note=note))
    return figures


def floor(count: int) -> float:
    """Return the seconds of an `up` of as many resources that do nothing."""
    with stack("floor", count) as nothing:
        return nothing.up()


def ours(boot: float, *, count: int, past: int) -> tuple[float, int]:
    """Return the seconds of an `up` of our clusters, and its calls; nothing is destroyed, the account goes away."""
    with served(Spec(boot, past_clusters=past)) as account, stack("ours", count, account.environment) as clusters:
        return clusters.up(), account.observed().all_calls


def plain(boot: float, *, count: int) -> list[Figure]:
    """Return the plain provider's time against the boot, altogether and for each wave of four."""
    with served(Spec(boot)) as account, stack("plain", count, account.environment) as clusters:
        took, calls = clusters.up(), account.observed().all_calls
    waves = math.ceil(count / AT_ONCE)
    return [
        Figure(
            f"plain: up of {count}, boot {boot:g} s", took / boot, "x", note=f"of boot; {took:.1f} s, {calls} calls"
        ),
        Figure(
            f"plain: each of its {waves} waves of {AT_ONCE}",
            took / waves / boot,
            "x",
            note=f"of boot; {math.ceil(COUNT / AT_ONCE)} waves for {COUNT}",
        ),
    ]

"""`pulumi preview` of packages with large flows, compared with the same number with tiny ones."""

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.account import Account, Spec, served
from benchmarks.figure import Figure
from benchmarks.stack import Stack, stack

COUNT = 50
LARGE, TINY = 500_000, 200
GOAL = 1.5
_RUNS = 7
_KEPT = ".xplenty"


def measure() -> list[Figure]:
    """Measure a checkout that has been previewed before, and a fresh one."""
    with _packages_of(LARGE) as (large, account), _packages_of(TINY) as (tiny, _):
        before = account.observed().all_calls
        found = [_figure("the flows read before", large, tiny), _figure("a fresh checkout", large, tiny, is_fresh=True)]
        calls = account.observed().all_calls - before
    return [*found, Figure("calls of these previews", calls, most=0)]


@contextmanager
def _packages_of(size: int) -> Iterator[tuple[Stack, Account]]:
    """Give a stack whose packages have flows of this size, in an account of its own."""
    spec = Spec(boot_seconds=1)
    with served(spec) as account, stack("packages", COUNT, {**account.environment, "BENCH_BYTES": str(size)}) as made:
        made.up()
        yield made, account


def _figure(of_what: str, large: Stack, tiny: Stack, *, is_fresh: bool = False) -> Figure:
    """Return the ratio of the medians of rounds in which both take turns."""
    rounds = [[_preview(one, is_fresh=is_fresh) for one in (large, tiny)] for _ in range(_RUNS)]
    what = f"preview of {COUNT} packages of {LARGE:,} bytes, {of_what}"
    return Figure.ratio(what, rounds, most=GOAL, of="tiny ones")


def _preview(packages: Stack, *, is_fresh: bool) -> float:
    if is_fresh:
        packages.forget(_KEPT)
    return packages.run("preview")

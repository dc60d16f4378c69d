"""A state with a thousand resources, made as fast as can be."""

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.account import Account, Spec, served
from benchmarks.stack import Stack, stack

COUNT = 1_000
FAST = {"PULUMI_SKIP_CHECKPOINTS": "true", "PULUMI_PARALLEL": "64"}
TIME_SCALE = 100.0
_CREDITS = 1_000_000


@contextmanager
def thousand_of_ours(count: int = COUNT, *, kind: str = "cluster") -> Iterator[tuple[Stack, Account, float]]:
    """Give a stack of that many clusters or schedules that exist, their account, and how many seconds the `up` took."""
    spec = Spec(boot_seconds=60, time_scale=TIME_SCALE, credits_per_hour=_CREDITS)
    with served(spec) as account, stack("ours", count, {**account.environment, "BENCH_KIND": kind}) as made:
        yield made, account, made.up(XPLENTY_POLL_SECONDS="0.5", **FAST)


@contextmanager
def thousand_that_do_nothing(count: int = COUNT, *, outputs: int = 0) -> Iterator[tuple[Stack, float]]:
    """Give a stack of that many resources that do nothing, and how many seconds the `up` took."""
    with stack("floor", count, {"BENCH_OUTPUTS": str(outputs)}) as nothing:
        yield nothing, nothing.up(**FAST)

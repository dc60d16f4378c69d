"""What can be under way when something is killed, and the moments of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from tests.engine_crash.moments import Moment
from tests.support.engine.stack import Declared, Stack, cluster, job
from xplenty_pulumi.emulator import PackageSeed

When = Literal["before", "in", "after"]

ENDLESS = PackageSeed(200, "Runs until it is stopped", run_seconds=10_000_000)
ETL = cluster("etl")
RUN = job("load", variables={"day": "'2026-01-31'"})
STUCK = job("load", package_id=ENDLESS.id, timeout=0.5)


@dataclass(frozen=True)
class Operation:
    """What a command does to one resource.

    `prepare` brings the stack to where `command` begins; `moments` are the first call of the operation, its write (or
    the answer to its read) under way, and the first call after that. `declared` is what the program declares.
    """

    command: str
    prepare: Callable[[Stack], None]
    moments: Mapping[When, Moment]
    declared: tuple[Declared, ...] = (ETL,)
    continued_by: tuple[tuple[str, ...], ...] = (("up",), ("destroy",))


def _nothing(_stack: Stack) -> None:
    """Creating begins with an empty stack."""


def _cluster_up(stack: Stack) -> None:
    stack.declare(ETL).up().succeeded()


def _endless_run(stack: Stack) -> None:
    stack.declare(ETL, STUCK).up().failed()


def _writing(method: str, kind: str) -> Mapping[When, Moment]:
    """The moments of an operation that looks at a record, changes it with `method` and follows it."""
    one = f"{kind}/{{id}}"
    return {
        "before": Moment("before", "GET", one),
        "in": Moment("after", method, one),
        "after": Moment("before", "GET", one, follows=method),
    }


def _creating(kind: str) -> Mapping[When, Moment]:
    """The moments of a create: FIND, the POST that took effect and is not answered, the first look at what it made."""
    return {
        "before": Moment("before", "GET", kind),
        "in": Moment("after", "POST", kind),
        "after": Moment("before", "GET", f"{kind}/{{id}}", follows="POST"),
    }


_REFRESHING: Mapping[When, Moment] = {
    "before": Moment("before", "GET", "clusters/{id}"),
    "in": Moment("after", "GET", "clusters/{id}"),
    "after": Moment("before", "GET", "clusters"),
}

OPERATIONS: Mapping[str, Operation] = {
    "create": Operation("up", _nothing, _creating("clusters")),
    "update": Operation("up", _cluster_up, _writing("PUT", "clusters"), declared=(cluster("etl", nodes=4),)),
    "delete": Operation(
        "destroy",
        _cluster_up,
        _writing("DELETE", "clusters"),
        # With a killed provider the state goes on holding what was ended, which a plain `up` does not look at.
        continued_by=(("up", "--refresh"), ("destroy",)),
    ),
    "refresh": Operation("refresh", _cluster_up, _REFRESHING),
    "run": Operation("up", _cluster_up, _creating("jobs"), declared=(ETL, RUN)),
    "stop": Operation(
        "destroy", _endless_run, _writing("DELETE", "jobs"), declared=(ETL, STUCK), continued_by=(("destroy",),)
    ),
}
"""What can be under way, by name: four operations on a cluster, and a job run that starts or is being stopped."""

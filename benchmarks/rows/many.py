"""Two hundred clusters created and destroyed."""

from benchmarks.account import Account, Spec, served
from benchmarks.figure import Figure
from benchmarks.stack import Stack, stack

COUNT = 200
BOOT = 10.0
END = 10.0
MOST_SOCKETS = 8
_PARALLEL = {"PULUMI_PARALLEL": "256"}


def measure() -> list[Figure]:
    """Measure all of them at once, and the floor beside it; a failure of a single one fails the benchmark."""
    with stack("floor", COUNT, _PARALLEL) as nothing:
        floor_up, floor_down = nothing.up(), nothing.destroy()
    account_spec = Spec(BOOT, END, counts_sockets=True)
    with served(account_spec) as account, stack("ours", COUNT, {**account.environment, **_PARALLEL}) as clusters:
        return _life(account, clusters, floor_up=floor_up, floor_down=floor_down)


def _life(account: Account, clusters: Stack, *, floor_up: float, floor_down: float) -> list[Figure]:
    up, after_up = clusters.up(), account.observed()
    down, after_down = clusters.destroy(), account.observed()
    statuses = dict(after_down.clusters)
    left = sum(count for status, count in statuses.items() if status != "terminated")
    return [
        Figure(f"up of {COUNT}, boot {BOOT:g} s", up / (BOOT + floor_up), "x", note=_note(up, floor_up, "boot")),
        Figure(
            f"destroy of {COUNT}, end {END:g} s", down / (END + floor_down), "x", note=_note(down, floor_down, "end")
        ),
        Figure("clusters left alive", left, most=0),
        Figure("clusters missing after the up", COUNT - after_up.clusters.get("available", 0), most=0),
        Figure("most sockets at the server", after_down.sockets, most=MOST_SOCKETS, note="counted every 10 ms"),
        Figure("calls of the up", after_up.all_calls, note=_methods(after_up.calls)),
        Figure("calls of the destroy", after_down.all_calls - after_up.all_calls),
    ]


def _note(took: float, floor: float, what: str) -> str:
    return f"of {what} + floor; {took:.1f} s, floor {floor:.1f} s"


def _methods(calls: "dict[str, int] | object") -> str:
    assert isinstance(calls, dict)
    return ", ".join(f"{method} {count}" for method, count in sorted(calls.items()))

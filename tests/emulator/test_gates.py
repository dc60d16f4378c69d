"""The one place that each call passes before and after its effect."""

from tests.support.accounts.caller import KEY, AccountCaller
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Emulator, Request, Response, Seed


class Refusing:
    """Answers every POST itself, so that it has no effect."""

    def before(self, request: Request) -> Response | None:
        return Response(503) if request.method == "POST" else None

    def after(self, request: Request, response: Response) -> Response:
        return response


class Losing:
    """Lets every call have its effect and answers something else."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def before(self, request: Request) -> Response | None:
        return None

    def after(self, request: Request, response: Response) -> Response:
        self.seen.append(response.status)
        return Response(502)


def gated(*gates: Refusing | Losing) -> AccountCaller:
    clock = ManualClock()
    return AccountCaller(Emulator(Seed(api_key=KEY), clock=clock, gates=gates), clock)


def test_a_gate_can_answer_before_the_effect(schema_watch: SchemaWatch) -> None:
    """What a gate answers itself does nothing, costs nothing, and is logged with the gate's status."""
    schema_watch.look_away()
    caller = gated(Refusing())
    assert caller.post("clusters", {"nodes": 2}).status == 503
    assert (caller.emulator.clusters(), caller.emulator.credits_used) == ((), 0)
    assert [call.status for call in caller.emulator.calls()] == [503]


def test_a_gate_can_answer_after_the_effect(schema_watch: SchemaWatch) -> None:
    """What a gate puts in place of an answer does not undo the effect."""
    schema_watch.look_away()
    gate = Losing()
    caller = gated(gate)
    assert caller.post("clusters", {"nodes": 2}).status == 502
    assert (len(caller.emulator.clusters()), gate.seen) == (1, [201])

"""The log of events of the real engine."""

from pathlib import Path

from tests.support.accounts.collector import collecting, nobody
from tests.support.accounts.event_lines import events_in
from tests.support.engine.ran import bridged
from tests.support.engine.stack import Stack, cluster, job
from xplenty_pulumi.emulator import Emulator


def test_up_leaves_events_of_every_resource(stack: Stack, account: Emulator, tmp_path: Path) -> None:
    """An `up` of a cluster and a run leaves the outcome of each with its URN, and as many calls as were received."""
    path = tmp_path / "events.jsonl"
    before = len(account.calls())
    stack.declare(cluster("etl"), job("load", variables={"day": {"secret": "'canary'"}}))
    stack.up(XPLENTY_EVENTS=str(path)).succeeded()

    events = events_in(path)
    made = {one["name"]: one for one in events if one["event"] == "outcome" and one["operation"] == "create"}
    assert {name: (one["result"], one["kind"]) for name, one in made.items()} == {
        "etl": ("succeeded", "cluster"),
        "load": ("succeeded", "job"),
    }
    state = stack.state()
    assert {name: (one["urn"], one["id"]) for name, one in made.items()} == {
        name: (one["urn"], one["id"]) for name, one in state.items()
    }
    assert len([one for one in events if one["event"] == "call"]) == len(account.calls()) - before
    waits = {one["name"]: one["goal"] for one in events if one["event"] == "wait"}
    assert (waits["etl"], waits["load"]) == ("available with 2 nodes", "completed")
    assert "canary" not in path.read_text(encoding="utf-8")


@bridged("tests/events/test_spans.py")
def test_up_sends_spans(stack: Stack) -> None:
    """The spans of an `up` are at the collector when it has ended, each operation with its calls and its wait."""
    with collecting() as collector:
        stack.declare(cluster("etl"))
        stack.up(OTEL_EXPORTER_OTLP_ENDPOINT=collector.address).succeeded()
    whole = collector.named("create cluster")
    within = {span.name for span in collector.spans if span.parent_span_id == whole.span_id}
    assert {"POST /clusters", "wait until available with 2 nodes"} <= within


@bridged("tests/events/test_spans.py")
def test_up_without_a_collector(stack: Stack) -> None:
    """A collector that is away is a warning, and the `up` succeeds."""
    stack.declare(cluster("etl"))
    done = stack.up(OTEL_EXPORTER_OTLP_ENDPOINT=nobody()).succeeded()
    assert "spans do not get to the collector" in done.output

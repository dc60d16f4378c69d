"""The cluster of a run as the whole process sees it: whatever a check could ask, and whoever made it ready."""

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired_run
from tests.support.faults.behaviours import answers, preceded_by
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.session import Session
from xplenty_pulumi.errors import ReadyFailed


@pytest.fixture
def bench() -> Bench:
    """An account, and the client of one process."""
    return Bench.new()


@pytest.fixture
def session(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Session:
    """The session of that process, which nobody listens to."""
    monkeypatch.setattr(bridge, "stack_line", lambda *_: None)
    return Session(bench.client, bench.clock)


@pytest.mark.parametrize("status", ["creating", "scaling"])
@pytest.mark.parametrize("is_blind", [False, True])
def test_run_waits_whatever_the_check_could_ask(bench: Bench, session: Session, status: str, is_blind: bool) -> None:
    """Trouble with the question about the package changes nothing of the wait for the cluster."""
    cluster = bench.emulator.add_cluster(status=status)
    if is_blind:
        bench.wire.on("GET packages/101", answers(500))
    statuses: list[str] = []
    bench.wire.on("POST jobs", preceded_by(lambda: statuses.append(bench.emulator.cluster(cluster.id).status)))
    run = desired_run(cluster)
    assert session.questions.refusals_of_run(run.inputs) == []
    assert session.job_runs(EngineCall()).create(run).record.status == "completed"
    assert statuses == ["available"]


def test_cluster_that_breaks_after_a_blind_check_starts_no_run(bench: Bench, session: Session) -> None:
    """The cluster is the problem, and nothing is left to be kept in the state."""
    cluster = bench.emulator.add_cluster(status="creating")
    bench.wire.on("GET packages/101", answers(500))
    bench.wire.on(f"GET clusters/{cluster.id}", preceded_by(lambda: bench.emulator.fail_cluster(cluster.id)), calls={2})
    run = desired_run(cluster)
    assert session.questions.refusals_of_run(run.inputs) == []
    with pytest.raises(ReadyFailed, match="no run was started"):
        session.job_runs(EngineCall()).create(run)
    assert bench.wire.count("POST jobs") == 0


def test_what_the_check_has_seen_is_not_looked_at_again(bench: Bench, session: Session) -> None:
    """A run on a cluster that was there and ready costs the read of its check and no other."""
    cluster = bench.emulator.add_cluster()
    run = desired_run(cluster)
    assert session.questions.refusals_of_run(run.inputs) == []
    session.job_runs(EngineCall()).create(run)
    assert bench.wire.count("GET clusters.*") == 1

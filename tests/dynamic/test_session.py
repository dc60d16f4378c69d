"""The parts of a session: each is made when it is first needed, and once for all threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest

from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.dynamic import session as session_module
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.session import Session
from xplenty_pulumi.dynamic.state import OWNER, owner_text

THREADS = 16


@pytest.fixture
def session() -> Session:
    """A session of which nothing has been needed yet."""
    return Session(Client(api_key="a-made-up-key", account_id="acme"), ManualClock())


def made(session: Session) -> set[str]:
    """Return the names of the parts that were made."""
    return {name for name, _ in vars(Session).items() if name in vars(session)}


def test_only_what_is_needed_is_made(session: Session) -> None:
    """Work on clusters makes nothing that belongs to runs or to a preview."""
    assert made(session) == set()
    session.clusters(EngineCall())
    assert made(session) == {"polls", "known_clusters", "budget"}
    session.hold(CLUSTER, 501)
    assert made(session) == {"polls", "known_clusters", "budget", "final_check"}
    session.job_runs(EngineCall())
    assert made(session) == {"polls", "known_clusters", "budget", "final_check", "known_runs"}


def test_what_is_held_is_held_in_the_part_that_is_used(session: Session) -> None:
    """An id that is noted before its part was needed makes that part."""
    session.hold(CLUSTER, 501)
    session.hold(JOB_RUN, 9001)
    session.hold(HOOK, 7)
    assert session.known_clusters.holds_id(501)
    assert made(session) >= {"known_clusters", "final_check", "known_runs"}
    assert session.definitions(HOOK, EngineCall())


def test_the_owner_and_the_id_of_a_cluster_are_noted(session: Session) -> None:
    """The check at the end of the operation needs the stack's scope, and the ids that are in its state."""
    owner = owner_text("acme", "urn:pulumi:dev::loads::pulumi-python:dynamic/xplenty:Cluster::etl")
    session.note(CLUSTER, ("501", {OWNER: owner}))
    session.note(JOB_RUN, ("9001", {OWNER: "nobody's"}))
    assert session.final_check._known == {501}
    assert len(session.final_check._scopes) == 1


def test_threads_that_need_a_part_at_once_get_the_same(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first thread makes it while the others wait for it, however long that takes."""
    makers, others = list[object](), Event()

    class SlowPolls(Polls):
        def __init__(self, *arguments: Any) -> None:
            makers.append(self)
            others.wait(timeout=0.2)
            super().__init__(*arguments)

    monkeypatch.setattr(session_module, "Polls", SlowPolls)
    start = Barrier(THREADS, timeout=30)

    def need() -> object:
        start.wait()
        return session.polls

    with ThreadPoolExecutor(THREADS) as threads:
        found = [one.result(timeout=30) for one in [threads.submit(need) for _ in range(THREADS)]]
    assert {id(one) for one in found} == {id(session.polls)}
    assert makers == [session.polls]

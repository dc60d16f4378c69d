"""The sessions of a process: one for each account, opened where one is first needed."""

from dataclasses import dataclass, field

import pytest

from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.marker import Owner
from xplenty_pulumi.core.kinds.ownership import UNKNOWN
from xplenty_pulumi.dynamic import session
from xplenty_pulumi.dynamic.providers import sessions
from xplenty_pulumi.dynamic.providers.sessions import hold_for, session_for
from xplenty_pulumi.redact import Secret
from xplenty_pulumi.settings import Settings

ACME = Settings(Secret("a made-up key"), "acme")


@dataclass
class Opened:
    """A session that only remembers what it is told."""

    settings: Settings
    held: list[tuple[Kind, int]] = field(default_factory=list)

    def hold(self, kind: Kind, resource_id: int, _owner: Owner | None, *, made: str) -> None:
        del made
        self.held.append((kind, resource_id))


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Opened]:
    """Every session that was opened, the newest last."""
    made: list[Opened] = []

    def open_session(settings: Settings) -> Opened:
        made.append(Opened(settings))
        return made[-1]

    monkeypatch.setattr(session, "open_session", open_session)
    monkeypatch.setattr(sessions, "_sessions", {})
    monkeypatch.setattr(sessions, "_held", {})
    return made


def test_there_is_one_session_for_each_account(opened: list[Opened]) -> None:
    """Whoever asks again for the same settings gets the same session."""
    other = Settings(Secret("a made-up key"), "other")

    assert session_for(ACME) is session_for(ACME)
    assert session_for(other) is not session_for(ACME)
    assert [one.settings for one in opened] == [ACME, other]


def test_what_the_state_holds_is_known_however_late_a_session_is_opened(opened: list[Opened]) -> None:
    """Noting an id opens no session; the first one knows all that was noted before and after it."""
    hold_for(ACME, CLUSTER, 501, made=UNKNOWN)
    assert not opened

    session_for(ACME)
    hold_for(ACME, JOB_RUN, 9001, made=UNKNOWN)

    assert opened[0].held == [(CLUSTER, 501), (JOB_RUN, 9001)]


def test_an_account_knows_its_own_ids_only(opened: list[Opened]) -> None:
    """The same id means something else in another account."""
    hold_for(ACME, CLUSTER, 501, made=UNKNOWN)

    session_for(Settings(Secret("a made-up key"), "other"))

    assert opened[0].held == []


def test_the_oldest_session_goes_first(opened: list[Opened]) -> None:
    """A process that uses more accounts than are kept opens one anew that it used long ago."""
    for number in range(9):
        session_for(Settings(Secret("a made-up key"), f"account-{number}"))

    session_for(Settings(Secret("a made-up key"), "account-0"))

    assert len(opened) == 10

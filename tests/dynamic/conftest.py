"""The host of the SDK before an emulated account, in this process and as one of its own."""

import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import pytest
from pulumi.dynamic import ResourceProvider

from tests.dynamic.host import URN, Engine, Host, engine, host_in_this_process, host_process
from tests.dynamic.quick_host import SkippingClock
from tests.support.accounts.clients import forget_sessions, settings_of
from tests.support.engine.interpreter import interpreter_in
from tests.support.engine.stack import STEP
from xplenty_pulumi import (
    ClusterProvider,
    ConnectionProvider,
    HookProvider,
    JobRunProvider,
    PackageProvider,
    ScheduleProvider,
)
from xplenty_pulumi.dynamic import bridge, operations, session
from xplenty_pulumi.dynamic.bridge import engine as bridge_engine
from xplenty_pulumi.dynamic.providers import checking, remarks, reporting
from xplenty_pulumi.emulator import Emulator, PackageSeed, Seed

QUICK = {"XPLENTY_POLL_SECONDS": "0.05"}
NAMES = itertools.count(1)
SEED = Seed(
    packages=(
        PackageSeed(101, "Sales", run_seconds=60, outputs={"sales": 7}),
        PackageSeed(103, "Broken", run_seconds=20, failure="Input path\nnot found."),
        PackageSeed(
            104, "Rude", run_seconds=20, failure="no such path\x1b[2J\x07\x9b\u202e\n::error::no\n##[error]##vso[a]b"
        ),
        PackageSeed(106, "Endless", run_seconds=10**9),
    ),
    clusters_that_fail=("doomed*",),
)


@dataclass(frozen=True)
class ProviderScene:
    """A host, what it works on, and what it says."""

    channel: grpc.Channel
    account: Emulator
    engine: Engine
    printed: list[str] = field(default_factory=list)
    ended: Callable[[float], int] | None = None
    """Waits so many seconds for the end of the host's process, where it has one of its own."""

    def clusters(self) -> Host:
        """Return the calls about a cluster that no other test knows."""
        return self._host(ClusterProvider(), "Cluster")

    def runs(self) -> Host:
        """Return the calls about a run that no other test knows."""
        return self._host(JobRunProvider(), "JobRun")

    def hooks(self) -> Host:
        """Return the calls about a hook that no other test knows."""
        return self._host(HookProvider(), "Hook")

    def schedules(self) -> Host:
        """Return the calls about a schedule that no other test knows."""
        return self._host(ScheduleProvider(), "Schedule")

    def packages(self) -> Host:
        """Return the calls about a package that no other test knows."""
        return self._host(PackageProvider(), "Package")

    def connections(self) -> Host:
        """Return the calls about a connection that no other test knows."""
        return self._host(ConnectionProvider(), "Connection")

    def _host(self, provider: ResourceProvider, kind: str) -> Host:
        urn = URN.replace("Cluster::etl", f"{kind}::{next(NAMES)}")
        return Host(self.channel, provider, urn=urn)

    def ready_cluster(self) -> str:
        """Return the id of a cluster that somebody else made."""
        return str(self.account.add_cluster().id)


@pytest.fixture(scope="module")
def here() -> Iterator[ProviderScene]:
    """A host in this process."""
    served = Emulator(SEED, step=STEP)
    with pytest.MonkeyPatch.context() as patch, served as account, engine() as (told, address):
        for name, text in {**settings_of(account), **QUICK}.items():
            patch.setenv(name, text)
        patch.delenv("XPLENTY_BRIDGE", raising=False)
        patch.setattr(session, "SystemClock", SkippingClock)
        patch.setattr(sys, "argv", ["host", address])
        forget_the_process()
        with host_in_this_process() as channel:
            yield ProviderScene(channel, account, told)
        forget_the_process()


def forget_the_process() -> None:
    """Let go of what the front end keeps for the life of a process."""
    forget_sessions()
    made = (
        operations.open_operations,
        operations.declared_owners,
        checking.declared_clusters,
        remarks.shown_warnings,
        remarks.told_troubles,
        remarks.warn_of_settings,
        reporting.report_to_engine,
    )
    for kept in (bridge_engine.log_service, bridge.report, bridge.announce, bridge.cancel_signal, *made):
        kept.cache_clear()


@pytest.fixture(scope="module")
def apart() -> Iterator[ProviderScene]:
    """A host in a process of its own, as the engine starts it."""
    with Emulator(SEED, step=STEP) as account, host_apart(account) as scene:
        yield scene


@contextmanager
def host_apart(
    account: Emulator,
    *,
    python: str = sys.executable,
    command: Sequence[str] = ("-m", "tests.dynamic.quick_host"),
    **more: str,
) -> Iterator[ProviderScene]:
    """Start a host in a process of its own for an account that is served already; `more` goes into its environment."""
    environment = {**settings_of(account), **QUICK, **more}
    with engine() as (told, address), host_process(address, environment, python=python, command=command) as host:
        yield ProviderScene(host.channel, account, told, host.printed, host.ended)


@pytest.fixture(params=["here", "apart"])
def scene(request: pytest.FixtureRequest) -> ProviderScene:
    """Either of them: what holds for the one must hold for the other."""
    found: ProviderScene = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def make_apart(tmp_path: Path) -> Iterator[Callable[..., ProviderScene]]:
    """A maker of hosts in processes of their own, which begin at once; it takes what `host_apart` takes."""
    prepared = {"python": str(interpreter_in(tmp_path))}
    with ExitStack() as stack:
        yield lambda account, **options: stack.enter_context(host_apart(account, **{**prepared, **options}))

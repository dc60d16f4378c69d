"""The host of the SDK before an emulated account, in this process and as one of its own."""

import itertools
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

import grpc
import pytest
from pulumi.dynamic import ResourceProvider

from tests.dynamic.host import URN, Engine, Host, engine, host_in_this_process, host_process
from xplenty_pulumi import ClusterProvider, JobRunProvider
from xplenty_pulumi.dynamic import bridge, session, settings
from xplenty_pulumi.emulator import Emulator, PackageSeed, Seed

TIME_SCALE = 3_000.0
NAMES = itertools.count(1)
SEED = Seed(
    packages=(
        PackageSeed(101, "Sales", run_seconds=60, outputs={"sales": 7}),
        PackageSeed(103, "Broken", run_seconds=20, failure="Input path\nnot found."),
        PackageSeed(106, "Endless", run_seconds=10**9),
    ),
    clusters_that_fail=("doomed*",),
)


@dataclass(frozen=True)
class Scene:
    """A host, what it works on, and what it says."""

    channel: grpc.Channel
    account: Emulator
    engine: Engine

    def clusters(self) -> Host:
        """Return the calls about a cluster that no other test knows."""
        return self._host(ClusterProvider(), "Cluster")

    def runs(self) -> Host:
        """Return the calls about a run that no other test knows."""
        return self._host(JobRunProvider(), "JobRun")

    def _host(self, provider: ResourceProvider, kind: str) -> Host:
        urn = URN.replace("Cluster::etl", f"{kind}::{next(NAMES)}")
        return Host(self.channel, provider, urn=urn)

    def ready_cluster(self) -> str:
        """Return the id of a cluster that somebody else made."""
        return str(self.account.add_cluster().id)


def settings_of(account: Emulator) -> Mapping[str, str]:
    """Return the environment that names the account."""
    return {
        "XPLENTY_API_URL": account.url,
        "XPLENTY_ACCOUNT_ID": account.account_id,
        "XPLENTY_API_KEY": account.api_key,
        "XPLENTY_POLL_SECONDS": "0.05",
    }


@pytest.fixture(scope="module")
def here() -> Iterator[Scene]:
    """A host in this process."""
    served = Emulator(SEED, time_scale=TIME_SCALE)
    with pytest.MonkeyPatch.context() as patch, served as account, engine() as (told, address):
        for name, text in settings_of(account).items():
            patch.setenv(name, text)
        patch.delenv("XPLENTY_BRIDGE", raising=False)
        patch.setattr(sys, "argv", ["host", address])
        forget_the_process()
        with host_in_this_process() as channel:
            yield Scene(channel, account, told)
        session.session_for(settings.load(os.environ, lambda _key: None)).client.close()
        forget_the_process()


def forget_the_process() -> None:
    """Let go of what the front end keeps for the life of a process."""
    bridge._engine.cache_clear()
    session._session.cache_clear()


@pytest.fixture(scope="module")
def apart() -> Iterator[Scene]:
    """A host in a process of its own, as the engine starts it."""
    with ExitStack() as stack:
        account = stack.enter_context(Emulator(SEED, time_scale=TIME_SCALE))
        told, address = stack.enter_context(engine())
        yield Scene(stack.enter_context(host_process(address, settings_of(account))), account, told)


@pytest.fixture(params=["here", "apart"])
def scene(request: pytest.FixtureRequest) -> Scene:
    """Either of them: what holds for the one must hold for the other."""
    found: Scene = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def make_apart() -> Iterator[Callable[[Emulator], Scene]]:
    """A maker of hosts in processes of their own, each for an account that is served already."""
    with ExitStack() as stack:

        def make(account: Emulator) -> Scene:
            told, address = stack.enter_context(engine())
            return Scene(stack.enter_context(host_process(address, settings_of(account))), account, told)

        yield make

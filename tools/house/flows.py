"""What a flow runs through: the functions and files of the package, until its call is sent or its text is there."""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

import xplenty_pulumi
from xplenty_pulumi.emulator import Emulator, PackageSeed, Request, Response, Seed

_OWNER = {"__owner": "organization|urn:pulumi:dev::house::pulumi-python:dynamic/xplenty:Cluster::etl"}
_FAILING = PackageSeed(901, "Fails at once", run_seconds=1, failure="no such path")
_PACKAGE = str(Path(xplenty_pulumi.__file__).parent)


@dataclass
class Travel:
    """The functions of the package that were entered, those of the emulated service not among them."""

    functions: set[tuple[str, str]] = field(default_factory=set)
    is_over: bool = False

    def note(self, frame: FrameType, event: str, _argument: object) -> None:
        """Note a call of a function, as a profiler is called with it."""
        file = frame.f_code.co_filename
        is_body = frame.f_code.co_name.startswith("<")
        if event == "call" and not (self.is_over or is_body) and file.startswith(_PACKAGE) and "/emulator/" not in file:
            self.functions.add((file, frame.f_code.co_qualname))

    def files(self) -> int:
        """Return how many files the functions stand in."""
        return len({file for file, _ in self.functions})

    def before(self, request: Request) -> Response | None:
        """End the travel with a PUT."""
        self.is_over = self.is_over or request.method == "PUT"
        return None

    def after(self, _request: Request, response: Response) -> Response:
        """Let the answer pass."""
        return response


def resize() -> Travel:
    """Return what a resize runs through until its PUT has come to the service."""
    travel = Travel()
    _load_modules()
    with _account(travel) as account:
        cluster = account.add_cluster(nodes=2)
        olds, news = {"nodes": 2, "status": "available", **_OWNER}, {"nodes": 4, **_OWNER}
        _follow(travel, lambda: xplenty_pulumi.ClusterProvider().update(str(cluster.id), olds, news))
    return travel


def failing_job() -> Travel:
    """Return what a run goes through from its create call to the text of its failure."""
    travel = Travel()
    with _account(travel) as account:
        inputs = {"cluster_id": account.add_cluster(nodes=2).id, "package_id": _FAILING.id, **_OWNER}
        _follow(travel, lambda: xplenty_pulumi.JobRunProvider().create(inputs))
    return travel


@contextmanager
def _account(travel: Travel) -> Iterator[Emulator]:
    emulator = Emulator(Seed(packages=(_FAILING,)), time_scale=600, gates=[travel])
    with emulator as account, patch.dict(os.environ, _settings(account)):
        yield account


def _settings(account: Emulator) -> Mapping[str, str]:
    return {
        "XPLENTY_API_URL": account.url,
        "XPLENTY_ACCOUNT_ID": account.account_id,
        "XPLENTY_API_KEY": account.api_key,
        "XPLENTY_BRIDGE": "off",
        "XPLENTY_POLL_SECONDS": "0.05",
    }


def _load_modules() -> None:
    """Load what a flow needs, since the bodies of modules and classes are no part of it."""
    with _account(Travel()) as account, suppress(Exception):
        xplenty_pulumi.JobRunProvider()
        xplenty_pulumi.ClusterProvider().update(
            str(account.add_cluster(nodes=2).id), {**_OWNER}, {"nodes": 3, **_OWNER}
        )


def _follow(travel: Travel, work: Callable[[], Any]) -> None:
    threading.setprofile(travel.note)
    sys.setprofile(travel.note)
    try:
        with suppress(Exception):
            work()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)

"""What holds for every test: answers of emulated accounts fit the API description."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.open_sockets import left_open, open_sockets
from tests.support.openapi import SchemaWatch, schema_watch
from xplenty_pulumi import redact
from xplenty_pulumi.emulator import FAULTS

__all__ = ["schema_watch"]

# A machine that is busy with something else is no reason to fail, so nothing that the wall clock decides is checked.
settings.register_profile("by content only", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("by content only")


if sys.version_info >= (3, 14):  # older versions make the event loop that the SDK's mocks ask for
    asyncio.set_event_loop(asyncio.new_event_loop())


@pytest.fixture(autouse=True)
def _answers_fit_the_schema(schema_watch: SchemaWatch) -> None:
    """Fail a test at its end when an account in this process gave an answer that the description does not allow."""


@pytest.fixture(autouse=True)
def _keys_are_those_of_the_test() -> Iterator[None]:
    """Forget the keys that a test has kept out of texts, which another one may say."""
    yield
    redact._kept_out.clear()


@pytest.fixture(autouse=True, scope="module")
def _folder_is_left_as_it_was() -> Iterator[None]:
    """Fail a file of tests that leaves the process in another folder, where others would write their files."""
    before = Path.cwd()
    yield
    assert Path.cwd() == before


@pytest.fixture(autouse=True, scope="module")
def _sockets_are_closed() -> Iterator[None]:
    """Fail a file of tests that leaves a connection to the garbage collector, which would fail another file's test."""
    before = open_sockets()
    yield
    assert not left_open(before)


ENGINE = {"engine", "engine_crash"}
SLOW = (
    "backends",
    "bad_input",
    "benchmarks",
    "compatibility",
    "crash",
    "docs",
    "faults",
    "gitops",
    "leaks",
    "model",
    "sdk",
    "systems",
    "typed_programs",
)
"""The folders of tests that need the engine, and of tests that try many cases or start processes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of these folders as what the folder is for."""
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        if folder in ENGINE:
            item.add_marker(pytest.mark.engine)
        if folder in SLOW:
            item.add_marker(pytest.mark.slow)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a fault of the emulator's catalogue in the name of a test by what it is called there."""
    return next((name for name, fault in FAULTS.items() if fault is val), None)


# A run in the background is started with these signals ignored, and so would be every program that a test sends one.
for number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL)

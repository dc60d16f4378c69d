"""The pytest fixture `xplenty_account`, for people who test their own Pulumi programs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from xplenty_pulumi.emulator.emulator import Emulator

_MARKER = "xplenty(**options): options of the emulator behind the fixture xplenty_account, such as step=30"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker `xplenty` known."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def xplenty_account(request: pytest.FixtureRequest) -> "Iterator[Emulator]":
    """Serve an emulated Xplenty account for one test.

    `@pytest.mark.xplenty(step=30, knobs=Knobs(...), seed=Seed(...))` sets the options of `Emulator`; the marker
    nearest to the test wins, option by option.
    """
    from xplenty_pulumi.emulator.emulator import Emulator  # noqa: PLC0415 - only tests that use it load the emulator

    options: dict[str, object] = {}
    for marker in reversed(list(request.node.iter_markers("xplenty"))):
        options |= marker.kwargs
    with Emulator(**options) as account:  # type: ignore[arg-type]  # the emulator itself refuses unknown options
        yield account

"""What providers log is heard by the simulated engine."""

import pytest

from tests.support.openapi import SchemaWatch
from tests.support.simulation.host import hear


@pytest.fixture(autouse=True)
def _simulated_engine(monkeypatch: pytest.MonkeyPatch, schema_watch: SchemaWatch) -> None:
    """Answers are checked against the API description elsewhere; here there are too many of them."""
    schema_watch.look_away()
    hear(monkeypatch)

"""One day of a provider, with every text caught that it leaves behind."""

import sys
from pathlib import Path

import pytest

from tests.leaks.scenario import day
from tests.leaks.sinks import SINKS, Caught
from tests.leaks.test_planted import BY_ENGINE, COMMAND
from tests.support import scoreboard
from tests.support.openapi import SchemaWatch


def test_no_secret_in_any_sink(tmp_path: Path, capfd: pytest.CaptureFixture[str], schema_watch: SchemaWatch) -> None:
    """Neither the key nor a secret variable is anywhere, in any spelling, whatever went well or badly."""
    schema_watch.look_away()
    caught = Caught()
    with day(caught, tmp_path) as (host, _):
        sys.stdout.write("the day begins")
        host.pass_by()
    out, err = capfd.readouterr()
    caught.add("standard output", out)
    caught.add("standard error", err, "the end")
    mine = [sink for sink in SINKS if sink not in BY_ENGINE]
    assert {sink: caught.leaks(sink) for sink in mine} == {sink: [] for sink in mine}
    for _ in mine:
        scoreboard.count("sinks without a leak", goal=len(SINKS), command=COMMAND)

"""The answer to a call of the engine as an event: whose it was, how long it took, and what came of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import HostError
from tests.dynamic.providers.test_host_life import created
from tests.support.accounts.event_lines import events_in

Outcomes = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def outcomes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outcomes:
    """The outcomes that the provider process has reported."""
    path = tmp_path / "events.jsonl"
    monkeypatch.setenv("XPLENTY_EVENTS", str(path))

    def read() -> list[dict[str, Any]]:
        return [one for one in events_in(path) if one["event"] == "outcome"]

    return read


def test_outcomes_of_a_life(here: ProviderScene, outcomes: Outcomes) -> None:
    """Each method names the resource, its kind, its id and its success."""
    host = here.clusters()
    id_, made = created(host, nodes=2)
    host.read(id_, made)
    host.delete(id_, made)

    found = outcomes()
    assert [(one["operation"], one.get("id", ""), one["result"]) for one in found] == [
        ("check", "", "succeeded"),
        ("create", id_, "succeeded"),
        ("read", id_, "succeeded"),
        ("delete", id_, "succeeded"),
    ]
    assert {(one["name"], one["kind"]) for one in found} == {(host.urn.rpartition("::")[2], "cluster")}
    assert {one["urn"] for one in found} == {host.urn}
    assert all(one["seconds"] >= 0 for one in found)


def test_failure_that_keeps_a_resource(here: ProviderScene, outcomes: Outcomes) -> None:
    """A failed run is kept in the state: the event has its id, the class of the error, and what the user reads."""
    host = here.runs()
    inputs, _ = host.check(host.properties({"cluster_id": here.ready_cluster(), "package_id": 103}))
    with pytest.raises(HostError) as caught:
        host.create(inputs)
    found = outcomes()[-1]
    assert (found["operation"], found["result"], found["error_class"]) == ("create", "kept", "JobFailed")
    assert found["id"] == caught.value.kept.id
    assert found["error"] == " ".join(caught.value.status.message.split())


def test_failure_that_keeps_nothing(here: ProviderScene, outcomes: Outcomes) -> None:
    """A resource of another account is a failure, with the class of the error."""
    host = here.clusters()
    with pytest.raises(HostError):
        host.read("999999", host.properties({"nodes": 2}) | {"__account": "another"})
    found = outcomes()[-1]
    assert (found["operation"], found["result"], found["error_class"]) == ("read", "failed", "ConfigError")


def test_secret_variables_are_in_no_event(here: ProviderScene, outcomes: Outcomes, tmp_path: Path) -> None:
    """Variables are in no event."""
    host = here.runs()
    given = {"cluster_id": here.ready_cluster(), "package_id": 101, "variables": {"token": "'canary-of-a-variable'"}}
    created(host, **given)
    assert outcomes()[-1]["operation"] == "create"
    assert "canary-of-a-variable" not in (tmp_path / "events.jsonl").read_text(encoding="utf-8")


def test_file_that_cannot_be_written(here: ProviderScene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An operation goes on without its events, and the engine shows one warning."""
    monkeypatch.setenv("XPLENTY_EVENTS", str(tmp_path / "missing" / "events.jsonl"))
    host = here.clusters()
    host.configure()
    created(host, nodes=2)
    warned = [line.text for line in here.engine.lines if "the events cannot be written" in line.text]
    assert len(warned) == 1

"""Check and Diff through the SDK's host."""

import pytest
from pulumi.output import Unknown

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import UNKNOWN
from xplenty_pulumi.dynamic.state import OWNER, SECRETS

DIFF_UNKNOWN, DIFF_SOME = 0, 2


def test_check_with_unknowns(scene: ProviderScene) -> None:
    """What is not known yet stays so, required or not, and what is known becomes canonical."""
    host = scene.runs()
    given = {"cluster_id": UNKNOWN, "package_id": 101, "variables": {"a": UNKNOWN, "b": 5}, SECRETS: ["a"]}
    inputs, failures = host.check(host.properties(given))
    assert not failures
    assert isinstance(inputs["cluster_id"], Unknown)
    assert isinstance(inputs["variables"]["a"], Unknown)
    assert inputs["package_id"] == "101"
    assert "on_unsure" not in inputs
    assert (inputs[SECRETS], inputs[OWNER]) == (["a"], f"acme|{host.urn}")


def test_check_tells_every_problem(scene: ProviderScene) -> None:
    """All problems come at once, each with its field."""
    _, failures = scene.clusters().check({"nodes": 0, "type": "box", "colour": "red"})
    assert sorted(failure.property for failure in failures) == ["colour", "nodes", "type"]
    assert all(failure.property in failure.reason for failure in failures)


def test_check_does_not_point_at_secret_values(scene: ProviderScene) -> None:
    """The engine prints the value of the property that a failure names, so none is named for variables."""
    _, failures = scene.runs().check({"cluster_id": 1, "package_id": 2, "variables": {"a": ["hidden"]}})
    assert [(failure.property, "hidden" in failure.reason) for failure in failures] == [("", False)]
    assert failures[0].reason.startswith("variables has a value for 'a' ")


@pytest.mark.parametrize(
    "name", ["nodes", "type", "time_to_idle", "terminate_on_idle", "ready_timeout", "bootstrap_actions"]
)
def test_check_shows_no_secret(scene: ProviderScene, name: str) -> None:
    """A wrong value of a secret input is told without the value, and without the name that has the engine print it."""
    _, (failure,) = scene.clusters().check({"nodes": 2, name: "hush", SECRETS: [f"/{name}"]})
    assert (failure.property, "hush" in failure.reason) == ("", False)
    assert failure.reason.startswith(f"{name} must be ")
    assert failure.reason.endswith(", got ***")


def test_diff_leaves_changes_in_place_to_the_engine(scene: ProviderScene) -> None:
    """A change that is made in place is found by the engine itself; nothing is replaced."""
    host = scene.clusters()
    olds, _ = host.check(host.properties({"nodes": 2}))
    news, _ = host.check(host.properties({"nodes": 3}))
    found = host.diff("501", {**olds, "status": "available"}, news)
    assert (found.changes, list(found.replaces), found.deleteBeforeReplace) == (DIFF_UNKNOWN, [], True)


def test_diff_replaces_what_can_not_change(scene: ProviderScene) -> None:
    """A change of region needs a new cluster, the old one ended first."""
    host = scene.clusters()
    olds, _ = host.check(host.properties({"nodes": 2, "region": "gcloud::us-central1"}))
    news, _ = host.check(host.properties({"nodes": 2, "region": "gcloud::europe-west1"}))
    found = host.diff("501", {**olds, "status": "available"}, news)
    assert (list(found.replaces), found.deleteBeforeReplace) == (["region"], True)


@pytest.mark.parametrize("status", ["failed", "stopped"])
def test_diff_runs_anew_what_did_not_succeed(scene: ProviderScene, status: str) -> None:
    """A run that failed or was stopped is replaced although no input has changed."""
    host = scene.runs()
    news, _ = host.check(host.properties({"cluster_id": 1, "package_id": 101}))
    found = host.diff("5", {**news, "status": status}, news)
    assert (found.changes, list(found.replaces)) == (DIFF_SOME, ["status"])


def test_check_names_settings_that_are_missing(here: ProviderScene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key nothing is even tried: the failure names both places where it can be set."""
    monkeypatch.delenv("XPLENTY_API_KEY")
    _, (failure,) = here.clusters().check({"nodes": 2})
    assert failure.property == ""
    assert "XPLENTY_API_KEY" in failure.reason
    assert "pulumi config set --secret xplenty:apiKey" in failure.reason


def test_diff_needs_no_settings(here: ProviderScene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan can be made without a key."""
    monkeypatch.delenv("XPLENTY_API_KEY")
    host = here.clusters()
    olds = {"nodes": 2, "type": "production", "zone": "a", "status": "available"}
    assert list(host.diff("501", olds, {"nodes": 3, "zone": "b"}).replaces) == ["zone"]


def test_a_resource_of_somebody_else_is_refused(here: ProviderScene) -> None:
    """Properties that do not say whose resource it is create nothing."""
    before = here.account.clusters()
    with pytest.raises(Exception, match="does not say whose it is"):
        here.clusters().create({"nodes": 2})
    assert here.account.clusters() == before

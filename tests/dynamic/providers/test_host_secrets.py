"""Secret inputs through the SDK's host."""

from tests.dynamic.conftest import ProviderScene
from xplenty_pulumi.dynamic.state import OBSERVED, SECRETS, read_observed

GIVEN = {"nodes": 2, "name": "ab", "description": "2026"}


def test_a_state_of_an_earlier_version_is_masked_by_an_update_that_sends_nothing(scene: ProviderScene) -> None:
    """It does not say where secrets stand, so what is observed is in clear until an `up` has said it."""
    host = scene.clusters()
    inputs, _ = host.check(host.properties(GIVEN))
    id_, made = host.create(inputs)
    news, _ = host.check(host.properties({**GIVEN, SECRETS: ["/description", "/name"]}))
    before = len([call for call in scene.account.calls() if call.method != "GET"])

    mended = host.update(id_, made, news)

    assert len([call for call in scene.account.calls() if call.method != "GET"]) == before
    assert (read_observed(made[OBSERVED])["name"], read_observed(mended[OBSERVED])["name"]) == ("ab", "***")
    assert (mended["name"], mended["description"]) == ("ab", "2026")


def test_a_failed_run_with_a_secret_status_is_run_anew(scene: ProviderScene) -> None:
    """That a variable is called `failed` does not hide that the run is."""
    host = scene.runs()
    given = {"cluster_id": scene.ready_cluster(), "package_id": 103, "variables": {"a": "failed"}, SECRETS: ["a"]}
    inputs, _ = host.check(host.properties({**given, "on_failure": "record"}))
    id_, made = host.create(inputs)

    assert read_observed(made[OBSERVED])["status"] == "failed"
    assert list(host.diff(id_, made, inputs).replaces) == ["status"]

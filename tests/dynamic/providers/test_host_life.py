"""Create, update, read and delete through the SDK's host, and what its failures carry to the engine."""

from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import status_pb2

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import Host, HostError, Line
from xplenty_pulumi.dynamic.providers import cluster
from xplenty_pulumi.dynamic.state import DECLARED, side_by_side

pytestmark = pytest.mark.slow


def created(host: Host, **given: Any) -> tuple[str, dict[str, Any]]:
    inputs, failures = host.check(host.properties(given))
    assert not failures
    return host.create(inputs)


def test_life_of_a_cluster(scene: ProviderScene) -> None:
    """A cluster is created, resized, read and ended, and each step is seen to be true."""
    host = scene.clusters()
    id_, made = created(host, nodes=2, name="night")
    shown = side_by_side(made)
    assert (shown["status"], shown["nodes"], shown["name"]) == ("available", 2, "night")
    assert shown[DECLARED] == ["name", "nodes"]

    news, _ = host.check(host.properties({"nodes": 3, "name": "day"}))
    changed = host.update(id_, made, news)
    assert (changed["nodes"], changed["name"]) == (3, "day")
    assert host.read(id_, changed)[0] == id_

    host.delete(id_, changed)
    assert scene.account.cluster(int(id_)).status == "terminated"
    assert host.read(id_, changed) == ("", {"__provider": host.provider}, {})


def test_a_cluster_that_has_the_id_of_ours_by_now_is_left_alone(scene: ProviderScene) -> None:
    """Its creation tells: neither a change nor a delete reaches it, and a refresh sees that ours is gone."""
    host = scene.clusters()
    id_, made = created(host, nodes=2)
    later = scene.account.cluster(int(id_)).created_at + 86_400
    other = scene.account.edit_cluster(int(id_), created_at=later, description="of others")

    news, _ = host.check(host.properties({"nodes": 3}), made)
    with pytest.raises(HostError, match="another cluster by now"):
        host.update(id_, made, news)
    assert host.read(id_, made)[0] == ""
    host.delete(id_, made)

    assert scene.account.cluster(int(id_)) == other


def test_sandbox_needs_no_nodes(scene: ProviderScene) -> None:
    """The service is given its one node, and a program that declares it, or stops doing so, changes nothing."""
    host = scene.clusters()
    id_, made = created(host, type="sandbox")
    shown = side_by_side(made)
    assert (shown["nodes"], shown[DECLARED], scene.account.cluster(int(id_)).nodes) == (1, ["name", "type"], 1)
    updates = scene.account.cluster(int(id_)).updated_at

    declared, _ = host.check(host.properties({"type": "sandbox", "nodes": 1}))
    dropped, _ = host.check(host.properties({"type": "sandbox"}))
    host.update(id_, host.update(id_, made, declared), dropped)

    assert scene.account.cluster(int(id_)).updated_at == updates


def test_life_of_a_run(scene: ProviderScene) -> None:
    """A run is followed to its end, is the same at a second look, and is only forgotten by a delete."""
    host = scene.runs()
    id_, made = created(host, cluster_id=scene.ready_cluster(), package_id=101, variables={"day": "'monday'"})
    shown = side_by_side(made)
    assert (shown["status"], shown["variables"], shown["progress"]) == ("completed", {"day": "'monday'"}, 1)
    assert host.read(id_, made)[0] == id_
    assert side_by_side(host.update(id_, made, made))["status"] == "completed"
    host.delete(id_, made)
    assert scene.account.job(int(id_)).status == "completed"


def test_rows_tell_what_happens(scene: ProviderScene) -> None:
    """The row of the resource shows each new status while the call is under way, and in the end which one has ended."""
    host = scene.clusters()
    id_, made = created(host, nodes=2)
    host.delete(id_, made)
    mine = [line for line in scene.engine.lines if line.urn == host.urn]
    assert mine[0].text.partition(" · ")[0] in {"[1/2] pending", "[2/2] creating"}
    assert Line("INFO", host.urn, "available", ephemeral=True) in mine
    assert mine[-1] == Line("INFO", host.urn, f"cluster {id_} terminated and is replaced", ephemeral=True)


def test_what_replaces_another_says_at_once_what_it_does(scene: ProviderScene) -> None:
    """The row does not go on showing the end of the former one, which it says is replaced.

    A resource that has none begins with its status.
    """
    host = scene.clusters()
    id_, made = created(host, nodes=2)
    host.delete(id_, made)
    created(host, nodes=2)
    texts = [line.text.partition(" · ")[0] for line in scene.engine.lines if line.urn == host.urn]
    after = texts.index(f"cluster {id_} terminated and is replaced") + 1
    assert texts[after] == "looking for an earlier attempt"
    assert texts.count("looking for an earlier attempt") == 1


def test_drift_comes_back_as_inputs(scene: ProviderScene) -> None:
    """What somebody else changed is in the refreshed inputs, so the engine sees it property by property."""
    host = scene.clusters()
    id_, made = created(host, nodes=2, name="ours")
    scene.account.edit_cluster(int(id_), name="theirs")
    _, outputs, inputs = host.read(id_, made)
    assert (outputs["name"], inputs["name"], inputs["nodes"]) == ("theirs", "theirs", 2)


def test_a_failed_create_keeps_the_resource(scene: ProviderScene) -> None:
    """A cluster that ended in error is handed to the engine with its id, the reason and all outputs."""
    host = scene.clusters()
    with pytest.raises(HostError) as caught:
        created(host, nodes=2, name="doomed one", on_create_failure="keep")
    kept = caught.value.kept
    assert scene.account.cluster(int(kept.id)).name == "doomed one"
    assert list(kept.reasons) == [caught.value.status.message]
    outputs = side_by_side(caught.value.kept_outputs)
    assert (outputs["status"], outputs["nodes"], outputs["__provider"]) == ("error", 2, host.provider)
    assert "__owner" in outputs


def test_trailer_is_what_the_engine_reads(scene: ProviderScene) -> None:
    """The trailer is a status of the same code as the call, with one detail, and its text is one line."""
    host = scene.runs()
    with pytest.raises(HostError) as caught:
        created(host, cluster_id=scene.ready_cluster(), package_id=103)
    error = caught.value
    assert (error.code, error.status.code) == (grpc.StatusCode.UNKNOWN, grpc.StatusCode.UNKNOWN.value[0])
    assert error.trailer == status_pb2.Status.SerializeToString(error.status)
    assert [detail.type_url.rpartition("/")[2] for detail in error.status.details] == [
        "pulumirpc.ErrorResourceInitFailed"
    ]
    assert error.status.message.isprintable()
    assert "Input path not found" in error.status.message
    assert (side_by_side(error.kept_outputs)["status"], error.kept.HasField("inputs")) == ("failed", False)


def test_a_plain_failure_is_one_line_without_a_resource(scene: ProviderScene) -> None:
    """An error before there is anything to keep is a status of ours without details."""
    with pytest.raises(HostError) as caught:
        scene.clusters().read("987654", {})
    assert not caught.value.status.details
    assert caught.value.status.message == (
        "cluster 987654: the service does not know it (404). Correct the id that the program looks up"
    )


def test_a_run_that_is_looked_up_must_be_there(scene: ProviderScene) -> None:
    """A state may hold a run that the service has forgotten; a program that only looks it up has the wrong id."""
    with pytest.raises(HostError) as caught:
        scene.runs().read("987654", {})
    assert caught.value.status.message == (
        "job 987654: the service does not know it (404). Correct the id that the program looks up"
    )


def test_read_of_what_is_gone_returns_no_id(scene: ProviderScene) -> None:
    """A managed resource that the service does not know is gone: an empty id, and a warning that says so."""
    for host, name in ((scene.clusters(), "cluster 987654"), (scene.runs(), "job 987654")):
        id_, outputs, _ = host.read("987654", {DECLARED: [], "status": "failed"})
        assert (id_, outputs) == ("", {"__provider": host.provider})
        assert any(line.urn == host.urn and name in line.text for line in scene.engine.lines)


def test_read_of_a_run_that_was_active_and_vanished_keeps_it(scene: ProviderScene) -> None:
    """Nobody knows how it ended, so the state keeps it with that as the reason, and nothing is run in its place."""
    with pytest.raises(HostError) as caught:
        scene.runs().read("987654", {DECLARED: [], "status": "running"})
    assert caught.value.kept.id == "987654"
    assert "which was active, so how it ended cannot be seen" in caught.value.status.message


def test_read_of_an_unhealthy_cluster_keeps_it(scene: ProviderScene) -> None:
    """A cluster in error stays in the state, with refreshed inputs and the reason."""
    host = scene.clusters()
    with pytest.raises(HostError) as made:
        created(host, nodes=2, name="doomed two", on_create_failure="keep")
    with pytest.raises(HostError) as caught:
        host.read(made.value.kept.id, made.value.kept_outputs)
    assert caught.value.kept.id == made.value.kept.id
    assert dict(caught.value.kept.inputs)["nodes"] == 2
    assert "error" in caught.value.status.message


def test_without_the_bridge_the_text_still_arrives(here: ProviderScene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Switched off, the bridge adds no trailer and no rows, and the error has our text in the host's own."""
    monkeypatch.setenv("XPLENTY_BRIDGE", "off")
    host = here.clusters()
    with pytest.raises(HostError) as caught:
        host.read("987654", {})
    assert caught.value.trailer == b""
    assert "cluster 987654: the service does not know it (404)" in caught.value.text
    assert not [line for line in here.engine.lines if line.urn == host.urn]


def test_a_surprise_is_one_line_too(here: ProviderScene, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of nobody's making is told in one line, and its traceback only to those who debug."""
    monkeypatch.setattr(cluster.ClusterProvider, "outputs", _surprise)
    with pytest.raises(HostError) as caught:
        here.clusters().read(here.ready_cluster(), {})
    assert caught.value.status.message.startswith("an unexpected LookupError in this provider: ")
    assert "Traceback" not in caught.value.status.message
    assert any("Traceback" in line.text for line in here.engine.lines if line.severity == "DEBUG")


def _surprise(*_: object) -> dict[str, object]:
    raise LookupError("nobody thought of this")


def test_id_that_is_none_is_told_in_one_line(scene: ProviderScene) -> None:
    """What cannot be an id is refused in one line before anything is asked of the service."""
    with pytest.raises(HostError) as caught:
        scene.clusters().read("not a number", {})
    assert "must be an id, a whole number above 0, got 'not a number'" in caught.value.status.message
    assert caught.value.status.message.isprintable()


def test_an_option_that_is_taken_away_leaves_nothing_behind(scene: ProviderScene) -> None:
    """A completed run whose program no longer declares an option has it neither on top nor among what is observed."""
    host = scene.runs()
    id_, made = created(host, cluster_id=scene.ready_cluster(), package_id=101, timeout="2h")
    news, _ = host.check(host.properties({"cluster_id": made["cluster_id"], "package_id": 101}))

    changed = side_by_side(host.update(id_, made, news))

    assert "timeout" not in changed
    assert changed["status"] == "completed"


def test_default_that_was_changed_from_outside_is_drift(scene: ProviderScene) -> None:
    """It comes back as an input that the program does not have, so the engine plans an update, which sets it right."""
    host = scene.clusters()
    id_, made = created(host, nodes=2)
    scene.account.edit_cluster(int(id_), time_to_idle=60)

    _, outputs, inputs = host.read(id_, made)
    news, _ = host.check(host.properties({"nodes": 2}))
    mended = side_by_side(host.update(id_, outputs, news))

    assert (inputs["time_to_idle"], "time_to_idle" in news) == (60, False)
    assert (mended["time_to_idle"], mended[DECLARED]) == (3600, ["name", "nodes"])
    assert scene.account.cluster(int(id_)).time_to_idle == 3600


def test_state_that_says_little_is_no_reason_for_a_new_cluster(scene: ProviderScene) -> None:
    """A default of a field that the state knows nothing of is no difference, least of all one that replaces."""
    host = scene.clusters()
    olds, _ = host.check(host.properties({"nodes": 2}))

    found = host.diff("501", {**olds, "observed": ""}, olds)

    assert list(found.replaces) == []


def test_error_of_a_run_is_only_text(scene: ProviderScene) -> None:
    """Neither a terminal nor a CI system finds anything to obey in what a package says."""
    host = scene.runs()
    with pytest.raises(HostError) as caught:
        created(host, cluster_id=scene.ready_cluster(), package_id=104)
    said = caught.value.status.message
    assert ("no such path" in said, said.isprintable()) == (True, True)
    assert not any(command in said for command in ("##[", "##vso["))
    assert [line for line in scene.engine.lines if line.urn == host.urn]
    assert all(one in "\n\t" or one.isprintable() for line in scene.engine.lines for one in line.text)

"""Names of clusters whose program gives none, through the SDK's host."""

import json
from collections.abc import Callable

import pytest

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import UNKNOWN, Host
from xplenty_pulumi import ClusterProvider
from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.dynamic.state import MADE_NAME, owner_of
from xplenty_pulumi.emulator import Emulator


@pytest.fixture
def host(scene: ProviderScene) -> Host:
    """The calls about a cluster, in a stack without configuration."""
    return scene.clusters()


def name_of(host: Host) -> str:
    """Return the name that the documents promise for the resource of this host."""
    owner = owner_of(host.properties({}))
    return f"{owner.name.rpartition('::')[2]}-{marker_of(owner).name[:7]}"


def checked(host: Host, given: dict[str, object], olds: dict[str, object] | None = None) -> dict[str, object]:
    """Return the checked inputs; nothing is wrong with them."""
    inputs, failures = host.check(host.properties(given), olds)
    assert not failures
    return inputs


def test_name_is_made_of_that_of_the_resource(host: Host) -> None:
    """A preview and the `up` after it, which see a new resource both, make the same name."""
    first, second = checked(host, {"nodes": 2}), checked(host, {"nodes": 2})
    assert first["name"] == second["name"] == name_of(host)


def test_name_that_is_given_stays_as_it_is(host: Host) -> None:
    """Known or not known yet, it is the user's, and nothing is added to it."""
    assert MADE_NAME not in checked(host, {"nodes": 2, "name": "loads"})
    assert checked(host, {"nodes": 2, "name": "loads"})["name"] == "loads"
    assert checked(host, {"nodes": 2, "name": UNKNOWN})["name"] != name_of(host)


def test_what_exists_without_a_name_stays_without(host: Host) -> None:
    """A state of an earlier version is as quiet as before, and so is a cluster whose name the program gives no more."""
    for olds in ({"nodes": 2}, {"nodes": 2, "name": "given before"}):
        assert "name" not in checked(host, {"nodes": 2}, host.properties(olds))


def test_cluster_is_made_with_the_name(host: Host, scene: ProviderScene) -> None:
    """The service shows the name, the next check finds nothing to change, and so does a refresh."""
    news = checked(host, {"nodes": 2})
    id_, outputs = host.create(news)
    assert scene.account.cluster(int(id_)).name == outputs["name"] == name_of(host)
    assert checked(host, {"nodes": 2}, news) == news
    assert host.read(id_, outputs)[2] == news


def test_name_that_was_changed_by_hand_is_drift(host: Host, scene: ProviderScene) -> None:
    """A refresh shows it, and the next update sets the name that was made."""
    news = checked(host, {"nodes": 2})
    id_, outputs = host.create(news)
    scene.account.edit_cluster(int(id_), name="mine")
    _, seen, inputs = host.read(id_, outputs)
    assert (inputs["name"], inputs[MADE_NAME]) == ("mine", name_of(host))
    wanted = checked(host, {"nodes": 2}, inputs)
    host.update(id_, seen, wanted)
    assert scene.account.cluster(int(id_)).name == wanted["name"] == name_of(host)


def test_name_outlives_what_it_was_made_of(scene: ProviderScene, make_apart: Callable[..., ProviderScene]) -> None:
    """A stack that is renamed, or another setting, renames no cluster; what is new is named by the setting."""
    host = scene.clusters()
    olds = checked(host, {"nodes": 2})
    with Emulator() as account:
        other = Host(make_apart(account).channel, ClusterProvider(), urn=host.urn.replace(":dev::", ":prod::"))
        other.configure(**{"pulumi:autonaming": json.dumps({"mode": "verbatim"})})
        assert checked(other, {"nodes": 2}, olds)["name"] == olds["name"] == name_of(host)
        assert checked(other, {"nodes": 2})["name"] == host.urn.rpartition("::")[2]


def test_setting_is_read_from_the_configuration(make_apart: Callable[..., ProviderScene]) -> None:
    """What it makes impossible is a problem of the input, beside all others; it is none of a cluster that exists."""
    with Emulator() as account:
        host = make_apart(account).clusters()
        host.configure(**{"pulumi:autonaming": json.dumps({"pattern": "${config.team}-${name}"})})
        _, failures = host.check(host.properties({"nodes": 0}))
        assert [one.property for one in failures] == ["name", "nodes"]
        assert "${config.team}" in failures[0].reason
        assert "name" not in checked(host, {"nodes": 2}, host.properties({"nodes": 2}))


def test_giving_another_name_changes_no_hidden_input(host: Host) -> None:
    """The engine would show it beside the name; without the given name the one that was made is the name again."""
    olds = checked(host, {"nodes": 2})
    given = checked(host, {"nodes": 2, "name": "loads"}, olds)
    assert given == {**olds, "name": "loads"}
    assert checked(host, {"nodes": 2}, given) == olds


def test_giving_the_name_that_was_made_changes_nothing(host: Host) -> None:
    """Not even a hidden input, which would be an update that shows nothing."""
    olds = checked(host, {"nodes": 2})
    assert checked(host, {"nodes": 2, "name": olds["name"]}, olds) == olds

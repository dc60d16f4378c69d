"""What a refresh shows is followed up by the next update, through the SDK's host."""

from typing import Any

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import Host
from xplenty_pulumi.dynamic.state import OWED

SETTINGS = {"host": "a.example.test", "username": "u", "password": "pw", "database": "d"}
CONNECTION = {"type": "mysql", "name": "loads", "settings": SETTINGS, "test": True}


def checked(host: Host, given: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs as the engine has them."""
    inputs, failures = host.check(host.properties(given))
    assert not failures
    return inputs


def runs_of_test(scene: ProviderScene, id_: str) -> int:
    """Return how often the service was asked to test the connection."""
    return [call.path.endswith(f"connections/{id_}/test") for call in scene.account.calls()].count(True)


def test_a_change_that_only_a_refresh_shows_is_followed_up_once(scene: ProviderScene) -> None:
    """As one that a killed update has sent, with which the inputs agree afterwards."""
    host = scene.connections()
    id_, made = host.create(checked(host, CONNECTION))
    number = int(id_.partition("/")[2])
    news = checked(host, {**CONNECTION, "name": "sales"})
    assert OWED not in host.read(id_, made)[1]
    marker = next(one.name for one in scene.account.connections() if one.number == number).removeprefix("loads")
    scene.account.edit_connection(number, name=f"sales{marker}")

    _, seen, inputs = host.read(id_, made)
    _, seen, inputs = host.read(id_, seen)
    assert (inputs["name"], seen[OWED]) == ("sales", "test")
    assert host.diff(id_, seen, news).changes == host.diff(id_, seen, news).DIFF_SOME
    assert host.diff(id_, seen, checked(host, {**CONNECTION, "name": "sales", "test": False})).changes == 0
    before = runs_of_test(scene, id_)
    done = host.update(id_, seen, news)
    assert (OWED in done, runs_of_test(scene, id_)) == (False, before + 1)
    assert any(
        f"connection {id_} may have changed since its last test, which an update repeats" in line.text
        for line in scene.engine.lines
    )

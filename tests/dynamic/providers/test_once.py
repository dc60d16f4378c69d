"""What one call of the engine finds out once, however often it is needed."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.dynamic.conftest import ProviderScene
from xplenty_pulumi import ClusterProvider, settings
from xplenty_pulumi.dynamic import bridge, properties
from xplenty_pulumi.dynamic.providers import context
from xplenty_pulumi.dynamic.providers.method_call import under_way
from xplenty_pulumi.dynamic.state import SECRETS
from xplenty_pulumi.errors import ConfigError

GIVEN = {"nodes": 2, "description": "hush", SECRETS: ["/description"]}


def counted(monkeypatch: pytest.MonkeyPatch, place: Any, name: str) -> list[str]:
    """Return a list that grows by a text for each call of a function: what it was called with."""
    calls: list[str] = []
    original: Callable[..., Any] = getattr(place, name)

    def counting(*arguments: Any, **named: Any) -> Any:
        calls.append(repr((arguments[-1:], named)))
        return original(*arguments, **named)

    monkeypatch.setattr(place, name, counting)
    return calls


def test_settings_inputs_and_secrets_are_found_out_once_in_a_call(
    here: ProviderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings are read once, the request found once, the same inputs checked once, and secrets spelled once."""
    host = here.clusters()
    places = (
        (settings, "load"),
        (bridge, "current_call"),
        (context, "session_for"),
        (properties, "check"),
        (context, "secret_values"),
    )
    read, found, opened, checks, spelled = (counted(monkeypatch, place, name) for place, name in places)

    def once() -> None:
        assert len(read) == len(found) == len(opened) == 1
        assert len({*checks}) == len(checks) == 1
        assert len({*spelled}) == len(spelled)
        for one in (read, found, opened, checks, spelled):
            one.clear()

    news, _ = host.check(host.properties(GIVEN))
    once()
    number, outputs = host.create(news)
    once()
    more, _ = host.check(host.properties({**GIVEN, "nodes": 3}))
    once()
    host.update(number, outputs, more)
    assert len(read) == len(found) == len(opened) == 1
    assert len({*checks}) == len(checks)
    assert len({*spelled}) == len(spelled)


@pytest.mark.parametrize(("is_configured", "times"), [(True, 1), (False, 2)])
def test_a_configured_provider_reads_its_settings_once(
    monkeypatch: pytest.MonkeyPatch, *, is_configured: bool, times: int
) -> None:
    """What the host configures runs in a process whose environment stays as it is."""
    for name in ("XPLENTY_API_KEY", "XPLENTY_ACCOUNT_ID"):
        monkeypatch.setenv(name, "loads")
    read, provider = counted(monkeypatch, settings, "load"), ClusterProvider()
    if is_configured:
        provider.keep_configuration(None)
    for _ in range(2):
        with under_way("read", ()):
            assert provider.settings().account_id == "loads"
    assert len(read) == times


def test_what_is_missing_is_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each resource is told what is missing."""
    monkeypatch.delenv("XPLENTY_API_KEY", raising=False)
    provider = ClusterProvider()
    provider.keep_configuration(None)
    for _ in range(2):
        with under_way("read", ()), pytest.raises(ConfigError, match="apiKey is not set"):
            provider.settings()


def test_what_is_equal_and_not_the_same_is_checked_again(scene: ProviderScene) -> None:
    """The state has `nodes: 1`, the program says `nodes: True`: they are equal to Python, and one is refused."""
    host = scene.clusters()
    olds, _ = host.check(host.properties({"nodes": 1}))
    _, (failure,) = host.check({**olds, "nodes": True}, olds)
    assert failure.property == "nodes"


def test_secrets_of_a_call_are_masked_wherever_its_texts_are_shown() -> None:
    """A text about one call may be shown while another one is answered, which has other secrets."""
    provider = ClusterProvider()
    with under_way("read", ({**GIVEN},)):
        first = provider.call()
    with under_way("read", ({**GIVEN, "description": "quiet"},)):
        assert "quiet" not in provider.scrubbed("it is quiet")
        assert "hush" not in first.scrub("it is hush")

"""The text by which every user's state names the providers: it can never change."""

import base64

import dill  # type: ignore[import-untyped]  # it has no types
import pytest
from pulumi.dynamic.dynamic import serialize_provider

from xplenty_pulumi import ClusterProvider, JobRunProvider
from xplenty_pulumi.dynamic.providers.base import Provider

GOLDEN: dict[type[Provider], str] = {
    ClusterProvider: "gASVKQAAAAAAAACMDnhwbGVudHlfcHVsdW1plIwPQ2x1c3RlclByb3ZpZGVylJOUKYGULg==",
    JobRunProvider: "gASVKAAAAAAAAACMDnhwbGVudHlfcHVsdW1plIwOSm9iUnVuUHJvdmlkZXKUk5QpgZQu",
}


@pytest.mark.parametrize("provider", GOLDEN)
def test_text_of_a_provider(provider: type[Provider]) -> None:
    """It is exactly what earlier versions wrote, short, and holds nothing but a module and a class."""
    text = serialize_provider(provider())
    assert text == GOLDEN[provider]
    assert len(text) <= 100
    assert provider.__module__ == "xplenty_pulumi"


@pytest.mark.parametrize("provider", GOLDEN)
def test_text_becomes_a_provider_again(provider: type[Provider]) -> None:
    """What is in a state becomes a provider, which has nothing of its own."""
    found = dill.loads(base64.b64decode(GOLDEN[provider]))
    assert type(found) is provider
    assert not vars(found)

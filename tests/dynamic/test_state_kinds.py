"""Which resources of a state are ours."""

import base64
from typing import Any

import pytest
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import serialize_provider

from xplenty_pulumi.dynamic.providers.base import Provider
from xplenty_pulumi.dynamic.providers.cluster import ClusterProvider
from xplenty_pulumi.dynamic.providers.job_run import JobRunProvider
from xplenty_pulumi.dynamic.providers.package import PackageProvider
from xplenty_pulumi.dynamic.resources.hook import HookProvider
from xplenty_pulumi.dynamic.state import OWNER, PROVIDER, kind_of, origin_of


@pytest.mark.parametrize(
    "provider",
    [ClusterProvider(), JobRunProvider(), HookProvider(), PackageProvider()],
    ids=lambda one: one.kind.name,
)
@pytest.mark.parametrize("side", ["inputs", "outputs"])
def test_provider_in_the_state_says_the_kind(provider: Provider, side: str) -> None:
    """Whatever type a resource has, the class that the SDK writes beside it decides."""
    written = {PROVIDER: serialize_provider(provider)}
    assert kind_of({"type": "pulumi-python:dynamic:Resource", side: written}) is provider.kind


@pytest.mark.parametrize(
    "written",
    [
        serialize_provider(ResourceProvider()),
        base64.b64encode(b"no pickle").decode(),
        "no base64",
        "",
        {"4dabf18193072939515e22adb298388d": "a secret of another program"},
        None,
    ],
    ids=["another", "no pickle", "no base64", "empty", "secret", "none"],
)
def test_another_provider_is_none_of_ours(written: Any) -> None:
    """What another program has written is not loaded, however odd it is."""
    assert kind_of({"type": "pulumi-python:dynamic/xplenty:Cluster", "inputs": {PROVIDER: written}}) is None
    assert kind_of({"type": "pulumi:pulumi:Stack"}) is None


@pytest.mark.parametrize(
    ("provider", "status", "is_new"),
    [
        (ClusterProvider(), "pending", True),
        (ClusterProvider(), "idle", False),
        (JobRunProvider(), "idle", True),
        (JobRunProvider(), "running", False),
        (PackageProvider(), "active", False),
    ],
)
def test_what_the_state_has_with_a_first_status_is_new(provider: Provider, status: str, is_new: bool) -> None:
    """The same word is the first of a run, and one of a cluster that is ready."""
    written = {PROVIDER: serialize_provider(provider), OWNER: "acme|urn:pulumi:dev::loads::etl", "status": status}
    assert origin_of(written).is_new is is_new

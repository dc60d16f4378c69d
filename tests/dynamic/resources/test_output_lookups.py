"""Lookups that take outputs: what the plain ones find, once their arguments are known."""

import inspect
from collections.abc import Iterator
from typing import Any, get_args

import pulumi
import pytest
from pulumi import Output
from pulumi.output import UNKNOWN
from pulumi.runtime.settings import Settings, configure
from pulumi.runtime.sync_await import _ensure_event_loop, _sync_await

import xplenty_pulumi
from tests.dynamic.conftest import ProviderScene
from tests.support.accounts.clients import client_of
from xplenty_pulumi import LookupFailed, get_cluster_output, get_jobs_output

PLAIN = sorted(
    name
    for name in xplenty_pulumi.__all__
    if name.startswith("get_")
    and not name.endswith("_output")
    and inspect.signature(getattr(xplenty_pulumi, name)).parameters
)


@pytest.fixture(autouse=True)
def program() -> Iterator[None]:
    """A runtime without an engine."""
    configure(Settings("project", "stack"))
    yield
    configure(Settings("project", "stack"))


def known(output: Output[Any]) -> tuple[object, bool, bool]:
    """Return the value of an output, whether it is known, and whether it is secret."""

    async def read() -> tuple[object, bool, bool]:
        return await output.future(), await output.is_known(), await output.is_secret()

    return _sync_await(read())


def delayed(value: object, *, is_known: bool = True, is_secret: bool = False) -> Output[Any]:
    """Return an output as a resource has it, which is known, or secret, or not."""
    loop = _ensure_event_loop()  # type: ignore[no-untyped-call]  # the SDK has no types here
    futures = [loop.create_future() for _ in range(4)]
    for future, found in zip(futures, (value, is_known, is_secret, set()), strict=True):
        future.set_result(found)
    found, knows, hides, resources = futures
    return Output(resources, found, knows, hides)


@pytest.mark.parametrize("name", PLAIN)
def test_every_lookup_with_arguments_has_a_variant(name: str) -> None:
    """It has the same arguments with the same defaults, each of which may be an output."""
    plain, variant = (inspect.signature(getattr(xplenty_pulumi, one)) for one in (name, f"{name}_output"))
    assert [(one.name, one.kind, one.default) for one in plain.parameters.values()] == [
        (one.name, one.kind, one.default) for one in variant.parameters.values()
    ]
    assert get_args(variant.return_annotation) == (plain.return_annotation,)
    assert all(get_args(one.annotation) for one in variant.parameters.values())


def test_things_are_found_by_outputs(here: ProviderScene) -> None:
    """By the id of a cluster, as an output of it has it, and its properties are outputs again."""
    cluster = here.account.add_cluster(name="found", nodes=3)
    with client_of(here.account) as client:
        job = client.jobs.run(cluster_id=cluster.id, package_id=106)
    found = get_cluster_output(delayed(str(cluster.id)))
    assert known(found.name) == ("found", True, False)
    assert known(found.apply(lambda one: one.nodes))[0] == 3
    jobs, _, _ = known(get_jobs_output(package_id=delayed(106.0), limit=1))
    assert [one.id for one in jobs] == [job.id]  # type: ignore[attr-defined]  # a tuple of records


def test_argument_that_is_not_known_yet_asks_nothing(here: ProviderScene) -> None:
    """In a preview the result is as unknown as the argument."""
    pulumi.runtime.settings.SETTINGS.dry_run = True
    before = len(here.account.calls())
    _, is_known, _ = known(get_cluster_output(delayed(UNKNOWN, is_known=False)))
    assert not is_known
    assert len(here.account.calls()) == before


def test_result_of_a_secret_argument_is_secret(here: ProviderScene) -> None:
    """Who looks up by a secret name does not show what it finds."""
    here.account.add_cluster(name="hidden")
    assert known(get_cluster_output(name=delayed("hidden", is_secret=True)).status)[1:] == (True, True)


def test_lookup_that_finds_nothing_fails(here: ProviderScene) -> None:
    """With the one paragraph of the plain lookup."""
    with pytest.raises(LookupFailed, match="there is no living cluster of that name"):
        known(get_cluster_output(name=delayed("nobody")))

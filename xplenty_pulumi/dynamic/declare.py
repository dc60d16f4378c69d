"""What declaring a resource and looking one up have in common."""

from collections.abc import Mapping
from typing import TypeVar

import pulumi
from pulumi import Input, Output
from pulumi.dynamic import Resource, ResourceProvider

from xplenty_pulumi.dynamic.inputs import OWNER, owner_text

Duration = float | int | str
"""Seconds as a number, or a text such as `90s`, `30m` or `1h30m`."""

ResourceT = TypeVar("ResourceT", bound=Resource)


def declare(
    resource: Resource,
    provider: ResourceProvider,
    name: str,
    *,
    inputs: Mapping[str, object],
    opts: pulumi.ResourceOptions | None,
) -> None:
    """Register `resource` with the inputs a program gives it, and with the hidden one that says whose it is."""
    options = opts or pulumi.ResourceOptions()
    owner: Output[str] = Output.from_input(_owner(resource, name, options.parent))
    given = {key: value for key, value in inputs.items() if value is not None}
    properties = {**_outputs_of(type(resource)), **given, OWNER: owner}
    # Whatever the user says: the other order would find the living predecessor by the marker that both share, and in a
    # forced replacement the engine does not even tell the provider that there is one.
    deleted_first = pulumi.ResourceOptions(delete_before_replace=True)
    Resource.__init__(resource, provider, name, properties, pulumi.ResourceOptions.merge(options, deleted_first))


async def _owner(resource: Resource, name: str, parent: pulumi.Resource | None) -> str:
    """Whose resource it is; awaited, so that it depends on no other resource, not even on the component it is in."""
    token = f"pulumi-python:{resource._resource_type_name}"  # noqa: SLF001 - the SDK has no public name for it
    urn = await pulumi.create_urn(name, token, parent).future() if parent else _urn_of_a_root(token, name)
    scope = pulumi.Config("xplenty").get("scope")
    organization = pulumi.get_organization()
    return owner_text(f"{organization}/{scope}" if scope else organization, str(urn))


def _urn_of_a_root(token: str, name: str) -> str:
    """The URN of a resource that is in no component, which the SDK would take several outputs to put together."""
    return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{token}::{name}"


def look_up(
    cls: type[ResourceT],
    provider: ResourceProvider,
    name: str,
    *,
    resource_id: Input[str],
    opts: pulumi.ResourceOptions | None,
) -> ResourceT:
    """Return a resource that is read by its id and never changed."""
    resource = cls.__new__(cls)
    options = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=resource_id))
    Resource.__init__(resource, provider, name, _outputs_of(cls), options)
    return resource


def _outputs_of(cls: type[Resource]) -> dict[str, object]:
    """Every annotated output, not yet known: the host gives a resource only the attributes it is told of."""
    return dict.fromkeys(cls.__annotations__)

"""What declaring a resource and looking one up have in common."""

import inspect
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
    given = {key: value for key, value in inputs.items() if value is not None}
    properties = {**dict.fromkeys(outputs_of(type(resource))), **given, OWNER: _owner(resource, name, options.parent)}
    # Whatever the user says: the other order would find the living predecessor by the marker that both share, and in a
    # forced replacement the engine does not even tell the provider that there is one.
    deleted_first = pulumi.ResourceOptions(delete_before_replace=True)
    Resource.__init__(resource, provider, name, properties, pulumi.ResourceOptions.merge(options, deleted_first))


def _owner(resource: Resource, name: str, parent: pulumi.Resource | None) -> Input[str]:
    """Whose resource it is."""
    token = f"pulumi-python:{resource._resource_type_name}"  # noqa: SLF001 - the SDK has no public name for it
    if parent is not None:
        return Output.from_input(_owner_within(parent, token, name))
    return _owned_by(f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{token}::{name}")


async def _owner_within(parent: pulumi.Resource, token: str, name: str) -> str:
    """Whose resource it is in a component; awaited, so that it does not depend on that, nor on any other resource."""
    return _owned_by(str(await pulumi.create_urn(name, token, parent).future()))


def _owned_by(urn: str) -> str:
    scope = pulumi.Config("xplenty").get("scope")
    organization = pulumi.get_organization()
    return owner_text(f"{organization}/{scope}" if scope else organization, urn)


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
    Resource.__init__(resource, provider, name, dict.fromkeys(outputs_of(cls)), options)
    return resource


def outputs_of(cls: type[Resource]) -> tuple[str, ...]:
    """Return every annotated output: the host gives a resource only the attributes it is told of."""
    ours = [base for base in cls.__mro__ if base.__module__.startswith(__name__.partition(".")[0])]
    return tuple(name for base in ours for name in inspect.get_annotations(base))

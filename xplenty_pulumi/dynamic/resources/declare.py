"""What declaring a resource and looking one up have in common."""

import inspect
from collections.abc import Mapping
from typing import Any, TypeVar

import pulumi
from pulumi import Input, Output
from pulumi.dynamic import Resource, ResourceProvider

from xplenty_pulumi.dynamic import PUBLIC_MODULE
from xplenty_pulumi.dynamic.resources.derivable import Derivable
from xplenty_pulumi.dynamic.resources.outputs import Observing
from xplenty_pulumi.dynamic.secrets import secret_paths
from xplenty_pulumi.dynamic.state import OBSERVED, OWNER, SECRETS, owner_text

Duration = float | int | str
"""Seconds as a number, or a text such as `90s`, `30m` or `1h30m`."""

ResourceT = TypeVar("ResourceT", bound=Resource)

Declaration = tuple[dict[str, Any], pulumi.ResourceOptions]
"""The properties and the options that the SDK registers a resource with."""


def declaration(
    resource: Resource, name: str, inputs: Mapping[str, object], opts: pulumi.ResourceOptions | None
) -> Declaration:
    """Return how a resource is registered: with what a program gives it, and a hidden input that says whose it is."""
    cls = type(resource)
    given = {key: value for key, value in inputs.items() if value is not None}
    secrets = {} if SECRETS in given else _secrets(given)
    properties = {**_asked_for(cls), **given, **secrets, OWNER: _owner(cls, name, opts.parent if opts else None)}
    return properties, _options(cls, opts)


def _secrets(given: Mapping[str, object]) -> dict[str, object]:
    """Where secrets stand; one that has none has no such list in its state."""
    found = secret_paths(given)
    if isinstance(found, Output):
        return {SECRETS: found.apply(lambda paths: paths or None)}
    return {SECRETS: found} if found else {}


def _options(cls: type[Resource], opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    # Whatever the user says: the other order would find the living predecessor by the marker that both share, and in a
    # forced replacement the engine does not even tell the provider that there is one.
    ours = pulumi.ResourceOptions(delete_before_replace=True)
    if issubclass(cls, Derivable):
        ours = pulumi.ResourceOptions.merge(ours, cls.former(opts))
    if opts is None:
        return ours
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions.merge(ours, _secret_outputs(cls, opts)))


def _secret_outputs(cls: type[Resource], opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """All of `observed` is secret where any output is to be: it lies in there, if it is declared as well."""
    is_secret = opts and opts.additional_secret_outputs and issubclass(cls, Observing)
    return pulumi.ResourceOptions(additional_secret_outputs=[OBSERVED] if is_secret else None)


def _owner(cls: type[Resource], name: str, parent: pulumi.Resource | None) -> Input[str]:
    """Whose resource it is."""
    token = f"pulumi-python:{cls._resource_type_name}"
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
    ours = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(id=resource_id), _secret_outputs(cls, opts))
    options = pulumi.ResourceOptions.merge(opts, ours)
    Resource.__init__(resource, provider, name, _asked_for(cls), options)
    return resource


def outputs_of(cls: type[Resource]) -> tuple[str, ...]:
    """Return every annotated output of a resource."""
    ours = [base for base in cls.__mro__ if base.__module__.partition(".")[0] == PUBLIC_MODULE]
    return tuple(name for base in ours for name in inspect.get_annotations(base) if not name.startswith("_"))


def _asked_for(cls: type[Resource]) -> dict[str, None]:
    """The outputs that the SDK is to make: it gives a resource only those it is told of."""
    return {OBSERVED: None} if issubclass(cls, Observing) else dict.fromkeys(outputs_of(cls))

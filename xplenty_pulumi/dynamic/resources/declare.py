"""What declaring a resource and looking one up have in common: its properties, where secrets stand, its options.

Values are spelled for an engine that counts in floats and drops every None in a mapping.
"""

import inspect
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import pulumi
from pulumi import Input, Output
from pulumi.dynamic import Resource, ResourceProvider

from xplenty_pulumi.core.kinds.inputs import MISSING
from xplenty_pulumi.dynamic import PUBLIC_MODULE
from xplenty_pulumi.dynamic.resources.bases import Derivable, Observing, is_mocked
from xplenty_pulumi.dynamic.secrets import GROUPS, Path
from xplenty_pulumi.dynamic.state import OBSERVED, OWNER, SECRETS, owner_text
from xplenty_pulumi.errors import RefusedError

Duration = float | int | str
"""Seconds as a number, or a text such as `90s`, `30m` or `1h30m`."""

ResourceT = TypeVar("ResourceT", bound=Resource)

Declaration = tuple[dict[str, Any], pulumi.ResourceOptions]
"""The properties and the options that the SDK registers a resource with."""


class UnsupportedOption(RefusedError, pulumi.RunError):
    """A resource with an option that cannot hold; it ends the program with one paragraph and no traceback."""


def declaration(
    resource: Resource, name: str, inputs: Mapping[str, object], opts: pulumi.ResourceOptions | None
) -> Declaration:
    """Return how a resource is registered: with what a program gives it, and a hidden input that says whose it is.

    Raises:
        UnsupportedOption: it is to be imported by its id, for which the engine asks a provider that the SDK's host
            cannot find without a state, or to be deleted with something that does not end it.
    """
    cls = type(resource)
    if opts is not None:
        _require_supported(cls, name, opts)
    given = {key: value for key, value in inputs.items() if value is not None}
    if SECRETS not in given and isinstance(found := secret_paths(given), Output):
        given[SECRETS] = found.apply(lambda paths: paths or None)  # one without secrets has no such list in its state
    token, parent = f"pulumi-python:{cls._resource_type_name}", opts.parent if opts else None
    owner: Input[str] = _owned_by(f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{token}::{name}")
    if parent is not None:
        owner = Output.from_input(_owner_within(parent, token, name))
    return {**_asked_for(cls), **given, OWNER: owner}, _options(cls, opts)


def _require_supported(cls: type[Resource], name: str, opts: pulumi.ResourceOptions) -> None:
    if opts.import_ is not None:
        raise UnsupportedOption(
            "the option import_ cannot take over what exists, since the engine does not support that for dynamic "
            "resources; nothing was sent for it",
            resource=name,
            advice="Remove it from the program, and run `xplenty-pulumi import KIND:ID --out DIR`; "
            "see docs/how-to/import.md",
        )
    # The engine drops it without a call, also where a replacement is to follow, which then lives beside it.
    if opts.deleted_with is not None and not isinstance(opts.deleted_with, getattr(cls, "_ends_with", ())):
        raise UnsupportedOption(
            "the option deleted_with would leave it in the account once it is destroyed or replaced, since the only "
            "things that end with another one are the job runs of a cluster; nothing was sent for it",
            resource=name,
            advice="Remove it from the program",
        )


def secret_paths(inputs: Mapping[str, object], *, always: Iterable[str] = ()) -> "Output[list[str]] | list[str]":
    """Return what `SECRETS` is to hold for `inputs` as a program declares them, with what is `always` in it."""
    found = [(path, output) for name, value in inputs.items() for path, output in outputs_in((name,), value)]
    if not found:
        return sorted(always)

    async def paths() -> list[str]:
        secret = [_path_text(path) for start, output in found async for path in _secret_in(start, output)]
        return sorted({*always, *secret})

    return Output.from_input(paths())


def outputs_in(path: Path, value: object) -> Iterator[tuple[Path, "Output[Any]"]]:
    """Yield each output in a value, with the way to it."""
    if isinstance(value, Output):
        yield path, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from outputs_in((*path, str(name)), inner)
    elif isinstance(value, list | tuple):
        for position, inner in enumerate(value):
            yield from outputs_in((*path, str(position)), inner)


async def _secret_in(path: Path, output: "Output[Any]") -> AsyncIterator[Path]:
    """The ways to what is secret in an output: all of it, or what is within the value that it comes to."""
    if await output.is_secret():
        yield path
        return
    for inner, within in outputs_in(path, await output.future()):
        async for found in _secret_in(inner, within):
            yield found


def _path_text(path: Path) -> str:
    if path[0] in GROUPS and (len(path) == 1 or not path[1].startswith(("/", "*"))):
        return path[1] if len(path) > 1 else "*"
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)


def _options(cls: type[Resource], opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    # Whatever the user says: the other order would find the living predecessor by the marker that both share, and in a
    # forced replacement the engine does not even give the provider its state.
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
    resource_id: Input[str | int],
    opts: pulumi.ResourceOptions | None,
) -> ResourceT:
    """Return a resource that is read by its id, a text or a number, and never changed."""
    resource = cls.__new__(cls)
    text = resource_id.apply(_as_text) if isinstance(resource_id, Output) else _as_text(resource_id)
    ours = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(id=text), _secret_outputs(cls, opts))
    options = pulumi.ResourceOptions.merge(opts, ours)
    Resource.__init__(resource, provider, name, _asked_for(cls), options)
    return resource


def _as_text(resource_id: object) -> Any:
    """The id as the engine takes it, which reads a whole number of an output as a float."""
    is_number = isinstance(resource_id, int | float) and not isinstance(resource_id, bool)
    return f"{resource_id:.0f}" if is_number else resource_id


def outputs_of(cls: type[Resource]) -> tuple[str, ...]:
    """Return every annotated output of a resource."""
    ours = [base for base in cls.__mro__ if base.__module__.partition(".")[0] == PUBLIC_MODULE]
    return tuple(name for base in ours for name in inspect.get_annotations(base) if not name.startswith("_"))


def _asked_for(cls: type[Resource]) -> dict[str, None]:
    """The outputs that the SDK is to make: it gives a resource only those that it is given here."""
    if not issubclass(cls, Observing):
        return dict.fromkeys(outputs_of(cls))
    return dict.fromkeys((OBSERVED, *outputs_of(cls))) if is_mocked() else {OBSERVED: None}


def spelled(value: object) -> object:
    """Return the value with a whole number as a text, since the engine would change a large one."""
    if isinstance(value, Output):
        return value.apply(spelled)
    return str(value) if type(value) is int else value


def spelled_variables(variables: object) -> object:
    """Return the variables with whole numbers as texts, and with a mark, which a check refuses, where one is None."""
    if isinstance(variables, Output):
        return variables.apply(spelled_variables)
    if not isinstance(variables, Mapping):
        return variables
    return {name: _spelled_variable(value) for name, value in variables.items()}


def _spelled_variable(value: object) -> object:
    if isinstance(value, Output):
        return value.apply(_spelled_variable)
    return MISSING if value is None else spelled(value)


def or_default(value: Any, default: object) -> Any:
    """Return the value, or the default for None, which an output may only come to later."""
    if isinstance(value, Output):
        return value.apply(lambda found: default if found is None else found)
    return default if value is None else value

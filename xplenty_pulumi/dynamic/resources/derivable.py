"""Classes that a program derives from ours: the engine knows them by the type of their base."""

import copy
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from pulumi import Alias, Input, ResourceOptions
from pulumi.dynamic import Resource

_OF_NO_MODULE = "pulumi-python:dynamic:Resource"
"""The type that the SDK gives to a class without a module, so that all such classes share it."""


class Derivable(Resource):
    """A dynamic resource whose subclasses have its type, unless they give a `module` or a `name` of their own.

    The SDK gives such a subclass the type of a class without a module. That one is an alias, so that a state which
    knows the resource by it goes on without a replacement.
    """

    _former_types: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, module: str = "", name: str = "", **options: Any) -> None:
        """Keep the type of the base where the class has none of its own."""
        inherited = cls._resource_type_name
        super().__init_subclass__(module, name or "Resource", **options)
        cls._former_types = ()
        if not module and not name:
            cls._resource_type_name, cls._former_types = inherited, (_OF_NO_MODULE,)

    @classmethod
    def former(cls, opts: ResourceOptions | None) -> ResourceOptions:
        """Return the options that let the engine know a resource again which the state has under a former type.

        An alias of the program that names no type, such as a former name, counts for the former types too.
        """
        given = _without_type(opts.aliases if opts else None)
        aliases = [alias for type_ in cls._former_types for alias in _typed(type_, given)]
        return ResourceOptions(aliases=[*aliases])


def _without_type(aliases: Sequence[Input[str | Alias]] | None) -> list[Alias]:
    named: list[Any] = [one for one in aliases or () if isinstance(one, Alias)]
    return [one for one in named if one.type_ is ...]


def _typed(type_: str, aliases: Sequence[Alias]) -> Iterator[Alias]:
    """The type alone, and each of the aliases with it."""
    yield Alias(type_=type_)
    for one in aliases:
        typed = copy.copy(one)
        typed.type_ = type_
        yield typed

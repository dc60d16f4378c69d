"""What the classes of resources are derived from: outputs that are made when asked for, and the type of subclasses."""

import copy
import inspect
from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn

import pulumi
from pulumi import Alias, Output, ResourceOptions
from pulumi.dynamic import Resource
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import SETTINGS

from xplenty_pulumi.dynamic.state import OBSERVED, read_observed

_WHOLE = (Output[int], Output[int | None])
_OF_NO_MODULE = "pulumi-python:dynamic:Resource"
"""The type that the SDK gives to a class without a module, so that all such classes share it."""


class Derivable(Resource):
    """A dynamic resource whose subclasses have its type, unless they give a `module` or a `name` of their own.

    The SDK gives such a subclass the type of a class without a module. That one is an alias, so that a state which
    has the resource under it goes on without a replacement.
    """

    _former_types: ClassVar[tuple[str, ...]] = ()
    _ends_with: ClassVar[tuple[type[Resource], ...]] = ()
    """The classes of what the service ends it together with."""

    def __init_subclass__(cls, module: str = "", name: str = "", **options: Any) -> None:
        """Keep the type of the base where the class has none of its own."""
        inherited = cls._resource_type_name
        super().__init_subclass__(module, name or "Resource", **options)
        cls._former_types = ()
        if not module and not name:
            cls._resource_type_name, cls._former_types = inherited, (_OF_NO_MODULE,)

    @classmethod
    def former(cls, opts: ResourceOptions | None) -> ResourceOptions:
        """Return the options with which the engine finds a resource that the state has under a former type.

        An alias of the program that names no type, such as a former name, counts for the former types too.
        """
        given: list[Any] = [one for one in (opts and opts.aliases) or () if isinstance(one, Alias)]
        found = [Alias(type_=type_) for type_ in cls._former_types]
        for type_ in cls._former_types:
            for alias in (copy.copy(one) for one in given if one.type_ is ...):
                alias.type_ = type_
                found.append(alias)
        return ResourceOptions(aliases=[*found])


class Observing:
    """A resource whose annotated outputs are made when they are first asked for.

    The SDK makes an output for each property that it is given, which takes some tenth of a millisecond whether the
    program uses it or not, and reads the annotations of the resource's own class anew for each resource. So it is given
    the declared inputs and `observed` alone, and the annotations are in a base of the resource's class. Under the mocks
    of a unit test it is given all, so that these may have outputs side by side, as those of any other resource.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        """Give the class one attribute for each annotated output; what a program's own class annotates is none."""
        super().__init_subclass__(**options)
        if issubclass(cls, pulumi.Resource):
            return
        for name, annotation in inspect.get_annotations(cls).items():
            setattr(cls, name, _Observed(name, is_whole=annotation in _WHOLE))

    @property
    def observed(self) -> Output[dict[str, Any]]:
        """All that the service shows, by name."""
        output: Output[Any] = self.__dict__[OBSERVED]
        if not is_mocked():
            return output.apply(_observed)
        names = [name for name in dir(type(self)) if isinstance(getattr(type(self), name, None), _Observed)]
        beside: Output[dict[str, Any]] = Output.all(**{name: getattr(self, name) for name in names})
        return Output.all(output, beside).apply(
            lambda found: _observed(found[0]) or {name: one for name, one in found[1].items() if one is not None}
        )

    def to_output(self) -> Output[dict[str, Any]]:
        """Return its `id` and all that the service shows, by name, for `pulumi.export`.

        Another stack then reads single properties: `reference.get_output("etl").apply(lambda etl: etl["status"])`.
        """
        id_: Output[Any] = self.__dict__["id"]
        return Output.all(id_, self.observed).apply(lambda found: {"id": found[0], **found[1]})


def is_mocked() -> bool:
    """Return whether the program runs with the mocks of a unit test in place of the engine."""
    return isinstance(SETTINGS.monitor, MockMonitor)


class _Observed:
    """An output: the declared input of its name, if there is one, and else what `observed` has."""

    def __init__(self, name: str, *, is_whole: bool) -> None:
        self._name, self._is_whole = name, is_whole

    def __get__(self, resource: pulumi.Resource | None, _: type) -> "Output[Any] | _Observed":
        if resource is None:
            return self
        made = resource.__dict__.setdefault("_made", {})
        if self._name not in made:
            outputs = resource.__dict__
            observed = outputs[OBSERVED].apply(lambda found: _observed(found).get(self._name))
            declared = outputs.get(self._name)
            made[self._name] = (
                observed
                if declared is None
                else declared.apply(lambda value: observed if value is None else self._read(value))
            )
        output: Output[Any] = made[self._name]
        return output

    def __set__(self, resource: pulumi.Resource, _: object) -> NoReturn:
        raise AttributeError(f"{self._name} is an output, so it cannot be set")

    def _read(self, value: object) -> object:
        """What the program declares; the engine has only floats, so one that counts something is made whole."""
        return int(value) if self._is_whole and isinstance(value, float) else value


def _observed(found: object) -> dict[str, Any]:
    """What the service shows; the mocks of a program's own unit test may give it as a mapping."""
    return dict(found) if isinstance(found, Mapping) else read_observed(found)

"""A dynamic provider that does nothing, at once."""

from typing import Any

from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, ResourceProvider


class NothingProvider(ResourceProvider):
    """Takes its inputs for its outputs."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("nothing", props)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        return DiffResult(changes=_olds["nodes"] != _news["nodes"])

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        return ReadResult(id_, props)


class Nothing(Resource):
    """A resource that is nothing but its input, and so many outputs that are never set."""

    def __init__(self, name: str, *, nodes: int, outputs: int = 0) -> None:
        unset = {f"output_{number}": None for number in range(outputs)}
        super().__init__(NothingProvider(), name, {**unset, "nodes": nodes})

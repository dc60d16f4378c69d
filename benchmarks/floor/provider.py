"""A dynamic provider that does nothing, at once."""

from typing import Any

from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, ResourceProvider


class NothingProvider(ResourceProvider):
    """Takes its inputs for its outputs, and makes up a value for each of the other outputs."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("nothing", {**props, **dict.fromkeys(_names(int(props.get("outputs", 0))), "nothing")})

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        return DiffResult(changes=_olds["nodes"] != _news["nodes"])

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        return ReadResult(id_, props)


class Nothing(Resource):
    """A resource that is nothing but its inputs, and so many other outputs."""

    def __init__(self, name: str, *, nodes: int, outputs: int = 0) -> None:
        super().__init__(
            NothingProvider(), name, {**dict.fromkeys(_names(outputs)), "nodes": nodes, "outputs": outputs}
        )


def _names(outputs: int) -> list[str]:
    return [f"output_{number}" for number in range(outputs)]

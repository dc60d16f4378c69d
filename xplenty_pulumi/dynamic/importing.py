"""What an import is to put into the state, found by running a program without an engine, in a process of its own.

`python -m xplenty_pulumi.dynamic.importing` runs in the folder of the project. It reads an order from stdin, and writes
the resources of the program to stdout, as `pulumi import --file` takes them. Their inputs are those that the program
registers and the provider checks, and their outputs those that a refresh gives.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from typing import Any

import pulumi
from google.protobuf import json_format
from pulumi.dynamic import Config
from pulumi.runtime import mocks, set_all_config

import xplenty_pulumi
from xplenty_pulumi.core.kinds.kind import SIGNATURE
from xplenty_pulumi.dynamic.providers.base import Provider
from xplenty_pulumi.dynamic.state import DECLARED, HIDDEN_INPUTS, OWED, PROVIDER, SPECIAL, Properties, kind_of
from xplenty_pulumi.errors import XplentyError

_SEALED = "1b47061264138c4ac30d75fd1eb44270"
"""The value by which the engine tells a secret from other special values (its own constant)."""


@dataclass(frozen=True)
class ImportOrder:
    """What is asked for: a program of a stack with its configuration, and the `ids` of what it declares, by name.

    `program` is its text, and `hidden` are the keys of the configuration that are secret.
    """

    program: str
    organization: str
    project: str
    stack: str
    ids: Mapping[str, str]
    config: Mapping[str, str] = field(repr=False)
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Registered:
    """A resource as a program registers it: secrets are marked where they stand, however deep."""

    type: str
    name: str
    inputs: Mapping[str, Any] = field(repr=False)


class _Ids(mocks.Mocks):
    """Gives each resource the id that it has in the service."""

    def __init__(self, ids: Mapping[str, str]) -> None:
        self._ids = ids

    def call(self, _args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        return {}, None

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        return self._ids[args.name], args.inputs


class _Taken(mocks.MockMonitor):
    """Takes what a program registers, as the engine does."""

    def __init__(self, ids: Mapping[str, str]) -> None:
        super().__init__(_Ids(ids))
        self.found: list[_Registered] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the name of the call
        if request.custom:
            self.found.append(_Registered(request.type, request.name, json_format.MessageToDict(request.object)))
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK has no types here


def resources_of(order: ImportOrder) -> list[dict[str, Any]]:
    """Return each resource of the program, in its order, with inputs and outputs as the state is to have them.

    Raises:
        XplentyError: a provider refuses one, or it has changed since the program was written.
    """
    with asyncio.Runner() as runner:
        runner.get_loop()  # the SDK asks for the loop of the thread, which Python 3.14 makes for nobody
        return [_resource(order, one) for one in _registered(order)]


def _registered(order: ImportOrder) -> list[_Registered]:
    taken = _Taken(order.ids)
    mocks.set_mocks(
        taken.mocks, project=order.project, stack=order.stack, organization=order.organization, monitor=taken
    )
    set_all_config(dict(order.config), [*order.hidden])
    run: Callable[[Callable[[], object]], Callable[[], None]] = mocks.test
    code = compile(order.program, "<program>", "exec")
    run(lambda: exec(code, {"__name__": "__main__"}))()  # noqa: S102 - the program that the import has written
    return taken.found


def _resource(order: ImportOrder, args: _Registered) -> dict[str, Any]:
    registered, number = args.inputs, order.ids[args.name]
    provider = _provider(order, registered)
    plain = _plain(registered)
    checked = provider.check(plain, plain)
    if checked.failures:
        raise XplentyError(f"{args.name}: {'; '.join(one.reason for one in checked.failures)}")
    hidden = {name: plain[name] for name in (*HIDDEN_INPUTS, PROVIDER) if name in plain}
    inputs: Properties = {**checked.inputs, **hidden}
    declared = sorted(name for name in inputs if name not in hidden)
    seen = provider.read(number, {**inputs, DECLARED: declared, OWED: SIGNATURE})
    if seen.outs is None or seen.inputs is None:
        raise _changed(args, "the service does not show it any more")
    # What differs from the program would be undone by the first `up`, and is not what the user is told of it.
    if changed := ", ".join(name for name in declared if seen.inputs.get(name) != inputs[name]):
        raise _changed(args, f"it has changed since it was listed ({changed})")
    outputs = {**_as_registered(seen.outs, registered), PROVIDER: plain[PROVIDER]}
    outputs |= {name: _secret(seen.outs[name]) for name in provider.kind.secret_outputs if name in outputs}
    return {
        "type": args.type,
        "name": args.name,
        "id": seen.id,
        "inputs": {**_as_registered(seen.inputs, registered), PROVIDER: plain[PROVIDER]},
        "outputs": outputs,
    }


def _changed(args: _Registered, how: str) -> XplentyError:
    return XplentyError(f"{how}; nothing was imported", resource=args.name, advice="Run the same command again")


def _provider(order: ImportOrder, registered: Mapping[str, Any]) -> Provider:
    kind = kind_of({"inputs": registered})
    if kind is None:
        raise XplentyError("the program declares a resource that is none of Xplenty; nothing was imported")
    found: Provider = getattr(xplenty_pulumi, f"{kind.resource}Provider")()
    found.configure(pulumi.dynamic.ConfigureRequest(config=Config(dict(order.config), order.project)))
    return found


def _plain(value: Any) -> Any:
    """The value without what marks its secrets."""
    if isinstance(value, Mapping):
        if value.get(SPECIAL) == _SEALED:
            return _plain(value["value"])
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _as_registered(value: Any, registered: Any) -> Any:
    """The value with its secrets marked where those of the program are, as the engine does that."""
    if isinstance(registered, Mapping) and registered.get(SPECIAL) == _SEALED:
        return _secret(value)
    if isinstance(value, Mapping) and isinstance(registered, Mapping):
        return {name: _as_registered(inner, registered.get(name)) for name, inner in value.items()}
    if not isinstance(value, list) or not isinstance(registered, list):
        return value
    if len(value) == len(registered):
        return [_as_registered(inner, other) for inner, other in zip(value, registered, strict=True)]
    return _secret(value) if _plain(registered) != registered else value


def _secret(value: object) -> dict[str, str]:
    return {SPECIAL: _SEALED, "plaintext": json.dumps(value)}


def main() -> None:
    """Answer the order on stdin with the resources, or with the problem; what the program prints goes to stderr."""
    order = json.load(sys.stdin)
    answer: dict[str, object]
    with redirect_stdout(sys.stderr):
        try:
            answer = {"resources": resources_of(ImportOrder(**{**order, "hidden": tuple(order["hidden"])}))}
        except Exception as problem:  # noqa: BLE001 - whatever a program or a provider raises is told
            answer = {"problem": str(problem)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()

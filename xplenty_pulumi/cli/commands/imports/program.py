"""The text of a program that declares what exists."""

from collections.abc import Iterator, Sequence
from graphlib import TopologicalSorter
from pathlib import PurePath

from xplenty_pulumi.cli.commands.imports.declare import CONFIG, PACKAGE, Declaration
from xplenty_pulumi.cli.commands.imports.literals import Code, Construction, spelled, text


def program_of(declarations: Sequence[Declaration], *, folder: str) -> str:
    """Return the program; what another one refers to comes before it.

    `folder` is the way from the folder of the project to that of the program, where the files of flows are.
    """
    body = "\n".join(_resource(one, folder) for one in _in_order(declarations))
    lines = ['"""What `xplenty-pulumi import` has found in the account."""', ""]
    lines += ["import pulumi"] if any(one.file or one.secrets for one in declarations) else []
    lines += [f"import xplenty_pulumi as {PACKAGE}", ""]
    lines += [f"{CONFIG} = pulumi.Config()", ""] if any(one.secrets for one in declarations) else []
    return "\n".join([*lines, body])


def _resource(declaration: Declaration, folder: str) -> str:
    inputs = dict(declaration.inputs)
    if declaration.file:
        path = PurePath(folder, declaration.file).as_posix()
        inputs = {"source": Code(f"pulumi.FileAsset({text(path)})"), **inputs}
    call = Construction(f"{PACKAGE}.{declaration.kind.resource}", (declaration.name,), inputs)
    head = f"{declaration.variable} = "
    return f"{head}{spelled(call, before=len(head))}\n"


def _in_order(declarations: Sequence[Declaration]) -> list[Declaration]:
    by_variable = {one.variable: one for one in declarations}
    graph = {
        one.variable: {code.removesuffix(".id") for code in _codes(one.inputs)} & by_variable.keys()
        for one in declarations
    }
    return [by_variable[name] for name in TopologicalSorter(graph).static_order()]


def _codes(value: object) -> Iterator[str]:
    """Every expression in a value."""
    if isinstance(value, Code):
        yield value.text
    elif isinstance(value, dict):
        for item in value.values():
            yield from _codes(item)
    elif isinstance(value, list):
        for item in value:
            yield from _codes(item)

"""The text of a program that declares what exists."""

from collections.abc import Iterator, Sequence
from graphlib import TopologicalSorter

from xplenty_pulumi.cli.imports.declare import CONFIG, PACKAGE, Declaration
from xplenty_pulumi.cli.imports.literals import Call, Code, spelled


def program_of(declarations: Sequence[Declaration]) -> str:
    """Return the program; what another one refers to comes before it."""
    parts = [_head(has_secrets=any(one.secrets for one in declarations)), *map(_resource, _in_order(declarations))]
    return "\n".join(parts)


def _head(*, has_secrets: bool) -> str:
    lines = ['"""What `xplenty-pulumi import` has found in the account."""', ""]
    lines += ["import pulumi"] if has_secrets else []
    lines += [f"import xplenty_pulumi as {PACKAGE}", ""]
    lines += [f"{CONFIG} = pulumi.Config()", ""] if has_secrets else []
    return "\n".join(lines)


def _resource(declaration: Declaration) -> str:
    call = Call(f"{PACKAGE}.{declaration.kind.resource}", (declaration.name,), declaration.inputs)
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

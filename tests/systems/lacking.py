"""What the standard library of another system lacks, read from the stubs that mypy brings."""

import ast
import functools
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

HERE = "linux"
SYSTEMS = ("darwin", "win32")
"""The systems that the tests look through, as `sys.platform` names them."""
_OF_THE_STUBS = frozenset({"_typeshed", "collections.abc", "types", "typing", "typing_extensions"})
"""What stubs import for their own use."""
Lacking = dict[str, list[str] | None]
"""The names that a module lacks, or None where there is no such module at all."""


@functools.cache
def lacking(system: str) -> Lacking:
    """Return what `system` lacks of what is here."""
    found: Lacking = {}
    for module, body in _stubs():
        here, there = (set(_names(body, one)) for one in (HERE, system))
        if missing := here - there:
            is_there = any(not name.startswith("_") for name in there)
            found[module] = sorted(missing) if is_there else None
    return found


@functools.cache
def _stubs() -> tuple[tuple[str, list[ast.stmt]], ...]:
    folder = Path(str(files("mypy"))) / "typeshed" / "stdlib"
    stubs = [*folder.glob("*.pyi"), *folder.glob("*/__init__.pyi")]
    return tuple(
        (one.parent.name if one.stem == "__init__" else one.stem, ast.parse(one.read_text(encoding="utf-8")).body)
        for one in sorted(stubs)
    )


def _statements(body: list[ast.stmt], system: str) -> Iterator[ast.stmt]:
    """Give the statements of a stub that hold on this system and this version of Python."""
    for one in body:
        if isinstance(one, ast.If):
            holds = _holds(one.test, system)
            yield from _statements(one.body, system) if holds is not False else ()
            yield from _statements(one.orelse, system) if holds is not True else ()
        else:
            yield one


def _holds(test: ast.expr, system: str) -> bool | None:
    """Return what a condition of a stub comes to, None where it is about something else than system and version."""
    match test:
        case ast.BoolOp(op=operator, values=values):
            found = [_holds(one, system) for one in values]
            decisive = isinstance(operator, ast.Or)
            return decisive if decisive in found else None if None in found else not decisive
        case ast.Compare(ops=[ast.Eq() | ast.NotEq()], comparators=[ast.Constant(value=str(named))]):
            return (named == system) == isinstance(test.ops[0], ast.Eq) if "sys.platform" in ast.unparse(test) else None
        case ast.Compare(comparators=[ast.Tuple()]):
            return bool(eval(ast.unparse(test), {"sys": sys}))
    return None


def _names(body: list[ast.stmt], system: str) -> Iterator[str]:
    for one in _statements(body, system):
        match one:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name
            case ast.ImportFrom(module=str(module), names=aliases) if module not in _OF_THE_STUBS:
                yield from (alias.asname or alias.name for alias in aliases)

"""What signatures, docstrings and comments of the source say, for tables in Markdown."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

NOTE = "`make docs` writes this page from the code."


def sentences(thing: object) -> str:
    """Return what a docstring says before its sections, as paragraphs."""
    text = inspect.getdoc(thing) or ""
    return re.split(r"\n\n(?:Args|Raises|Returns|::)", text)[0].strip()


def arguments(function: object) -> dict[str, str]:
    """Return what a docstring says of each argument, on one line."""
    found = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", inspect.getdoc(function) or "", re.MULTILINE)
    return {name: " ".join(said.split()) for name, said in found}


def argument_types(function: object) -> dict[str, str]:
    """Return the type of each argument as it is written, without what any input may be."""
    node: Any = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]  # type: ignore[arg-type]
    return {one.arg: plain_type(ast.unparse(one.annotation)) for one in node.args.kwonlyargs if one.annotation}


def annotated(cls: type) -> list[tuple[str, str, str]]:
    """Return the name, the annotation and the text below it of each attribute that a class annotates itself."""
    body = _body(cls)
    found = []
    for line, below in zip(body, [*body[1:], None], strict=True):
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            said = below.value.value if _is_text(below) else ""
            found.append((line.target.id, plain_type(ast.unparse(line.annotation)), " ".join(str(said).split())))
    return found


def commented(cls: type) -> Iterator[tuple[str, str, str, str]]:
    """Yield the name, the type, the default and the comment above each field of a dataclass."""
    said: list[str] = []
    for line in inspect.getsource(cls).splitlines():
        field = re.fullmatch(r" {4}(\w+): ([^=]+?)(?: = (.*))?", line)
        if comment := re.fullmatch(r" {4}# (.*)", line):
            is_title = said and not said[-1].endswith(".") and comment[1][0].isupper()
            said = [*([] if is_title else said), comment[1]]
        elif field and not field[2].startswith("ClassVar"):
            yield field[1], plain_type(field[2]), _default(field[3]), " ".join(said) if _is_sentence(said) else ""
            said = []
        else:
            said = []


def plain_type(annotation: str) -> str:
    """Return a type as a reader of a table needs it: without what any input and any output may be, and without `|`."""
    bare = _Bare().visit(ast.parse(annotation, mode="eval").body)
    parts = [ast.unparse(part) for part in _alternatives(bare)]
    return " or ".join(part for part in dict.fromkeys(parts) if part != "None").replace(" | ", " or ")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def code(text: str) -> str:
    """Return the text as code; nothing for an empty one."""
    return f"`{text}`" if text else ""


def _default(written: str | None) -> str:
    made = re.fullmatch(r"field\(default_factory=(\w+)\)", written or "")
    return {"dict": "{}"}.get(made[1], made[1]) if made else written or "needed"


def _is_sentence(said: list[str]) -> bool:
    return bool(said) and said[-1].endswith(".")


class _Bare(ast.NodeTransformer):
    """Takes `Input` and `Output`, and the names of modules, out of an annotation."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        return node.slice if ast.unparse(node.value) in ("Input", "Output") else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return ast.Name(node.attr)


def _alternatives(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp):
        yield from _alternatives(node.left)
        yield from _alternatives(node.right)
    else:
        yield node


def _body(cls: type) -> list[Any]:
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    return found.body if isinstance(found, ast.ClassDef) else []


def _is_text(node: Any) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)

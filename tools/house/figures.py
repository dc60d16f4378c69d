"""What is counted in the source itself: files, lines, arrows between the parts of a package, functions used once."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """The modules of a package by their dotted name, each parsed."""

    modules: Mapping[str, ast.Module]
    lines: int

    @classmethod
    def of(cls, folder: Path) -> "Source":
        """Read every Python file under `folder`."""
        files = sorted(folder.rglob("*.py"))
        texts = {_dotted(folder, file): file.read_text(encoding="utf-8") for file in files}
        lines = sum(text.count("\n") for text in texts.values())
        return cls({name: ast.parse(text) for name, text in texts.items()}, lines)

    def rooms(self, package: str) -> set[str]:
        """Return the names of the modules and packages that stand directly in `package`."""
        prefix = f"{package}."
        return {name.removeprefix(prefix).partition(".")[0] for name in self.modules if name.startswith(prefix)}

    def arrows(self, package: str) -> set[tuple[str, str]]:
        """Return which room of `package` imports which other one."""
        prefix = f"{package}."
        found = (
            (name.removeprefix(prefix).partition(".")[0], target.removeprefix(prefix).partition(".")[0])
            for name in self.modules
            if name.startswith(prefix)
            for target in self._imports(name)
            if target.startswith(prefix)
        )
        return {(here, there) for here, there in found if here != there}

    def packages(self) -> list[str]:
        """Return the names of the packages, the outer one first."""
        return sorted({name.rpartition(".")[0] for name in self.modules if "." in name})

    def used_once(self) -> float:
        """Return which share of the private functions and methods is named in one place besides its definition."""
        defined: set[str] = set()
        named: Counter[str] = Counter()
        for node in (node for tree in self.modules.values() for node in ast.walk(tree)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("_") and not node.name.startswith("__"):
                defined.add(node.name)
            named[_name(node)] += 1
        return sum(named[name] == 1 for name in defined) / len(defined) if defined else 0.0

    def _imports(self, name: str) -> Iterator[str]:
        for node in ast.walk(self.modules[name]):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    yield inner if inner in self.modules else node.module


def _dotted(folder: Path, file: Path) -> str:
    parts = file.relative_to(folder.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""

"""The files of a program, none of which overwrites what somebody else has written."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xplenty_pulumi.cli.ui.files import write_whole
from xplenty_pulumi.errors import ConfigError, RefusedError

PROGRAM = "__main__.py"
_GUARD = """# An import that was not finished: remove what the state does not have from below, then these lines.
import pulumi

raise pulumi.RunError(
    "the import of what this program declares was not finished, so an `up` may create it a second time: remove what "
    "`pulumi stack` does not list from this program, then its first lines"
)

"""


def guarded(program: str) -> str:
    """Return the program with lines before it that stop each `pulumi up`, for as long as an import is not finished."""
    return _GUARD + program


@dataclass(frozen=True)
class ProgramFiles:
    """Files by their place below `folder`."""

    folder: Path
    contents: Mapping[str, str] = field(repr=False)

    def require_free(self) -> None:
        """Return if no file is in the way: one that would be written with the same content is not.

        Raises:
            RefusedError: one is; nothing was written.
        """
        for name, text in self.contents.items():
            place = self.folder / name
            if place.exists() and not _is_replaceable(place, text):
                raise RefusedError(
                    f"{place} exists, and what it says would be lost; nothing was written or imported",
                    advice="Name another folder with --out",
                )

    def write(self) -> None:
        """Write all files; raises ConfigError where one cannot be written."""
        for name, text in self.contents.items():
            place = self.folder / name
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                write_whole(place, text)
            except OSError as problem:
                raise ConfigError(f"{place} cannot be written: {problem.strerror}", setting="--out") from None


def _is_replaceable(place: Path, text: str) -> bool:
    """Whether the file says the same, or is a program that does nothing yet, as `pulumi new` leaves it."""
    try:
        found = place.read_text(encoding="utf-8")
        return found == text or (place.name == PROGRAM and (found == guarded(text) or _does_nothing(found)))
    except (OSError, ValueError):
        return False


def _does_nothing(program: str) -> bool:
    try:
        statements = ast.parse(program).body
    except SyntaxError:
        return False
    return all(
        isinstance(one, ast.Import | ast.ImportFrom)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in statements
    )

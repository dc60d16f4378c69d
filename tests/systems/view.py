"""Our code as it runs on another system: what it imports of the standard library is what that system has.

Only modules of `xplenty_pulumi` see it so. What they use, such as grpc or subprocess, works as on this system.
"""

import builtins
import importlib.util
import json
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

VARIABLE = "TESTS_SEEN_AS"
"""The environment variable with the file that says what the system lacks."""
PACKAGE = "xplenty_pulumi"


def written(folder: Path, system: str, lacking: Mapping[str, Sequence[str] | None]) -> Path:
    """Write down what `system` lacks, for processes that are started with VARIABLE; return the file."""
    file = folder / f"{system}.json"
    file.write_text(json.dumps({"system": system, "lacking": lacking}), encoding="utf-8")
    return file


def see_as(file: Path) -> None:
    """Let each module of the package that is imported from now on see what this file says."""
    found = json.loads(file.read_text(encoding="utf-8"))
    sys.meta_path.insert(0, _Finder(found["system"], found["lacking"]))


class _View(ModuleType):
    """A module without what the other system lacks."""

    def __init__(self, seen: ModuleType, hidden: Sequence[str], shown: Mapping[str, object]) -> None:
        super().__init__(seen.__name__)
        vars(self).update(shown, _seen=seen, _hidden=frozenset(hidden))

    def __getattr__(self, name: str) -> Any:
        if name in self._hidden:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r} on this system")
        return getattr(self._seen, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._seen, name, value)


class _Finder(MetaPathFinder):
    def __init__(self, system: str, lacking: Mapping[str, Sequence[str] | None]) -> None:
        self._lacking = lacking
        self._shown: Mapping[str, Mapping[str, object]] = {
            "sys": {"platform": system},
            "os": {"name": "nt" if system == "win32" else "posix"},
        }

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> Any:
        """Return the usual place of a module of the package, with a loader that narrows what it imports."""
        found: ModuleSpec | None = None
        if fullname.partition(".")[0] == PACKAGE:
            found = PathFinder.find_spec(fullname, path, target)
        if found is None or found.origin is None:
            return None
        loader = _Loader(fullname, found.origin)
        loader.builtins = {**vars(builtins), "__import__": self._imported}
        return importlib.util.spec_from_file_location(
            fullname, found.origin, loader=loader, submodule_search_locations=found.submodule_search_locations
        )

    def _imported(self, name: str, *others: Any, **named: Any) -> ModuleType:
        top = name.partition(".")[0]
        if self._lacking.get(top, ()) is None:
            raise ModuleNotFoundError(f"No module named {top!r} on this system", name=top)
        module = builtins.__import__(name, *others, **named)
        hidden, shown = self._lacking.get(module.__name__) or (), self._shown.get(module.__name__, {})
        return _View(module, hidden, shown) if hidden or shown else module


class _Loader(SourceFileLoader):
    builtins: Mapping[str, Any]

    def exec_module(self, module: ModuleType) -> None:
        """Run the module with our `__import__`."""
        vars(module)["__builtins__"] = dict(self.builtins)
        super().exec_module(module)

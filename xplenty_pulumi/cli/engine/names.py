"""Which stacks the scopes in markers stand for: files say it where they can, and the engine of other backends."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from subprocess import TimeoutExpired

from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.locks import state_folder
from xplenty_pulumi.core.reports.branches import scope_of_stack
from xplenty_pulumi.core.reports.owners import UNMANAGED
from xplenty_pulumi.dynamic.flows import PROJECT_FILES, project_folder
from xplenty_pulumi.errors import ConfigError, XplentyError
from xplenty_pulumi.text import NOTHING

SELECTED = "*"
"""What stands behind the stack that is selected in the project, as in `pulumi stack ls`."""
SELECTED_NOTE = f"{SELECTED} the selected stack of this project"
_OF_FILES = "organization"
"""The organization of every stack in a backend that has none."""
_LONGEST_LISTING = 10.0
_NAME, _URL, _SCOPE = ("name",), ("backend", "url"), ("config", "xplenty:scope")


@dataclass(frozen=True)
class StackNames:
    """The names of stacks for people: `project/stack` for each scope that is known, with `*` for the selected one.

    `folder` is that of the project, and `environment` names the backend where the project does not. The engine is
    started at most once, where a scope is not known and the backend is not a folder.
    """

    folder: Path = field(default_factory=Path)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def shown(self, owner: str) -> str:
        """Return the name of the stack with this scope; what is no scope, or not known, stays as it is."""
        if owner in (UNMANAGED, NOTHING):
            return owner
        known = self._near if owner in self._near else self._listed
        name = known.get(owner, "").partition("/")[2] or owner
        return f"{name}{SELECTED}" if owner == self._selected_scope else name

    def scope(self, name: str) -> str:
        """Return the scope of a stack that is named `project/stack`, or that scope itself.

        Raises:
            ConfigError: the backend is not known to have such a stack.
        """
        if "/" not in name:
            return name
        for known in (self._near, self._listed):
            for scope, full in known.items():
                if name.removesuffix(SELECTED) in (full, full.partition("/")[2]):
                    return scope
        raise ConfigError(
            f"--owner {name} is no stack of this backend",
            setting="--owner",
            advice="Name one as `project/stack`, as `pulumi stack ls --all` lists them, or by the scope in its marker",
        )

    def marks(self, owners: Iterable[str | None]) -> bool:
        """Return whether one of the owners is the selected stack."""
        return bool(self._selected_scope) and self._selected_scope in owners

    @property
    def _file(self) -> Path | None:
        return next((one for name in PROJECT_FILES if (one := self.folder / name).is_file()), None)

    @cached_property
    def _project(self) -> str:
        return _setting(self._file, _NAME)

    @cached_property
    def _backend(self) -> str:
        of_project = _setting(self._file, _URL)
        login = _json(self._home / "credentials.json").get("current")
        return self.environment.get("PULUMI_BACKEND_URL") or of_project or str(login or "")

    @property
    def _home(self) -> Path:
        home = self.environment.get("PULUMI_HOME")
        return Path(home) if home else Path("~/.pulumi").expanduser()

    @cached_property
    def _selected(self) -> str:
        """The full name of the selected stack, as the engine keeps it for the project; empty where there is none."""
        if not self._project:
            return ""
        mark = hashlib.sha1(str(self._file).encode(), usedforsecurity=False).hexdigest()
        kept = _json(self._home / "workspaces" / f"{self._project}-{mark}-workspace.json")
        stacks = kept.get("stacks")
        chosen = stacks.get(self._backend) if isinstance(stacks, dict) else kept.get("stack")
        name = self.environment.get("PULUMI_STACK") or str(chosen or "")
        return name if "/" in name or not name else f"{_OF_FILES}/{self._project}/{name}"

    @cached_property
    def _selected_scope(self) -> str:
        return self._scope_of(self._selected) if self._selected.count("/") == 2 else ""

    @cached_property
    def _near(self) -> dict[str, str]:
        """The stacks that files name, by their scopes."""
        names = [self._selected, *_stacks_in(state_folder(self._backend, folder=self.folder))]
        return {self._scope_of(name): name for name in names if name.count("/") == 2}

    @cached_property
    def _listed(self) -> dict[str, str]:
        """The stacks that the engine lists of a backend that is no folder, none where it does not answer."""
        if not self._backend or self._backend.startswith("file://"):
            return {}
        with suppress(XplentyError, TimeoutExpired, ValueError, KeyError, TypeError):
            words = ("stack", "ls", "--all", "--json", "--fully-qualify-stack-names")
            listed = json.loads(Engine.on_path(self.folder, "").told(*words, limit=_LONGEST_LISTING))
            names = [str(one["name"]) for one in listed]
            return {self._scope_of(name): name for name in names if name.count("/") == 2}
        return {}

    def _scope_of(self, full_name: str) -> str:
        """The scope of a stack; one of this project may set another in its configuration."""
        _, project, name = full_name.split("/")
        own = self.folder / f"Pulumi.{name}.yaml"
        return scope_of_stack(full_name, scope=_setting(own, _SCOPE) if project == self._project else "")


def names_here(environment: Mapping[str, str]) -> StackNames:
    """Return the names of the stacks as this process's folder and the environment tell them."""
    return StackNames(project_folder(), environment)


def _stacks_in(root: Path | None) -> Iterator[str]:
    for file in [] if root is None else sorted((root / "stacks").glob("*/*.json*")):
        name, _, ending = file.name.partition(".json")
        if ending in ("", ".gz"):
            yield f"{_OF_FILES}/{file.parent.name}/{name}"


def _setting(file: Path | None, path: Sequence[str]) -> str:
    """What stands at a path of a YAML file; an empty text where nothing does, or the file cannot be read."""
    if file is None:
        return ""
    import yaml  # noqa: PLC0415 - most commands read no such file

    with suppress(OSError, ValueError, yaml.YAMLError):
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found if isinstance(found, str) else ""
    return ""


def _json(file: Path) -> dict[str, object]:
    with suppress(OSError, ValueError):
        found = json.loads(file.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {}
    return {}

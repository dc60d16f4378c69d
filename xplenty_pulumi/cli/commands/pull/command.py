"""`xplenty-pulumi pull`: write what the service has of packages back into the files that the program names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import typer

from xplenty_pulumi.cli.commands.pull.files import PulledFile
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.engine.states import states
from xplenty_pulumi.cli.ui.account import CommandAccount, opened
from xplenty_pulumi.cli.ui.exits import FAILED, one_paragraph
from xplenty_pulumi.cli.ui.options import Cwd, StackOption, bad_usage
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.kinds.ownership import taken_over
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.core.reading.lookup import or_none
from xplenty_pulumi.core.reports.drift import Entry
from xplenty_pulumi.dynamic.flows import project_folder
from xplenty_pulumi.errors import ConfigError, NotFoundError, RefusedError, XplentyError
from xplenty_pulumi.text import plural

_INDENT = "\n  "
_ANOTHER = "Run `pulumi up --refresh`, which creates it again from the file"


def pull(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="The package's resource in the program.")] = "",
    *,
    everything: Annotated[bool, typer.Option("--all", help="All packages of the stack that have a file.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also where the file has changes of its own.")] = False,
    stack: StackOption = "",
    cwd: Cwd = Path(),
) -> None:
    """Write what the service has of a package back into the file that the program names.

    The file is formatted and sorted, so that a change in the editor is few lines of a diff. A file with changes that no
    `pulumi up` has sent is left as it is. Exits with 1 if one could not be written.
    """
    with one_paragraph("pull"):
        if bool(name) is everything:
            raise bad_usage("NAME", "names one package, and --all means all of the stack; give one of them")
        (found,) = states(Snapshot(Engine.on_path(cwd, stack)), all_stacks=False)
        packages = [one for one in found.entries if one.kind.name == PACKAGE.name]
        entries = _meant(packages, name)
        with opened(found.settings) as account:
            run = _Pull(account, Screen(account.secrets), project_folder(cwd), force, _shared(packages))
            account.budget.require_read()
            done = [run.has_pulled(one) for one in entries]
            if not all(done):
                raise typer.Exit(FAILED)


def _meant(packages: Iterable[Entry], name: str) -> list[Entry]:
    """The packages with that resource name, or all that have a file."""
    every = list(packages)
    if not name:
        return [one for one in every if one.declared.get("source")]
    found = [one for one in every if one.name == name]
    if len(found) != 1:
        names = ", ".join(sorted({one.name for one in every})) or "none"
        there = "the stack has several packages of that name" if found else "the stack has no package of that name"
        raise ConfigError(f"{name}: {there}; its packages are: {names}", setting="NAME")
    return found


def _shared(packages: Iterable[Entry]) -> dict[object, str]:
    """The packages of each file that is that of several, as texts name them."""
    names: dict[object, list[str]] = {}
    for one in packages:
        if source := one.declared.get("source"):
            names.setdefault(source, []).append(one.name)
    return {source: " and ".join(found) for source, found in names.items() if len(found) > 1}


@dataclass
class _Pull:
    """One run: `shared` says whose a file is that has several packages, `settled` for which one it was written."""

    account: CommandAccount
    screen: Screen
    folder: Path
    force: bool
    shared: Mapping[object, str]
    settled: dict[object, str] = field(default_factory=dict)

    def has_pulled(self, entry: Entry) -> bool:
        """Return whether the file is as the service has the package; says what was done."""
        source = entry.declared.get("source")
        try:
            found = _beside(entry, self.account, self.folder)
            pulled = replace(found, settled_for=self.settled.get(source, ""))
            changes = pulled.written(force=self.force)
        except XplentyError as problem:
            self.screen.warn(f"{entry.name}: {problem}")
            return False
        self.settled.setdefault(source, entry.name)
        self._tell(entry, changes, pulled.undeclared())
        return True

    def _tell(self, entry: Entry, changes: list[str], undeclared: list[str]) -> None:
        source = entry.declared["source"]
        if changes:
            outlook = "" if undeclared else self._outlook(entry)
            told = f"{entry.name}: wrote {source} ({plural(len(changes), 'change')}){outlook}"
            self.screen.line(_INDENT.join([told, *changes]))
        else:
            self.screen.line(f"{entry.name}: {source} is as the service has it")
        if undeclared:
            names = " and ".join(undeclared)
            self.screen.warn(f"{entry.name}: {names} changed in the service too; the program declares the old ones")

    def _outlook(self, entry: Entry) -> str:
        if names := self.shared.get(entry.declared["source"]):
            return f"; it is the file of {names}, and the next `pulumi up` gives it to each of them"
        does = "only validates it" if entry.declared.get("validate", True) else "sends nothing"
        return f"; the next `pulumi up` {does}"


def _beside(entry: Entry, account: CommandAccount, folder: Path) -> PulledFile:
    resource, source = f"package {entry.id}", entry.declared.get("source")
    if not source:
        raise RefusedError(
            "the program gives its flow itself, and not in a file; nothing was written", resource=resource
        )
    package = or_none(lambda: account.client.packages.get(int(entry.id), include=PACKAGE.parts), account.client)
    if package is None or PACKAGE.is_removed(package):
        raise NotFoundError("it is archived, or the service does not know it", status=404, resource=resource)
    if other := taken_over(package, entry.made):
        raise RefusedError(f"{other}; nothing was written", resource=resource, advice=_ANOTHER)
    last = str(entry.declared.get("flow", ""))
    return PulledFile(folder / str(source), str(source), package, last, entry.declared, secret=entry.unreadable)

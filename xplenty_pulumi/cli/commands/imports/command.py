"""`xplenty-pulumi import`: what exists in the account becomes a program and part of the state of a stack."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from xplenty_pulumi.cli.commands.imports.declare import NOT_SHOWN, Declaration, declare, names_of, require_declarable
from xplenty_pulumi.cli.commands.imports.files import PROGRAM, ProgramFiles, guarded
from xplenty_pulumi.cli.commands.imports.program import program_of
from xplenty_pulumi.cli.commands.imports.run import ImportRun, require_import
from xplenty_pulumi.cli.commands.imports.selection import ImportRequest, ImportSelection, TakeOverRules, select
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.holders import Holders, holders_in
from xplenty_pulumi.cli.engine.new_owner import StackPlace
from xplenty_pulumi.cli.engine.remains import refuse_while_locked, remains_of, require_unchanged
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.ui.account import opened, settings_of
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import Cwd, StackOption
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.dynamic.flows import way
from xplenty_pulumi.errors import RefusedError, XplentyError
from xplenty_pulumi.text import label, plural

DOCUMENT = "import.json"
_INTERRUPTED = f"ended by Ctrl-C; nothing in the account was changed; if {PROGRAM} was written, it says what to do next"


def import_(
    things: Annotated[
        list[str] | None, typer.Argument(metavar="KIND[:ID]", help="What: a kind, or one thing such as cluster:501.")
    ] = None,
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", file_okay=False, help="Where the program is to be.")],
    is_all: Annotated[bool, typer.Option("--all", help="Everything but job runs.")] = False,
    take_over: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND:ID", help="Also this one, which carries the marker of a stack; repeatable."),
    ] = None,
    no_run: Annotated[
        bool, typer.Option("--no-run", help="Only write the program and import.json, for `pulumi import --file`.")
    ] = False,
    stack: StackOption = "",
    cwd: Cwd = Path(),
) -> None:
    """Write a program that declares what exists in the account, and take it into the state of the stack.

    Nothing in the account is changed: the next `pulumi up` signs the ownership markers, and changes nothing else.
    """
    with one_paragraph("import", interrupted=_INTERRUPTED):
        wanted = ImportRequest.of(things or (), take_over or (), is_all=is_all)
        engine = Engine.on_path(cwd, stack)
        require_import(engine)
        snapshot = Snapshot(engine)
        place = StackPlace.of(snapshot, needs_stack=True)
        remains = remains_of(snapshot, place.stack)
        refuse_while_locked(remains)
        with opened(settings_of(place.stack, place.config)) as account:
            screen = Screen(account.secrets)
            holders = holders_in(snapshot, account.settings)
            rules = TakeOverRules(holders, place.stack, place.scope, remains.owners())
            chosen = select(account.client, wanted, rules)
            # What an `up` was creating while the account was read may be in the state by now.
            require_unchanged(engine, place.stack, locks=(), written=remains.written)
        run = ImportRun(engine, place.stack, place.config)
        now = partial(holders_in, Snapshot(engine), account.settings)
        _Import(run, screen, out, partial(_require_sole, holders, now, place.stack), runs=not no_run).take(
            chosen, wanted
        )


@dataclass(frozen=True)
class _Import:
    """One import: `out` is the folder of the program, and `runs` says whether the engine imports.

    `require_sole` returns if no other stack has taken what was imported meanwhile.
    """

    engine_run: ImportRun
    screen: Screen
    out: Path
    require_sole: Callable[[Sequence[Declaration]], None]
    runs: bool

    def take(self, chosen: ImportSelection, wanted: ImportRequest) -> None:
        """Write the program, let the engine import what it declares, and say what comes next."""
        declarations = self._declared(chosen, wanted)
        if not declarations:
            self.screen.line("nothing to import")
            return
        program = program_of(declarations, folder=way(self.out, start=self.engine_run.engine.folder))
        flows = {one.file: one.flow for one in declarations if one.flow}
        unread = {} if self.runs else {DOCUMENT: ""}
        ProgramFiles(self.out, {PROGRAM: program, **flows, **unread}).require_free()
        ProgramFiles(self.out, flows).write()
        document = self.engine_run.documented(program, declarations)
        for one in declarations:
            self.screen.line(f"{label(one.kind.name, one.id)}: {one.variable} in {self.out / PROGRAM}")
        if self.runs:
            self._run(program, document, declarations)
        else:
            self._leave_to_user(program, document)

    def _leave_to_user(self, program: str, document: Mapping[str, object]) -> None:
        """Write the document beside the program, and say what imports it."""
        ProgramFiles(self.out, {DOCUMENT: json.dumps(document, indent=2), PROGRAM: program}).write()
        self.screen.line(
            f"next, before any `pulumi up`, which would create it all a second time: `pulumi import --file "
            f"{self.out / DOCUMENT} --yes --protect=false --generate-code=false`"
        )

    def _run(self, program: str, document: Mapping[str, Any], declarations: list[Declaration]) -> None:
        """Let the engine import; until that is done, the first lines of the program stop each `pulumi up`."""
        ProgramFiles(self.out, {PROGRAM: guarded(program)}).write()
        if not self.engine_run.run(document, declarations):
            raise XplentyError(
                "`pulumi import` failed; what it has imported is in the state of the stack",
                advice=f"Remove what is not in the state from {self.out / PROGRAM}, since a `pulumi up` would create "
                "it a second time, and then its first lines, which stop each `pulumi up`",
            )
        self.require_sole(declarations)
        ProgramFiles(self.out, {PROGRAM: program}).write()
        self._report(declarations)

    def _declared(self, chosen: ImportSelection, wanted: ImportRequest) -> list[Declaration]:
        """What is declared; what is left out is told."""
        for line in chosen.left_out:
            self.screen.warn(line)
        taken = []
        for kind, record in chosen.records:
            try:
                self._require(kind, record)
                taken.append((kind, record))
            except RefusedError as refusal:
                if wanted.names(kind, record):
                    raise
                self.screen.warn(f"left out: {refusal}")
        names = names_of(taken, used=chosen.used)
        return [declare(kind, record, names) for kind, record in taken]

    def _require(self, kind: Kind, record: Any) -> None:
        """Return if a program can declare it, and a file can hold that."""
        require_declarable(kind, record)
        if not self.runs and any(one.secret for one in kind.fields):
            raise RefusedError(
                "it has secrets, which are written into no file in clear; it is not imported",
                resource=label(kind.name, record.key),
                advice="Import it without --no-run",
            )

    def _report(self, declarations: list[Declaration]) -> None:
        for one in declarations:
            for key in (key for key, value in one.secrets.items() if value == NOT_SHOWN):
                self.screen.line(
                    f"{one.variable}: the service does not show what {key} is, and keeps it; to change it, or to make "
                    f"the {one.kind.name} anew, run `pulumi config set --secret {key}`"
                )
        count = plural(len(declarations), "thing")
        is_project = self.out.resolve() == self.engine_run.engine.folder.resolve()
        if is_project:
            self.screen.line(f"{count} imported; the next `pulumi up` signs the ownership markers, and nothing else")
            return
        self.screen.line(
            f"{count} imported; next, take what {self.out / PROGRAM} declares into the program of the project: a "
            "`pulumi up` without it ends and removes what was imported"
        )


def _require_sole(before: Holders, now: Callable[[], Holders], stack: str, imported: Sequence[Declaration]) -> None:
    """Return if no other stack holds what was imported; of two imports at once, the last one to end sees the other."""
    for other in (one for one in now().held if one.stack != stack and one not in before.held):
        for one in imported:
            if (one.kind.name, one.id) in other.references:
                raise XplentyError(
                    f"it was imported, and the state of stack {other.stack} has taken it meanwhile, so that a `pulumi "
                    "destroy` of each of the two would end what the other one has",
                    resource=label(one.kind.name, one.id),
                    advice=f"Take it out of one of them, with `pulumi state delete` and out of its program, and then "
                    f"remove the first lines of {PROGRAM}, which stop each `pulumi up`",
                )

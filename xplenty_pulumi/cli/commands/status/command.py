"""`xplenty-pulumi status`: what there is on the account, once or all the time."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer
from rich.console import Group
from rich.text import Text

from xplenty_pulumi.cli.commands.status.live import Display, InPlace, OnJsonLines, OnLines, watch
from xplenty_pulumi.cli.commands.status.pages import Anything, StatusPage, document_of
from xplenty_pulumi.cli.engine.names import StackNames, names_here
from xplenty_pulumi.cli.ui.account import CommandAccount, opened
from xplenty_pulumi.cli.ui.exits import SHOWS_FAILURE, one_paragraph
from xplenty_pulumi.cli.ui.options import AsJson, OwnerOption, bad_usage, completed_as, read_span
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.cli.ui.table import head
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.core.reading.lookup import package_id
from xplenty_pulumi.core.reports.overview import Wanted


class StatusView(StrEnum):
    """What is shown."""

    ALL = "all"
    CLUSTERS = "clusters"
    JOBS = "jobs"
    SCHEDULES = "schedules"
    CLUSTER = "cluster"
    JOB = "job"


_SINGLE = frozenset({StatusView.CLUSTER, StatusView.JOB})
_STATUSES = tuple(dict.fromkeys(status for kind in KINDS.values() for status in kind.phases))
_OF_CLUSTERS = frozenset({StatusView.ALL, StatusView.CLUSTERS, StatusView.CLUSTER})
_OF_SCHEDULES = ("enabled", "disabled")
_LAST_HOURS = "6h"
_SHORTEST_INTERVAL, _LONGEST_INTERVAL = 0.2, 3600.0


@dataclass(frozen=True)
class StatusOptions:
    """What the user has asked for, as it was typed."""

    what: StatusView
    number: int | None
    status: tuple[str, ...]
    package: str
    owner: str
    age: str
    log_lines: int
    shows_values: bool
    since: str = ""
    with_timeline: bool = False

    def check(self) -> None:
        """Raise ConfigError where the parts do not fit together."""
        if self.what in _SINGLE and self.number is None:
            raise bad_usage(f"status {self.what}", f"needs an ID: `xplenty-pulumi status {self.what} ID`")
        if self.what not in _SINGLE and self.number is not None:
            raise bad_usage("ID", "goes with `status cluster` and `status job` only")
        filters = {"--status": self.status, "--package": self.package, "--owner": self.owner, "--age": self.age}
        for option, value in filters.items():
            if value and self.what in _SINGLE:
                raise bad_usage(option, "chooses among many; leave it out where an ID is given")
        if self.package and self.what is StatusView.CLUSTERS:
            raise bad_usage("--package", "chooses among job runs; clusters have no package")
        if self.with_timeline and (self.what not in _OF_CLUSTERS or self.package):
            raise bad_usage("--timeline", "goes with `status`, `status clusters` and `status cluster ID` only")
        if self.since and not self.with_timeline:
            raise bad_usage("--since", "goes with --timeline; --age chooses what is shown by its age")

    def wanted(self, account: CommandAccount, names: StackNames) -> Wanted:
        """Return what is to be shown; a package's name is looked up."""
        statuses = _OF_SCHEDULES if self.what is StatusView.SCHEDULES else _STATUSES
        for status in self.status:
            if status not in statuses:
                raise bad_usage("--status", f"must be one of {', '.join(statuses)}, got {status[:40]!r}")
        age = read_span("--age", self.age) if self.age else None
        package = self.package.strip()
        package_number = int(package_id(account.client, package)) if package else None
        return Wanted(tuple(dict.fromkeys(self.status)), package_number, names.scope(self.owner.strip()), age)

    def timeline(self, account: CommandAccount, names: StackNames) -> Group:
        """Read the last hours of the clusters that are wanted, or of one."""
        from xplenty_pulumi.cli.commands.status.timeline import read_timeline  # noqa: PLC0415 - few ask for the picture

        period, wanted = read_span("--since", self.since or _LAST_HOURS), self.wanted(account, names)
        drawn = read_timeline(account, period, wanted=wanted, cluster=self.number)
        return Group(head(account.settings.account_id, drawn.found.until, account.client.credits), Text(), drawn)

    def reader(self, account: CommandAccount, names: StackNames) -> Callable[[], Anything]:
        """Return what reads from the account what is to be shown."""
        observer, number = account.observer(self.wanted(account, names)), self.number or 0
        readers: dict[StatusView, Callable[[], Anything]] = {
            StatusView.ALL: observer.jobs if self.package else observer.overview,
            StatusView.CLUSTERS: observer.clusters,
            StatusView.JOBS: observer.jobs,
            StatusView.SCHEDULES: observer.schedules,
            StatusView.CLUSTER: partial(observer.cluster, number),
            StatusView.JOB: partial(observer.job, number, log_lines=self.log_lines, shows_values=self.shows_values),
        }
        return readers[self.what]


def _completed(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Complete an id by the kind before it."""
    what = str(ctx.params.get("what", ""))
    return completed_as(what)(incomplete) if what in _SINGLE else []


def _pause(interval: str) -> float:
    pause = read_span("--interval", interval).total_seconds()
    if not _SHORTEST_INTERVAL <= pause <= _LONGEST_INTERVAL:
        raise bad_usage("--interval", f"must be from {_SHORTEST_INTERVAL:g} seconds to an hour, got {interval!r}")
    return pause


def _display(
    screen: Screen, clock: Clock, page: Callable[[Anything, str], StatusPage], *, as_json: bool
) -> Display[Anything]:
    if as_json:
        return OnJsonLines(screen, document_of)
    return InPlace(screen, page) if screen.is_terminal else OnLines(screen, clock)


def _watch(account: CommandAccount, read: Callable[[], Anything], display: Display[Anything], *, pause: float) -> None:
    clock, allowance, silence = account.clock, account.budget, account.silence
    watch(read, display, clock=clock, allowance=allowance, interval=pause, silence=silence)


def status(
    what: Annotated[
        StatusView, typer.Argument(help="All of it, all of one kind, or one thing by its ID.")
    ] = StatusView.ALL,
    number: Annotated[
        int | None,
        typer.Argument(min=1, metavar="ID", help="For `cluster` and `job`.", autocompletion=_completed),
    ] = None,
    *,
    with_status: Annotated[
        list[str], typer.Option("--status", metavar="STATUS", help="Only with this status; may be given several times.")
    ] = [],  # noqa: B006 - typer copies it
    package: Annotated[
        str,
        typer.Option(
            metavar="ID|NAME",
            help="Only runs and schedules of this package, by its id or exact name.",
            autocompletion=completed_as("package"),
        ),
    ] = "",
    owner: OwnerOption = "",
    age: Annotated[
        str, typer.Option(metavar="TIME", help="Only created within this time, such as 2h or 7d; ended ones too.")
    ] = "",
    watching: Annotated[bool, typer.Option("--watch", "-w", help="Go on looking until Ctrl-C.")] = False,
    interval: Annotated[str, typer.Option(metavar="TIME", help="The time between two looks of --watch.")] = "5s",
    as_json: AsJson = False,
    fail_on_error: Annotated[
        bool,
        typer.Option(
            "--fail-on-error",
            help="Exit with 3 when something shown is in error, overdue, or failed with no completed run in its place.",
        ),
    ] = False,
    show_variables: Annotated[
        bool, typer.Option("--show-variables", help="Show the values of a job's variables, which may be secret.")
    ] = False,
    log_lines: Annotated[
        int, typer.Option(min=1, max=10_000, metavar="NUMBER", help="How many of the last lines of a job's log.")
    ] = 10,
    timeline: Annotated[
        bool, typer.Option("--timeline", help="Draw the last hours of each cluster, or of one with its runs.")
    ] = False,
    since: Annotated[
        str, typer.Option(metavar="TIME", help=f"How far --timeline looks back; {_LAST_HOURS} if not given.")
    ] = "",
) -> None:
    """Show clusters, job runs and schedules, whose they are and how they do."""
    with one_paragraph("status"):
        chosen = StatusOptions(
            what, number, tuple(with_status), package, owner, age, log_lines, show_variables, since, timeline
        )
        chosen.check()
        if timeline and (watching or as_json or fail_on_error):
            raise bad_usage("--timeline", "is one picture; leave out --watch, --json and --fail-on-error")
        pause = _pause(interval)
        if watching and fail_on_error:
            raise bad_usage("--fail-on-error", "is for one look; leave out --watch")
        with opened() as account:
            screen, names = Screen(account.secrets), names_here(os.environ)
            if timeline:
                screen.show(chosen.timeline(account, names))
                return
            read = chosen.reader(account, names)
            page = partial(StatusPage, account.settings.account_id, names)
            if watching:
                _watch(account, read, _display(screen, account.clock, page, as_json=as_json), pause=pause)
                return
            shown = read()
            screen.document(document_of(shown)) if as_json else screen.show(page(shown))
            if shown.has_failure and fail_on_error:
                raise typer.Exit(SHOWS_FAILURE)

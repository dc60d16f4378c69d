"""What a shell offers on TAB: ids, stacks and branches that there are, and nothing where they cannot be read."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from xplenty_pulumi.cli.commands.branch.git import Repository
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.ui.account import opened
from xplenty_pulumi.client import Client
from xplenty_pulumi.core.reports.overview import cluster_row, job_row
from xplenty_pulumi.errors import XplentyError

Offer: TypeAlias = tuple[str, str]
"""A word, and what it stands for."""
RecordT = TypeVar("RecordT")
_LONGEST_CALL = 3.0
_MOST = 100


def offers(kind: str, beginning: str) -> list[Offer]:
    """Return those of a kind in `OFFERED` that begin so; none where they cannot be read, as a shell shows no error."""
    try:
        return [(word, text) for word, text in OFFERED[kind]() if word.startswith(beginning)]
    except (XplentyError, OSError, ValueError):
        return []


def _clusters() -> Iterable[Offer]:
    rows = [cluster_row(one) for one in _newest(lambda client: client.clusters.list())]
    return [(str(row.id), f"{row.name} {row.status}") for row in rows if not row.is_ended]


def _jobs() -> Iterable[Offer]:
    rows = [job_row(one) for one in _newest(lambda client: client.jobs.list())]
    return [(str(row.id), f"package {row.package_id} {row.status}") for row in rows if not row.is_ended]


def _stacks() -> Iterable[Offer]:
    listed = json.loads(Engine.on_path(Path(), "").told("stack", "ls", "--json"))
    return [(str(one["name"]), "selected" if one.get("current") else "") for one in listed]


def _newest(read: Callable[[Client], Iterable[RecordT]]) -> list[RecordT]:
    with opened() as account:
        return list(islice(read(account.client.within(_LONGEST_CALL)), _MOST))


OFFERED: Mapping[str, Callable[[], Iterable[Offer]]] = MappingProxyType(
    {
        "cluster": _clusters,
        "job": _jobs,
        "schedule": lambda: [
            (str(one.id), f"{one.name} {one.status}") for one in _newest(lambda client: client.schedules.list())
        ],
        "package": lambda: [(str(one.id), one.name or "") for one in _newest(lambda client: client.packages.list())],
        "stack": _stacks,
        "branch": lambda: [(name, "") for name in sorted(Repository(Path(), os.environ).heads("").names)],
    }
)
"""What is offered of each kind; clusters and job runs that have ended are not."""

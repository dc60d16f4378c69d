"""The history of an account as what the page shows of it: plain values, and texts that are HTML already.

Moments are milliseconds, as the page's own language has them.
"""

import textwrap
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reports.history import History, Lane, RunSpan, days_of, label_of, slots
from xplenty_pulumi.text import harmless, one_line, plural

Text = Callable[[str], str]
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"})
"""The pictures know entities by number, and only some by name."""
_LONGEST_NAME, _LONGEST_ERROR, _WIDTH = 28, 600, 80
_WAITS = 25
_OUTCOMES = {Phase.SUCCEEDED: "completed", Phase.FAILED: "failed", Phase.RUNNING: "running"}
_NOTES = (
    "Node-hours are the nodes of a cluster multiplied by the time from its launch to its end, or until now, within the "
    "period. A record holds the present number of nodes only: a cluster that was resized counts as if it had always "
    "had it. Use the figures for comparison, not as an invoice.",
    "<b>Building</b> is the time from the creation to the launch. A record without the launch has the time since which "
    "the cluster is available, which the service sets again when it gives an idle cluster work; a run that started "
    "earlier is then taken for the launch. Such an estimate is hatched.",
    "<b>Busy</b> is the time in which a job run is between its start and its end, and <b>idle</b> the rest. The tasks "
    "of a workflow are part of its run.",
    "<b>Ending</b> and <b>in error</b> are shown for clusters that are so now, since the last change of their record, "
    "hatched as an estimate. The service does not record when the end of a cluster was asked for: for one that has "
    "ended, that time counts as busy or idle.",
    "Idle node-hours include the time in error.",
    "A run that has ended without a recorded end is as long as its runtime, and hatched.",
)


def facts(
    found: History, *, account: str, scrub: Text, named: Text = str, cut_lists: Iterable[str] = ()
) -> dict[str, Any]:
    """Return all that the page shows.

    `scrub` masks secrets in a text, `named` returns how an owner is called, `cut_lists` were not read to their end.
    """
    used: dict[str, float] = {}
    for lane in found.lanes:
        used[lane.row.owner] = used.get(lane.row.owner, 0.0) + lane.node_hours
    lanes = sorted(found.lanes, key=lambda lane: (-used[lane.row.owner], lane.row.owner, -lane.row.id))
    return {
        "account": html(account, scrub),
        "since": _at(found.since),
        "until": _at(found.until),
        "days": [f"{begin:%Y-%m-%d}" for begin, _ in days_of(found.since, found.until)],
        "waits": _WAITS,
        "lanes": [{**_lane(lane, scrub), "owner": html(named(lane.row.owner), scrub)} for lane in lanes],
        "notes": [*_NOTES, *_missing(found, cut_lists)],
    }


def html(text: str, scrub: Text, *, limit: int | None = None) -> str:
    """Return a text that may come from the service as HTML on one line, without secrets."""
    return _escaped(one_line(scrub(one_line(text)), limit=limit))


def _escaped(text: str) -> str:
    return harmless(text).translate(_ENTITIES)


def _missing(found: History, cut_lists: Iterable[str]) -> Iterable[str]:
    if found.unended:
        count = plural(len(found.unended), "cluster")
        yield f"Not counted: {count} that ended at a moment which the service does not show."
    if found.homeless:
        yield f"Not shown: {plural(len(found.homeless), 'job run')} on clusters that the service does not list."
    for name in cut_lists:
        yield f"Not all {name} were read, because their list is too long: some are missing here."


def _lane(lane: Lane, scrub: Text) -> dict[str, Any]:
    row, rows = lane.row, slots(lane.runs)
    size = plural(row.nodes or 0, "node") + (", sandbox" if row.type == "sandbox" else "")
    return {
        "id": row.id,
        "name": html(row.name or "unnamed", scrub, limit=_LONGEST_NAME),
        "status": html(row.status, scrub),
        "size": size,
        "created": _at_or_none(row.created_at),
        "hours": round(lane.node_hours, 4),
        "idle": round(lane.idle_node_hours, 4),
        "unused": lane.is_unused,
        "days": {f"{day:%Y-%m-%d}": round(hours, 4) for day, hours in lane.by_day.items()},
        "stretches": [[one.activity, _at(one.begin), _at(one.end), one.is_estimated] for one in lane.stretches],
        "runs": [{**_run(run, scrub), "slot": slot} for run, slot in zip(lane.runs, rows, strict=True)],
        "slots": max(rows, default=0) + 1,
    }


def _run(run: RunSpan, scrub: Text) -> dict[str, Any]:
    errors = textwrap.wrap(one_line(scrub(one_line(run.row.errors)), limit=_LONGEST_ERROR), _WIDTH)
    outcome = _OUTCOMES.get(run.row.phase, "stopped" if run.row.is_ended else "running")
    return {
        "id": run.row.id,
        "package": html(label_of(run), scrub, limit=2 * _LONGEST_NAME),
        "status": html(run.row.status, scrub),
        "outcome": outcome,
        "created": _at_or_none(run.row.created_at),
        "begin": _at_or_none(run.begin),
        "end": _at(run.end),
        "waited": round(run.waited.total_seconds() * 1000),
        "estimated": run.is_estimated,
        "error": "<br>".join(map(_escaped, errors)),
    }


def _at(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _at_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else _at(moment)

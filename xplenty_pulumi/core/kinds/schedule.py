"""What is known about schedules, as data; they have no status that passes: one that is there is in force or not."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

from xplenty_pulumi.core.kinds import inputs, marker
from xplenty_pulumi.core.kinds.inputs import shown
from xplenty_pulumi.core.kinds.kind import Change, Drift, Ending, Field, Kind, alike
from xplenty_pulumi.text import stamp

if TYPE_CHECKING:
    from xplenty_pulumi.client import Job, Schedule

ReuseCluster = Literal["none", "self", "any"]
"""Which clusters that exist a schedule may run on."""
UNITS = ("minutes", "hours", "days", "weeks", "months")
_INTERVAL = re.compile(rf"(?:(\d{{1,5}}) +)?({'|'.join(unit.removesuffix('s') for unit in UNITS)})s?")
_TASK = ("nodes", "terminate_on_idle", "time_to_idle", "packages")
_OF_PACKAGE = frozenset({"package_id", "variables"})
_IN_PLACE = Change.IN_PLACE


def interval(value: object) -> str:
    """Accept a text such as `1 day` or `12 hours`; give it with its number, and with its unit in the right number."""
    found = _INTERVAL.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    amount = int(found[1] or 1) if found else 0
    if found is None or amount < 1:
        raise ValueError(f"must be a number of {', '.join(UNITS)}, such as '1 day' or '12 hours', got {shown(value)}")
    unit = found[2] if amount == 1 else f"{found[2]}s"
    return f"{amount} {unit}"


def minute(value: object) -> str:
    """Accept a time with its zone, such as `2026-12-01T02:00:00Z`; give its minute in UTC.

    Seconds are dropped: every published schedule starts at a whole minute, so the service may drop them too.
    """
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        if found is not None and found.tzinfo is not None:
            return stamp(found.astimezone(UTC).replace(second=0, microsecond=0))
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"must be a time with its zone, such as '2026-12-01T02:00:00Z', got {shown(value)}")


def packages(value: object) -> list[dict[str, object]]:
    """Accept a list of `{package_id, variables}`; no text about what is wrong shows a variable."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or not value:
        raise ValueError(f"must be a list of one package or more, got {shown(value)}")
    return [_package(position, item) for position, item in enumerate(value)]


def _package(position: int, item: object) -> dict[str, object]:
    if not isinstance(item, Mapping) or not {*item} <= _OF_PACKAGE or "package_id" not in item:
        raise ValueError(f"[{position}] must have package_id and perhaps variables, and nothing else")
    try:
        number = inputs.identifier(item["package_id"])
    except ValueError as problem:
        raise ValueError(f"[{position}].package_id {problem}") from None
    try:
        return {"package_id": number, "variables": inputs.variables(item.get("variables") or {})}
    except ValueError as problem:
        raise ValueError(f"[{position}].variables {problem}") from None


def schedule_view(schedule: "Schedule", asked: Mapping[str, object] = MappingProxyType({})) -> dict[str, object]:
    """Return the record as inputs and outputs, without its id, and with the user's own description only.

    What the service does not show is taken to be as it was `asked` for, and what it shows of a package besides its
    inputs is left out, lest it look like drift for ever. One that is disabled has no next run, whatever the service
    still shows as its last plan.
    """
    view = schedule.model_dump(mode="json", exclude={"id", "status", "task", "reuse_cluster"})
    amount, unit = view.pop("interval_amount", None), view.pop("interval_unit", None)
    wanted: dict[str, Any] = {**dict.fromkeys(_TASK, True), "packages": {"__all__": _OF_PACKAGE}}
    task = schedule.task.model_dump(mode="json", include=wanted) if schedule.task else {}
    view |= {
        "description": marker.strip(schedule.description),
        "enabled": schedule.status == "enabled",
        "next_run_at": view["next_run_at"] if schedule.status == "enabled" else None,
        "every": None if amount is None or unit is None else _spelled(amount, unit),
        "reuse_cluster": view.pop("reuse_cluster_strategy", None),
        **{name: task.get(name) for name in _TASK},
    }
    return view | {name: asked.get(name) for name, value in view.items() if value is None}


def _spelled(amount: object, unit: object) -> str:
    """The interval as inputs have it; in the service's words where it has a unit that is not known."""
    text = f"{amount} {unit}"
    return interval(text) if _INTERVAL.fullmatch(text) and amount else text


def schedule_body(given: Mapping[str, object]) -> dict[str, object]:
    """Return inputs as the parameters of a call."""
    body = {name: value for name, value in given.items() if name not in {*_TASK, *_SPELLED}}
    if "enabled" in given:
        body["status"] = "enabled" if given["enabled"] else "disabled"
    if "every" in given:
        amount, _, unit = str(interval(given["every"])).partition(" ")
        body |= {"interval_amount": int(amount), "interval_unit": f"{unit.removesuffix('s')}s"}
    if "reuse_cluster" in given:
        body["reuse_cluster_strategy"] = given["reuse_cluster"]
    task = {name: given[name] for name in _TASK if name in given}
    return {**body, "task": task} if task else body


_SPELLED = frozenset({"enabled", "every", "reuse_cluster"})
"""Inputs that the service has under another name."""


def has_run(schedule: "Schedule") -> bool:
    """Return whether it has run, after which its start cannot be changed (documented)."""
    return bool(schedule.execution_count)


def is_started_by(job: "Job", schedule_id: object) -> bool:
    """Return whether this schedule has started the job."""
    return job.creator is not None and job.creator.type == "Schedule" and job.creator.id == schedule_id


def _repeated(schedule: "Schedule", asked: Mapping[str, object]) -> Mapping[str, object]:
    """The whole document, because a change may replace it; without a start that may not be sent any more.

    Its packages have all that the service shows of them, known here or not.
    """
    view = schedule_view(schedule, asked)
    if schedule.task and schedule.task.packages is not None:
        view["packages"] = schedule.task.model_dump(mode="json", include={"packages"})["packages"]
    names = [one.name for one in SCHEDULE.fields if one.change is _IN_PLACE and view.get(one.name) is not None]
    return {name: view[name] for name in names if name != "start_at" or not has_run(schedule)}


def _summary(schedule: "Schedule") -> str:
    return f"{schedule.name or ''}, {schedule.status}"


SCHEDULE = Kind(
    name="schedule",
    resource="Schedule",
    collection="schedules",
    fields=(
        Field("packages", packages, _IN_PLACE, required=True, private="items"),
        Field("every", interval, _IN_PLACE, required=True),
        Field("start_at", minute, _IN_PLACE),
        Field("enabled", inputs.flag, _IN_PLACE, default=True),
        Field("name", inputs.text(blank=False), _IN_PLACE, drift=Drift.HARMLESS),
        Field("description", inputs.description, _IN_PLACE, default="", drift=Drift.HARMLESS),
        Field("overlap", inputs.flag, _IN_PLACE, default=True),
        Field("auto_retry", inputs.flag, _IN_PLACE, default=False),
        Field("auto_retry_attempts", inputs.whole(lowest=1, highest=5), _IN_PLACE, default=3),
        Field("reuse_cluster", inputs.choice(*get_args(ReuseCluster)), _IN_PLACE, default="any"),
        Field("nodes", inputs.whole(lowest=1, highest=10_000), _IN_PLACE, default=2),
        Field("terminate_on_idle", inputs.flag, _IN_PLACE, default=True),
        Field("time_to_idle", inputs.whole_seconds, _IN_PLACE, default=60),
        Field("notify", inputs.flag, Change.LOCAL),
    ),
    signed="description",
    ends=Ending.REMOVED,
    shown={
        **alike("next_run_at last_run_at last_run_status execution_count", Drift.EXPECTED),
        **alike("created_at updated_at owner_id url html_url", Drift.NONE),
    },
    view=schedule_view,
    body=schedule_body,
    repeated=_repeated,
    fixed=MappingProxyType({"start_at": has_run}),
    switch="enabled",
    summary=_summary,
)

"""The calls on schedules, and how each of their fields is read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from xplenty_pulumi.emulator.calls.call import Call, answer_list
from xplenty_pulumi.emulator.calls.views import schedule_json
from xplenty_pulumi.emulator.life import firing
from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.records import FINAL
from xplenty_pulumi.emulator.life.schedules import STRATEGIES, UNITS, EmulatedSchedule, replanned
from xplenty_pulumi.emulator.wire import values
from xplenty_pulumi.emulator.wire.lists import Filter, ListRules
from xplenty_pulumi.emulator.wire.messages import Answer, Json, invalid
from xplenty_pulumi.emulator.wire.values import Reader


def _between(lowest: int, highest: int) -> Reader:
    def read(field: str, value: Any) -> int:
        found = values.whole(field, value)
        if not lowest <= found <= highest:
            raise invalid(field, f"must be from {lowest} to {highest}, got {values.shown(value)}")
        return found

    return read


def _moment(field: str, value: Any) -> Moment:
    try:
        found = datetime.fromisoformat(values.text(field, value))
        moment = (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        moment = -1
    if moment < 0:
        raise invalid(field, f"must be a time such as 2026-01-01T02:00:00Z, got {values.shown(value)}")
    return moment


def _packages(field: str, value: Any) -> list[Mapping[str, Any]]:
    """What is run: a list, or an object with the numbers 0, 1 and so on, which an older client sends."""
    entries = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(entries, list) or not entries:
        raise invalid(field, "must be a list of one package or more")
    return [_package(f"{field}[{position}]", entry) for position, entry in enumerate(entries)]


def _package(field: str, entry: Any) -> Mapping[str, Any]:
    given = values.mapping(field, entry)
    number = values.whole(f"{field}.package_id", given.get("package_id"))
    return {"package_id": number, "variables": values.variables(f"{field}.variables", given.get("variables") or {})}


_FIELDS: Mapping[str, Reader] = {
    "name": values.text,
    "description": values.text,
    "status": values.one_of("enabled", "disabled"),
    "start_at": _moment,
    "interval_amount": _between(1, 10_000),
    "interval_unit": values.one_of(*UNITS),
    "overlap": values.flag,
    "auto_retry": values.flag,
    "auto_retry_attempts": _between(1, 5),
    "reuse_cluster_strategy": values.one_of(*STRATEGIES),
    "task": values.mapping,
}
_TASK: Mapping[str, Reader] = {
    "nodes": values.whole,
    "terminate_on_idle": values.flag,
    "time_to_idle": _between(0, 10**9),
    "packages": _packages,
}
_DEFAULTS: Mapping[str, Any] = {
    "name": "Untitled",
    "description": "",
    "status": "disabled",
    "interval_amount": 1,
    "interval_unit": "hours",
    "overlap": True,
    "auto_retry": False,
    "auto_retry_attempts": 3,
    "reuse_cluster_strategy": "any",
}
_TASK_DEFAULTS: Mapping[str, Any] = {"nodes": 2, "terminate_on_idle": True, "time_to_idle": 60}
_SHOWN_ONLY = frozenset({"id", "owner_id", "next_run_at", "last_run_at", "last_run_status", "execution_count"})
_KNOWN = frozenset(_FIELDS) | _SHOWN_ONLY | {"reuse_cluster", "created_at", "updated_at", "url", "html_url"}
_RULES: ListRules[EmulatedSchedule] = ListRules(
    filters={"status": Filter(lambda schedule: schedule.status, ("enabled", "disabled"))}
)
_PLANNED_BY = ("start_at", "interval_amount", "interval_unit", "status")


def view(call: Call, schedule: EmulatedSchedule) -> Json:
    """Return a schedule as JSON."""
    return schedule_json(schedule, last_run_status=_last_run(call, schedule), links=call.links, knobs=call.knobs)


def _last_run(call: Call, schedule: EmulatedSchedule) -> str | None:
    """The status of the last execution: of the job that has failed or not ended, if there is one."""
    statuses = [call.world.jobs[number].status for number in schedule.last_jobs if number in call.world.jobs]
    notable = [one for one in statuses if one == "failed"] or [one for one in statuses if one not in FINAL] or statuses
    return notable[-1] if notable else None


def list_schedules(call: Call) -> Answer:
    """GET schedules."""
    schedules = call.world.schedules.values()
    return answer_list(call, schedules, rules=_RULES, path="schedules", view=lambda schedule: view(call, schedule))


def get_schedule(call: Call) -> Answer:
    """GET schedules/{id}."""
    return Answer(view(call, call.find(call.world.schedules)))


def create_schedule(call: Call) -> Answer:
    """POST schedules: it is disabled unless told otherwise, and starts now."""
    fields = _fields(call)
    task = _task(call, fields.pop("task", {}), before=_TASK_DEFAULTS)
    if "packages" not in task:
        raise invalid("task.packages", "is required")
    number = call.world.take_id(EmulatedSchedule)
    given = {**_DEFAULTS, "start_at": call.now, **fields}
    schedule = EmulatedSchedule(id=number, created_at=call.now, updated_at=call.now, task=task, **given)
    return _kept(call, replanned(schedule, at=call.now), status=201)


def _fields(call: Call) -> dict[str, Any]:
    values.check_unknown(call.parameters, known=_KNOWN, knobs=call.knobs)
    fields = values.read_fields(call.parameters, _FIELDS)
    if "description" in fields:
        fields["description"] = values.description(fields["description"], knobs=call.knobs)
    return fields


def _task(call: Call, given: Mapping[str, Any], *, before: Mapping[str, Any]) -> dict[str, Any]:
    values.check_unknown(given, known=frozenset(_TASK), knobs=call.knobs)
    read = values.read_fields(given, _TASK, within="task.")
    if not 1 <= read.get("nodes", 1) <= call.knobs.max_nodes:
        raise invalid("task.nodes", f"must be from 1 to {call.knobs.max_nodes}, got {read['nodes']}")
    for one in read.get("packages", ()):
        if one["package_id"] not in call.world.packages:
            raise invalid("task.packages", f"has package {one['package_id']}, which does not exist")
    return {**before, **read}


def update_schedule(call: Call) -> Answer:
    """PUT schedules/{id}: what is left out stays, or has its default again."""
    schedule = call.find(call.world.schedules)
    fields = _fields(call)
    _check_start(call, schedule, fields)
    kept = {"packages": schedule.task["packages"]} | dict(_TASK_DEFAULTS)
    before: Mapping[str, Any] = {}
    if call.knobs.schedule_put == "merge":
        kept = dict(schedule.task)
    else:
        before = {**_DEFAULTS, **({} if schedule.execution_count else {"start_at": call.now})}
    task = _task(call, fields.pop("task", {}), before=kept)
    changed = replace(schedule, **{**before, **fields}, task=task)
    if changed == schedule:
        return Answer(view(call, schedule))
    is_planned_anew = any(getattr(changed, name) != getattr(schedule, name) for name in _PLANNED_BY)
    changed = replace(changed, updated_at=call.now)
    return _kept(call, replanned(changed, at=call.now) if is_planned_anew else changed)


def _check_start(call: Call, schedule: EmulatedSchedule, fields: dict[str, Any]) -> None:
    """Once a schedule has run, its start cannot be changed; whether it may be sent as it is depends on the knob."""
    if "start_at" not in fields or not schedule.execution_count:
        return
    is_same = int(fields["start_at"]) == int(schedule.start_at)
    if not is_same or call.knobs.schedule_start_after_run == "refuse":
        raise invalid("start_at", "cannot be changed once the schedule has run")
    del fields["start_at"]


def _kept(call: Call, schedule: EmulatedSchedule, *, status: int = 200) -> Answer:
    call.world.put(schedule)
    return Answer(view(call, schedule), status=status)


def delete_schedule(call: Call) -> Answer:
    """DELETE schedules/{id}: it is gone at once; what it has started goes on."""
    schedule = call.find(call.world.schedules)
    answer = Answer(view(call, schedule))
    call.world.remove(EmulatedSchedule, schedule.id)
    return answer


def clone_schedule(call: Call) -> Answer:
    """POST schedules/{id}/clone: the copy has not run."""
    schedule = call.find(call.world.schedules)
    number = call.world.take_id(EmulatedSchedule)
    copy = EmulatedSchedule(
        id=number,
        created_at=call.now,
        updated_at=call.now,
        **{name: getattr(schedule, name) for name in _FIELDS} | {"name": f"Copy of {schedule.name}"},
    )
    return _kept(call, replanned(copy, at=call.now), status=201)


def run_schedule(call: Call) -> Answer:
    """POST schedules/{id}/run: it runs at once, whether or not it is enabled and others of its runs are active."""
    before = call.find(call.world.schedules)
    after = firing.execute(call.world, before, at=call.now)
    if not call.knobs.schedule_run_counts:
        after = replace(after, execution_count=before.execution_count)
    if call.knobs.schedule_run_moves_next and after.next_run_at is not None:
        moved = replanned(replace(after, start_at=call.now), at=call.now)
        after = replace(after, next_run_at=moved.next_run_at)
    return _kept(call, after)

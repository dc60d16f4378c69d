"""The calls on packages: making, changing, archiving and exporting them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from xplenty_pulumi.emulator.calls.call import Call, answer_list
from xplenty_pulumi.emulator.calls.package_views import exported_json, package_json
from xplenty_pulumi.emulator.life.packages import EmulatedPackage, saved
from xplenty_pulumi.emulator.wire import values
from xplenty_pulumi.emulator.wire.lists import Filter, ListRules
from xplenty_pulumi.emulator.wire.messages import Answer, Json, Refusal, invalid
from xplenty_pulumi.emulator.wire.values import Reader

_RULES: ListRules[EmulatedPackage] = ListRules(
    name=lambda package: package.name,
    filters={
        "status": Filter(lambda package: package.status, ("active", "archived"), default="active", everything=""),
        "flow_type": Filter(lambda package: package.flow_type, ("dataflow", "workflow")),
    },
)
_DEFAULTS: Mapping[str, Any] = {
    "name": "Untitled package",
    "description": None,
    "variables": {},
    "data_flow_json": "{}",
}
_NOT_IN_SHORT = ("flow_type", "flow_version", "package_version", "version", "item_id")


def _variables(field: str, value: Any) -> Mapping[str, str]:
    """Expressions by name; a PHP client writes none at all as a list."""
    return {name: str(one) for name, one in values.variables(field, {} if value == [] else value).items()}


_CHANGEABLE: Mapping[str, Reader] = {
    "name": values.text,
    "description": values.text,
    "variables": _variables,
    "data_flow_json": values.text,
    "raw_data": lambda field, value: json.dumps(values.mapping(field, value)),
    "flow_version": values.text,
}
_NEW: Mapping[str, Reader] = {**_CHANGEABLE, "flow_type": values.one_of("dataflow", "workflow")}
_KNOWN = frozenset(_NEW) | {
    "id", "source_package_id", "package_template_id", "status", "package_version", "version", "item_id", "owner_id",
    "created_at", "updated_at", "url", "html_url",
}  # fmt: skip


def view(call: Call, package: EmulatedPackage) -> Json:
    """Return a package as JSON, with its flow where `include=` asks for it."""
    return package_json(package, links=call.links, with_flow=call.includes("flow"))


def find(call: Call, *, archived: int = 200) -> EmulatedPackage:
    """Return the package that the path names; `archived` is what an archived one is answered with."""
    package = call.find(call.world.packages)
    if package.status == "archived" and archived == 404:
        raise call.not_found()
    if package.status == "archived" and archived != 200:
        raise Refusal(archived, f"Package {package.id} is archived")
    return package


def list_packages(call: Call) -> Answer:
    """GET packages."""
    left_out = _NOT_IN_SHORT if call.knobs.package_in_lists == "short" else ()
    return answer_list(
        call,
        call.world.packages.values(),
        rules=_RULES,
        path="packages",
        view=lambda package: {name: one for name, one in view(call, package).items() if name not in left_out},
    )


def get_package(call: Call) -> Answer:
    """GET packages/{id}."""
    return Answer(view(call, find(call, archived=call.knobs.read_archived_package)))


def export_package(call: Call) -> Answer:
    """GET packages/{id}/export: a document that creates and changes packages."""
    package = find(call, archived=call.knobs.read_archived_package)
    document = exported_json(package, flow_as=call.knobs.export_flow)
    return Answer(document, headers={"Content-Type": "application/json"})


def create_package(call: Call) -> Answer:
    """POST packages: from the fields or the export document in the body, or as a copy of another package."""
    fields = _fields(call, _NEW)
    source = _source(call)
    if not fields.get("name"):
        if call.knobs.package_name == "required":
            raise invalid("name", "is required")
        fields["name"] = f"Copy of {source['name']}" if source else "Untitled package"
    number = call.world.take_id(EmulatedPackage)
    made = {"id": number, "created_at": call.now, "updated_at": call.now}
    package = EmulatedPackage(**{**source, **fields, **made})
    call.world.put(package)
    return Answer(view(call, package), status=201)


def _source(call: Call) -> dict[str, Any]:
    """Return the fields that a copy takes over from another package."""
    if call.parameters.get("package_template_id") is not None:
        raise invalid("package_template_id", "does not exist: this account has no templates")
    given = call.parameters.get("source_package_id")
    if given is None:
        return {}
    package = call.world.packages.get(values.whole("source_package_id", given))
    if package is None:
        raise invalid("source_package_id", f"{values.shown(given)} does not exist")
    copied = ("name", "description", "variables", "flow_type", "flow_version", "data_flow_json", "invalid")
    lived = ("run_seconds", "failure", "needed_nodes", "outputs")
    return {name: getattr(package, name) for name in (*copied, *lived)}


def _fields(call: Call, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Return the fields of the body, in which the flow is a text or, as `raw_data`, an object."""
    values.check_unknown(call.parameters, known=_KNOWN, knobs=call.knobs)
    fields = values.read_fields(call.parameters, readers)
    if "raw_data" in fields:
        fields.setdefault("data_flow_json", fields.pop("raw_data"))
        fields.pop("raw_data", None)
    if "description" in fields:
        fields["description"] = values.description(fields["description"], knobs=call.knobs)
    if "data_flow_json" in fields and call.knobs.unreadable_flow == "refuse":
        _check_flow(fields["data_flow_json"])
    return fields


def _check_flow(flow: str) -> None:
    try:
        json.loads(flow)
    except (ValueError, RecursionError):
        raise invalid("data_flow_json", "must be JSON inside a text") from None


def update_package(call: Call) -> Answer:
    """PUT packages/{id}: what the body leaves out stays, unless a PUT replaces the whole; the type always stays."""
    package = find(call, archived=call.knobs.update_archived_package)
    fields = _fields(call, _CHANGEABLE)
    if "variables" in fields and call.knobs.package_variables_on_put == "merge":
        fields["variables"] = {**package.variables, **fields["variables"]}
    if call.knobs.package_on_put == "replace":
        fields = {**_DEFAULTS, **fields}
    changed = saved(package, at=call.now, **fields)
    call.world.put(changed)
    return Answer(view(call, changed))


def archive_package(call: Call) -> Answer:
    """DELETE packages/{id}: it is archived, and lists then want `status=archived`."""
    package = find(call, archived=call.knobs.delete_archived_package)
    if package.status != "archived":
        package = replace(package, status="archived", updated_at=call.now)
        call.world.put(package)
    return Answer(view(call, package))

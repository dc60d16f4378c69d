"""What is known about packages, as data; one that is archived counts as removed."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

from xplenty_pulumi.core.kinds import inputs, marker
from xplenty_pulumi.core.kinds.flows.document import digest_of
from xplenty_pulumi.core.kinds.inputs import shown
from xplenty_pulumi.core.kinds.kind import Change, Drift, Ending, Field, Kind, Phase, alike
from xplenty_pulumi.errors import SpecError

if TYPE_CHECKING:
    from xplenty_pulumi.client import Package

FlowType = Literal["dataflow", "workflow"]
"""What kind of flow a package has."""
OnInvalid = Literal["restore", "keep"]
"""What becomes of a changed package that is not valid."""
OnEdit = Literal["refuse", "overwrite"]
"""What becomes of a changed flow that was edited in the service as well."""
PROBLEM = "problem"
"""The name under which `source` holds why it cannot be read, so that the check refuses it like any other input."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
DOCUMENT = ("name", "description", "variables", "flow_version")
"""What is in the document of a package besides its flow."""
VALIDATION_PHASES: Mapping[str, Phase] = MappingProxyType({"completed": Phase.SUCCEEDED, "failed": Phase.FAILED})
"""The meaning of every status with which a validation ends."""


def source(value: object) -> str:
    """Accept the path of a file, from the project's folder on; what could not be read is told."""
    if isinstance(value, Mapping):
        raise ValueError(str(value.get(PROBLEM, "is no path")))
    return str(inputs.text(blank=False)(value))


def flow(value: object) -> str:
    """Accept the SHA-256 of a flow in canonical form."""
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise ValueError(f"must be the SHA-256 of a flow, which `source` is turned into, got {shown(value)}")
    return value


def _has_one_origin(inputs: Mapping[str, object]) -> SpecError | None:
    if inputs.get("copy_of") is not None and (inputs.get("flow") or inputs.get("source")):
        return SpecError("source and copy_of are both given; a package has its flow from one of them", field="copy_of")
    return None


def package_view(package: "Package", asked: Mapping[str, object]) -> dict[str, object]:
    """Return the record as JSON values, without its id: its flow as a digest, and the user's own description only.

    What the service does not show, such as the flow in a list, is taken to be as it was `asked` for.
    """
    view = package.model_dump(mode="json", exclude={"id", "data_flow_json"})
    view = {name: asked.get(name) if value is None else value for name, value in view.items()}
    view["description"] = marker.strip(package.description)
    view["flow"] = asked.get("flow") if package.data_flow_json is None else digest_of(package.data_flow_json)
    view["copy_of"] = asked.get("copy_of")
    return view


def _repeated(package: "Package", asked: Mapping[str, object]) -> Mapping[str, object]:
    """The whole document, because a change may replace it."""
    view = package_view(package, asked)
    return {name: view[name] for name in (*DOCUMENT, "flow") if view.get(name) is not None}


def _summary(package: "Package") -> str:
    return f"{package.name or ''}: {package.status}".removeprefix(": ")


def _remark(
    field: str, package: "Package", declared: Mapping[str, object], content: Callable[[str], str | None]
) -> str:
    if field != "flow" or package.data_flow_json is None:
        return ""
    from xplenty_pulumi.core.kinds.flows.changes import edit_lines  # noqa: PLC0415 - needed by reports alone

    last = str(declared.get("flow", ""))
    return "; ".join(edit_lines(last, package.data_flow_json, content(last)))


PACKAGE = Kind(
    name="package",
    resource="Package",
    collection="packages",
    fields=(
        Field("name", inputs.text(blank=False), Change.IN_PLACE, drift=Drift.HARMLESS),
        Field("description", inputs.description, Change.IN_PLACE, default="", drift=Drift.HARMLESS),
        Field("flow", flow, Change.IN_PLACE, made_of="source"),
        Field("variables", inputs.variables, Change.IN_PLACE, private="members"),
        Field("flow_type", inputs.choice(*get_args(FlowType)), Change.REPLACE, usual="dataflow"),
        Field("flow_version", inputs.text(blank=False), Change.IN_PLACE, drift=Drift.HARMLESS, made_of="source"),
        Field("copy_of", inputs.identifier, Change.REPLACE, drift=Drift.NONE),
        Field("source", source, Change.LOCAL, private="whole"),
        Field("validate", inputs.flag, Change.LOCAL, default=True),
        Field("on_invalid", inputs.choice(*get_args(OnInvalid)), Change.LOCAL, default="restore"),
        Field("on_edit", inputs.choice(*get_args(OnEdit)), Change.LOCAL, default="refuse"),
        Field("run_key", inputs.flag, Change.LOCAL, default=False),
    ),
    signed="description",
    ends=Ending.REMOVED,
    shown={
        **alike("status version package_version", Drift.EXPECTED),
        **alike("item_id owner_id created_at updated_at url html_url", Drift.NONE),
    },
    view=package_view,
    repeated=_repeated,
    rules=(_has_one_origin,),
    summary=_summary,
    remark=_remark,
    parts=("flow",),
    follow_ups=MappingProxyType({"validate": "validation"}),
    is_removed=lambda package: package.status == "archived",
)

"""Each resource of a program as a page: inputs with their defaults and what a change does, and outputs."""

import re
from typing import Any

import xplenty_pulumi
from tools.pages.source import NOTE, annotated, argument_types, arguments, code, sentences, table
from xplenty_pulumi.core.kinds.kind import Change, Field, Kind
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.dynamic import PUBLIC_MODULE

_CHANGES = {Change.IN_PLACE: "in place", Change.REPLACE: "replaces", Change.LOCAL: "in place, see below"}
_LOCAL = "An input whose change is marked so steers this tool, or has calls of its own."
_DURATION = "A `Duration` is seconds as a number, or a text such as `90s`, `30m` or `1h30m`."
_FIXED = "It is replaced where the service does not let it change any more."


def pages() -> dict[str, str]:
    """Return the text of each page by its path in the reference."""
    return {f"resources/{_file(kind.resource)}.md": page(kind) for kind in KINDS.values()}


def page(kind: Kind) -> str:
    """Return the page of one kind."""
    resource = getattr(xplenty_pulumi, kind.resource)
    parts = [f"# `{kind.resource}`", sentences(resource), NOTE, "## Inputs", inputs(kind, resource)]
    if kind.names(Change.LOCAL):
        parts.append(_LOCAL)
    if "Duration" in argument_types(resource.__init__).values():
        parts.append(_DURATION)
    parts += ["## Outputs", outputs(resource)]
    if get := getattr(resource, "get", None):
        parts += ["## Look up", f'`{kind.resource}.get("name", id)`: {sentences(get)}']
    return "\n\n".join(part.strip() for part in parts) + "\n"


def inputs(kind: Kind, resource: Any) -> str:
    """Return the table of the arguments of a resource."""
    said, types = arguments(resource.__init__), argument_types(resource.__init__)
    rows = [
        (code(name), code(types[name]), _default(kind, name, said[name]), _change(kind, name), said[name])
        for name in types
        if name != "opts"
    ]
    return table(("input", "type", "default", "a change", "meaning"), rows)


def outputs(resource: type) -> str:
    """Return the table of what a resource shows; `id` is every resource's."""
    ours = [base for base in resource.__mro__ if base.__module__.partition(".")[0] == PUBLIC_MODULE]
    rows = [(code(name), code(kind), said) for base in ours for name, kind, said in annotated(base) if _shown(name)]
    return table(("output", "type", "meaning"), [("`id`", "`str`", "Its id in the service."), *rows])


def _shown(name: str) -> bool:
    return not name.startswith("_")


def _field(kind: Kind, name: str) -> Field:
    return next(one for one in kind.fields if name in (one.name, one.made_of))


def _default(kind: Kind, name: str, said: str) -> str:
    field = _field(kind, name)
    if field.required:
        return "needed"
    stated = re.search(r"`(\w+)` \(default", said)
    default = stated[1] if stated else field.default
    shown = f"{default:g}" if isinstance(default, float) else str(default).lower()
    return code("" if default in (None, "") else shown)


def _change(kind: Kind, name: str) -> str:
    return f"{_CHANGES[_field(kind, name).change]}{'. ' + _FIXED if name in kind.fixed else ''}"


def _file(resource: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", resource).lower()

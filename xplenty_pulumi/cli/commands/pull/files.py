"""One file of a project beside the package of the service, and how it is written."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xplenty_pulumi.cli.ui.files import write_whole
from xplenty_pulumi.client import Package
from xplenty_pulumi.core.kinds.flows.changes import flow_changes
from xplenty_pulumi.core.kinds.flows.document import (
    FLOW,
    PackageDocument,
    canonical,
    digest,
    formatted,
    read_document,
)
from xplenty_pulumi.core.kinds.package import package_view
from xplenty_pulumi.errors import RefusedError
from xplenty_pulumi.text import label

_RAW = "raw_data"
"""The name of a flow as an object, which the newer reference accepts in place of the text."""
_NOTHING = object()
_ONE = "`xplenty-pulumi pull NAME --force`"
_USERS = ("name", "description", "variables")
_NEW = "new, an export document: arguments of the program go before its name, description and variables"


@dataclass(frozen=True)
class PulledFile:
    """The file that a program names for a package, and the package as the service shows it.

    `name` is the path of the file as the state has it, `last` the digest of the flow that the state has, and `declared`
    are the inputs in the state. Those that are `secret` there stand in the program, and no file gets them. What one run
    has written, or found right, for the package `settled_for` is not overwritten.
    """

    file: Path
    name: str
    package: Package
    last: str
    declared: Mapping[str, object] = field(repr=False)
    secret: Collection[str] = ()
    settled_for: str = ""

    def written(self, *, force: bool) -> list[str]:
        """Write the file where the service has another flow, and return the changes; none where it has not.

        A file that is not there becomes an export document, since the one that was there may have been one.

        Raises:
            RefusedError: the file would lose changes of its own, which only `force` allows, or there is no flow.
        """
        there, here = self._there(), self._here()
        if here is None:
            self._write(self._export(), json.loads(there))
            return [_NEW]
        document, found = here
        changes = flow_changes(found.flow, there)
        told = self._told(document)
        if not changes and not told:
            return []
        if self.settled_for:
            raise self._unusable(
                f"is the file of {self.settled_for} too, and the service has that package otherwise",
                advice=f"Give each a file of its own, or pull the one that is meant for both: {_ONE}",
            )
        if self._has_own_changes(found, told) and not force:
            raise self._refusal(is_edited=bool(told) or digest(there) != self.last)
        self._write({**document, **told} if self._is_export(document) else {}, json.loads(there))
        return [*changes, *(f"{name} changed" for name in told)]

    def undeclared(self) -> list[str]:
        """Return the inputs that differ in the service and stand in the program, which no file holds."""
        view = package_view(self.package, self.declared)
        here = self._here()
        held = {*here[0]} if here and self._is_export(here[0]) else set()
        return [name for name in _USERS if name not in held and self.declared.get(name, view[name]) != view[name]]

    def _has_own_changes(self, found: PackageDocument, told: Iterable[str]) -> bool:
        """Whether the flow of the file, or a field of it that the service has changed, is as no `pulumi up` sent it.

        Other fields lose nothing, and one may differ from the state because an argument of the program goes before it.
        """
        sent = [name for name in told if name in self.declared]
        return found.digest != self.last or any(found.inputs.get(name) != self.declared[name] for name in sent)

    def _there(self) -> str:
        try:
            return canonical(self.package.data_flow_json)
        except ValueError:
            text = "the service shows no flow of it that is JSON; nothing was written"
            raise RefusedError(text, resource=label("package", self.package.id)) from None

    def _here(self) -> tuple[dict[str, Any], PackageDocument] | None:
        """The file as it is; None where there is none, raises RefusedError for one that is no document."""
        try:
            text = self.file.read_text(encoding="utf-8-sig")
            found = read_document(text)
            return json.loads(text), found
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            raise self._unusable("is not in UTF-8", advice="Save it in UTF-8") from None
        except OSError as problem:
            raise self._unusable(f"cannot be read: {problem.strerror or problem}") from None
        except ValueError as problem:
            raise self._unusable(str(problem)) from None

    def _unusable(self, why: str, *, advice: str = "") -> RefusedError:
        text = f"{self.name} {why}; nothing was written"
        return RefusedError(text, resource=label("package", self.package.id), advice=advice)

    def _told(self, document: Mapping[str, Any]) -> dict[str, object]:
        """What an export in the file says of the package besides its flow, where the service has changed it since."""
        if not self._is_export(document):
            return {}
        view = package_view(self.package, self.declared)
        return {
            name: view[name]
            for name in (*_USERS, "flow_version")
            if name in document
            and name not in self.secret
            and view[name] not in (_plain(document[name]), self.declared.get(name, _NOTHING))
        }

    def _export(self) -> dict[str, object]:
        """What an export says of the package besides its flow; types and versions only where they were declared."""
        view = package_view(self.package, {})
        names = [*_USERS, *(name for name in ("flow_type", "flow_version") if name in self.declared)]
        return {name: view[name] for name in names if name not in self.secret and view[name] not in (None, "")}

    @staticmethod
    def _is_export(document: Mapping[str, Any]) -> bool:
        return FLOW in document or _RAW in document

    def _write(self, export: Mapping[str, Any], flow: Any) -> None:
        kept = {name: value for name, value in export.items() if name != FLOW}
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.file, formatted({**kept, _RAW: flow} if export else flow))
        except OSError as problem:
            raise self._unusable(f"cannot be written: {problem.strerror or problem}") from None

    def _refusal(self, *, is_edited: bool) -> RefusedError:
        where = "and so was the package in the service" if is_edited else "and the package in the service was not"
        return RefusedError(
            f"{self.name} was changed since the last `pulumi up`, {where}; nothing was written",
            resource=label("package", self.package.id),
            advice="To lose the changes of the file, run it with --force"
            + ("" if is_edited else "; to send them to the service, run `pulumi up`"),
        )


def _plain(value: object) -> object:
    return "" if value is None else value

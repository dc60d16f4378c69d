"""The resource `Package`."""

import os
from collections.abc import Mapping
from operator import methodcaller
from pathlib import Path
from typing import Any, Self

import pulumi
from pulumi import FileAsset, Input, Output, StringAsset

from xplenty_pulumi.core.kinds.inputs import shown
from xplenty_pulumi.core.kinds.job_run import RUN_KEY
from xplenty_pulumi.core.kinds.package import PACKAGE, PROBLEM, FlowType, OnEdit, OnInvalid
from xplenty_pulumi.core.kinds.variables import quote
from xplenty_pulumi.dynamic import flows
from xplenty_pulumi.dynamic.providers.package import PackageProvider
from xplenty_pulumi.dynamic.resources.bases import Derivable, Observing
from xplenty_pulumi.dynamic.resources.declare import (
    declaration,
    look_up,
    or_default,
    outputs_in,
    spelled,
    spelled_variables,
)

Source = FileAsset | StringAsset | str | os.PathLike[str] | Mapping[str, Any]
"""An export document or a bare flow: a file, its text, or the value of its JSON."""
_OF_A_DOCUMENT = ("source", "flow", "name", "description", "variables", "flow_type", "flow_version")


class PackageOutputs(Observing):
    """What a package shows."""

    name: Output[str]
    """Name."""
    description: Output[str]
    """Description without the ownership marker."""
    flow: Output[str | None]
    """SHA-256 of its flow, with sorted names and no blanks between."""
    variables: Output[dict[str, str]]
    """Variables with their expressions."""
    flow_type: Output[str | None]
    """`dataflow` or `workflow`."""
    flow_version: Output[str | None]
    """Version of the form of its flow."""
    copy_of: Output[str | None]
    """Id of the package that it was made a copy of."""
    status: Output[str]
    """`active` or `archived`."""
    version: Output[int | None]
    """Number that grows when it is saved."""
    package_version: Output[str | None]
    """Version of the form of its record."""
    item_id: Output[int | None]
    """Second id that the service gives it."""
    owner_id: Output[int | None]
    """Id of the user it belongs to."""
    created_at: Output[str | None]
    """When it was made, ISO 8601 in UTC."""
    updated_at: Output[str | None]
    """When it was last saved, ISO 8601 in UTC."""
    url: Output[str | None]
    """Address of its record in the API."""
    html_url: Output[str | None]
    """Page for people."""


class Package(Derivable, PackageOutputs, module="xplenty", name="Package"):
    """A package whose flow is a file of the project: read back as declared, and valid, when `pulumi up` goes on.

    Another `flow_type` or `copy_of` replaces the package, everything else changes in place. Its description ends in an
    ownership marker, so that a package whose creation got no answer is found again. A removed package is archived.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        source: Input[Source] | None = None,
        name: Input[str] | None = None,
        description: Input[str] | None = None,
        variables: Input[Mapping[str, Input[str | int | float | bool]]] | None = None,
        flow_type: Input[FlowType] | Output[str] | None = None,
        copy_of: Input[str | int] | None = None,
        validate: Input[bool] | None = None,
        on_invalid: Input[OnInvalid] | Output[str] | None = None,
        on_edit: Input[OnEdit] | Output[str] | None = None,
        run_key: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a package.

        Where an input takes one of a few texts, one that is computed is passed as an output, and the preview checks it:
        `on_edit=Output.from_input(config.require("onEdit"))`.

        Args:
            resource_name: Name of the resource in the program.
            source: Export document or bare flow: a `FileAsset`, a `StringAsset`, a path, the text of the JSON, or its
                value as a mapping. The other arguments go before what an export document says.
            name: Name for people; by default that in the document, else the resource's.
            description: Text for people, to which the ownership marker is added.
            variables: Variables with their expressions; by default those in the document. What is left out is removed.
            flow_type: Type of its flow, `dataflow` or `workflow`; by default that in the document, else
                `dataflow`.
            copy_of: Id of a package of the account that it is made a copy of, instead of a `source`.
            validate: Let the service validate it after each change, and fail the `up` where it is not valid; default
                true.
            on_invalid: What becomes of a change that is not valid: `restore` puts the package back as it was, `keep`
                leaves the invalid one; default `restore`.
            on_edit: What becomes of a changed flow that was edited in the service as well: `refuse` sends nothing and
                fails, `overwrite` overwrites the edit; default `refuse`.
            run_key: Declare the variable `XPLENTY_PULUMI_RUN` too, in which each `JobRun` of the package says whose it
                is; default false. A `copy_of` needs `variables` then.
            opts: Pulumi's resource options.
        """
        given = {key: value for key, value in locals().items() if key in PACKAGE.by_name and value is not None}
        inputs = {**_of_document(given.pop("source", None)), **given}
        inputs["name"] = or_default(inputs.get("name"), resource_name)
        if copy_of is None or run_key:
            inputs["variables"] = or_default(spelled_variables(inputs.get("variables")), {})
        if run_key:
            inputs["variables"] = _with_run_key(inputs["variables"])
        inputs["copy_of"] = spelled(copy_of)
        super().__init__(PackageProvider(), resource_name, *declaration(self, resource_name, inputs, opts))

    @classmethod
    def get(cls, resource_name: str, id: Input[str | int], opts: pulumi.ResourceOptions | None = None) -> Self:  # noqa: A002
        """Look up a package by its id; it is never changed or archived."""
        return look_up(cls, PackageProvider(), resource_name, resource_id=id, opts=opts)


def _with_run_key(variables: Any) -> Any:
    """The variables with that for the key of a run, as an empty text."""
    if isinstance(variables, Output):
        return variables.apply(_with_run_key)
    return {**variables, RUN_KEY: quote("")} if isinstance(variables, Mapping) else variables


def _of_document(source: object) -> dict[str, object]:
    """The inputs that the source gives: the digest of its flow, its path, and what an export has beside these."""
    if source is None:
        return {}
    if not any(True for _ in outputs_in((), source)):
        return _read(source)
    found = Output.from_input(source).apply(_read)
    return {name: found.apply(methodcaller("get", name)) for name in _OF_A_DOCUMENT}


def _read(source: object) -> dict[str, object]:
    """The inputs, or in `source` why it cannot be read: the check tells that with all else that is wrong."""
    try:
        path, content = _opened(source)
        inputs = flows.inputs_in(content, is_file=bool(path))
    except (OSError, ValueError) as problem:
        return {"source": {PROBLEM: _told(problem)}}
    return {**inputs, "source": path} if path else inputs


def _opened(source: object) -> tuple[str, str | Mapping[str, Any]]:
    """The path, if it has one, and the content."""
    if isinstance(source, StringAsset):
        return "", source.text
    if isinstance(source, Mapping):
        return "", source
    if isinstance(source, str) and source.lstrip().startswith(("{", "[")):
        return "", source
    if not isinstance(source, FileAsset | str | os.PathLike):
        raise ValueError(f"must be a FileAsset, a StringAsset, a path, a text or a mapping, got {shown(source)}")
    file = Path(source.path if isinstance(source, FileAsset) else source)
    try:
        return flows.relative(file), file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"is a file that is not in UTF-8: save {file} in UTF-8") from None


def _told(problem: Exception) -> str:
    if isinstance(problem, OSError):
        return f"cannot be read: {problem.strerror or problem} ({problem.filename})"
    return str(problem)

"""Whether what a command prints with `--json` is what its record says: no field more, and none less."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import jsonschema_rs
from pydantic import TypeAdapter

from xplenty_pulumi.cli.formats.documents import FORMATS

_SINGLE = ("cluster", "job")


def format_of(words: Sequence[str]) -> str:
    """Return the key in `FORMATS` of a command line."""
    what = next((one for one in words[1:2] if not one.startswith("-")), "")
    if words[0] == "status" and what:
        return f"status {what}{' ID' if what in _SINGLE else ''}"
    return f"branch {what}" if words[0] == "branch" else words[0]


def misfits(name: str, text: str) -> list[str]:
    """Return what is wrong with the documents in a text, one after another; nothing where they are as they should."""
    found = [one for document in _documents(text) for one in _validator(FORMATS[name]).iter_errors(document)]
    return [f"{'/'.join(map(str, one.instance_path))}: {one.message}" for one in found]


def _documents(text: str) -> Iterator[Any]:
    while text := text.strip():
        document, end = json.JSONDecoder().raw_decode(text)
        yield document
        text = text[end:]


@cache
def _validator(cls: type) -> jsonschema_rs.Validator:
    schema = TypeAdapter(cls).json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        if "properties" in part:
            part["additionalProperties"] = False
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)

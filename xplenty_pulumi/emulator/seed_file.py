"""Reading a seed file: a JSON object with the fields of a seed and, under `knobs`, those of the knobs."""

import json
from pathlib import Path
from typing import Any, TypeVar

from xplenty_pulumi.emulator.knobs import Knobs
from xplenty_pulumi.emulator.seed import Seed
from xplenty_pulumi.errors import ConfigError

T = TypeVar("T")


def read_seed_file(path: Path) -> tuple[Seed, Knobs]:
    """Return the seed and the knobs of a file; raises ConfigError that names the file and the field."""
    document = _document(path)
    knobs = document.pop("knobs", {})
    return _checked(Seed, document, path=path, prefix=""), _checked(Knobs, knobs, path=path, prefix="knobs.")


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unusable(path, error.strerror or "it can not be read") from None
    except (ValueError, RecursionError):
        raise _unusable(path, "it is not valid JSON in UTF-8") from None
    if not isinstance(document, dict):
        raise _unusable(path, "it must hold one JSON object")
    return document


def _checked(kind: type[T], value: Any, *, path: Path, prefix: str) -> T:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - only who has a seed file waits for this import

    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        field = prefix + ".".join(str(part) for part in first["loc"])
        raise _unusable(path, f"{field.rstrip('.')}: {first['msg']}") from None
    except ConfigError as error:
        raise _unusable(path, error.message) from None


def _unusable(path: Path, reason: str) -> ConfigError:
    return ConfigError(
        f"the seed file {path} can not be used: {reason}",
        setting="seed-file",
        advice="Correct the file, or leave it out to start with example packages and schedules.",
    )

"""The flows that programs declare, each in a file beside the project that is named after its digest.

No property holds a flow: a state with many would make each operation slow, and the engine does not hand an asset back
to a dynamic provider. So the program keeps what it declares here, where a create and an update read it. A refresh and a
destroy need none of it. The folder tells git to ignore it.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from xplenty_pulumi.core.kinds.flows.document import digest, digest_of, read_document

FOLDER = Path(".xplenty", "flows")
"""Where they are, below the folder of the project."""
_READING = "read-2"
"""The beginning of the names of files that say what was read of a text; it changes with the way of reading."""
PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml")


def project_folder(start: Path | None = None) -> Path:
    """Return the folder of the project that `start`, or this process, is in: the nearest one with a `Pulumi.yaml`."""
    here = (start or Path()).resolve()
    return next((one for one in (here, *here.parents) if any((one / name).exists() for name in PROJECT_FILES)), here)


def inputs_in(content: str | Mapping[str, Any], *, is_file: bool = False) -> dict[str, object]:
    """Return the inputs that an export document or a bare flow has, its digest among them, and keep its flow.

    The text of a file that was read before is not read again, since that takes most of the time of a preview of large
    packages. Of another text, which may be secret, nothing but the flow is kept.

    Raises:
        ValueError: it is no such document, or its flow is in no file and cannot be kept.
    """
    folder = project_folder() / FOLDER
    memory = folder / f"{_READING}-{digest(content)}.json" if is_file and isinstance(content, str) else None
    if memory is not None and (known := _remembered(memory)) and _file(folder, known["flow"]).exists():
        return known
    document = read_document(content)
    found = {**document.inputs, "flow": document.digest}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (ignoring := folder.parent / ".gitignore").exists():
            _write(ignoring, "*\n")
        _write(_file(folder, document.digest), document.flow)
        if memory is not None:
            _write(memory, json.dumps(found))
    except OSError as problem:
        if not is_file:  # a file can be read again where its flow is needed
            raise ValueError(f"cannot be kept in {folder}: {problem.strerror or problem}") from None
    return found


def _remembered(memory: Path) -> dict[str, object]:
    try:
        return dict(json.loads(memory.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _file(folder: Path, flow_digest: object) -> Path:
    return folder / f"{flow_digest}.json"


def kept(flow_digest: str, *, source: str = "", start: Path | None = None) -> str | None:
    """Return the flow with this digest; None where neither the folder nor the file `source` has it (any more).

    `start` is a folder of the project, where that is not the one of this process.
    """
    project = project_folder(start)
    file = _file(project / FOLDER, flow_digest)
    with suppress(OSError, ValueError):
        text = file.read_text(encoding="utf-8")
        if digest_of(text) == flow_digest:
            return text
        file.unlink()  # so that the program writes it anew
    try:
        document = read_document((project / source).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None
    return document.flow if document.digest == flow_digest else None


def relative(path: Path) -> str:
    """Return a path as the state has it: from the folder of the project on, where there is a way."""
    return way(path, start=project_folder())


def way(path: Path, *, start: Path) -> str:
    """Return the way from the folder `start` to `path`, or the whole path where that is on another drive."""
    try:
        return Path(os.path.relpath(path, start)).as_posix()
    except ValueError:
        return path.as_posix()


def _write(file: Path, text: str) -> None:
    """Write a file at once, so that no other process reads a part of it; what is there under its name is the same."""
    number, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    try:
        with os.fdopen(number, "w", encoding="utf-8") as opened:
            opened.write(text)
        Path(name).replace(file)
    except OSError as problem:
        Path(name).unlink()
        if not (isinstance(problem, PermissionError) and file.exists()):  # on Windows, while another process reads it
            raise

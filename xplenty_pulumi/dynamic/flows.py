"""The flows that programs declare, each in a file beside the project that is named after its digest.

No property holds a flow: a state with many would make each operation slow, and the engine does not hand an asset back
to a dynamic provider. So the program keeps what it declares here, where a create and an update read it. A refresh and a
destroy need none of it. The folder tells git to ignore it.
"""

import os
import tempfile
from pathlib import Path

from xplenty_pulumi.core.kinds.flows.document import digest, digest_of, read_document

FOLDER = Path(".xplenty", "flows")
"""Where they are, below the folder of the project."""
_PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml")


def project_folder(start: Path | None = None) -> Path:
    """Return the folder of the project that `start`, or this process, is in: the nearest one with a `Pulumi.yaml`."""
    here = (start or Path()).resolve()
    return next((one for one in (here, *here.parents) if any((one / name).exists() for name in _PROJECT_FILES)), here)


def keep(flow: str) -> str:
    """Keep a flow in canonical form, and return its digest; raises OSError where it cannot be written."""
    found, folder = digest(flow), project_folder() / FOLDER
    file = folder / f"{found}.json"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder.parent / ".gitignore", "*\n")
        _write(file, flow)
    return found


def kept(flow_digest: str, *, source: str = "", start: Path | None = None) -> str | None:
    """Return the flow with this digest; None where neither the folder nor the file `source` has it (any more).

    `start` is a folder of the project, where that is not the one of this process.
    """
    project = project_folder(start)
    try:
        text = (project / FOLDER / f"{flow_digest}.json").read_text(encoding="utf-8")
        if digest_of(text) == flow_digest:
            return text
    except (OSError, ValueError):
        pass
    try:
        document = read_document((project / source).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None
    return document.flow if document.digest == flow_digest else None


def relative(path: Path) -> str:
    """Return a path as the state has it: from the folder of the project on, where there is a way."""
    try:
        return Path(os.path.relpath(path, project_folder())).as_posix()
    except ValueError:  # on another drive
        return path.as_posix()


def _write(file: Path, text: str) -> None:
    """Write a file at once, so that no other process reads a part of it."""
    number, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    with os.fdopen(number, "w", encoding="utf-8") as opened:
        opened.write(text)
    Path(name).replace(file)

"""What `--since-last` keeps between two runs: the last report, in a file that is written whole or not at all."""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xplenty_pulumi.core.kinds.kind import Drift
from xplenty_pulumi.errors import ConfigError

_FORMAT, _VERSION = "xplenty-pulumi drift", 1
_IDENTITY = ("stack", "resource", "kind", "id", "cause", "field")
_SIZE = ("class", "desired", "observed")
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Selection:
    """What a report is about; `stack` is `*` for all stacks of the project."""

    project: str
    stack: str
    unmanaged: bool

    def __str__(self) -> str:
        stack = "all stacks" if self.stack == "*" else f"stack {self.stack}"
        return f"{stack} of project {self.project}{' with --unmanaged' if self.unmanaged else ''}"


@dataclass(frozen=True)
class LastReport:
    """The last report: when it was made, the class that was told of it last, and its findings."""

    at: str
    drift: Drift = Drift.NONE
    findings: tuple[Document, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class ReportChanges:
    """What has changed since the last report; `since` is None where there was none."""

    since: str | None
    previous: Drift
    new: tuple[Document, ...]
    resolved: tuple[Document, ...]
    unchanged: int


def recalled(file: Path, selection: Selection) -> LastReport | None:
    """Return what the file holds, None where there is none yet.

    Raises:
        ConfigError: it holds something else, or the report of another selection; it is left as it is.
    """
    try:
        kept, memory = _read(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise _refused(file, f"cannot be read: {problem.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _refused(file, "is not a report of this command, or is damaged") from None
    if kept != selection:
        raise _refused(file, f"is about {kept}, not about {selection}")
    return memory


def changes(last: LastReport | None, findings: Sequence[Document]) -> ReportChanges:
    """Return what is new, grown or shrunk, and what is no more; counters that go on counting are no news."""
    before = {_identity(one): one for one in (last.findings if last else ())}
    new = tuple(one for one in findings if not _is_known(one, before.get(_identity(one))))
    still = {_identity(one) for one in findings}
    resolved = tuple(one for key, one in before.items() if key not in still)
    previous = last.drift if last else Drift.NONE
    return ReportChanges(last.at if last else None, previous, new, resolved, len(findings) - len(new))


def keep(file: Path, selection: Selection, memory: LastReport) -> None:
    """Write the file, whole or not at all; raises ConfigError where that is not possible."""
    document = {
        "format": _FORMAT,
        "version": _VERSION,
        "selection": vars(selection),
        "at": memory.at,
        "class": memory.drift.value,
        "findings": list(memory.findings),
    }
    target = file.resolve()
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as draft:
                draft.write(json.dumps(document, indent=1) + "\n")
            Path(name).replace(target)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(name).unlink()
            raise
    except OSError as problem:
        raise ConfigError(
            f"--since-last {file} cannot be written: {problem.strerror}",
            setting="--since-last",
            advice="Name a file in a folder that this user may write to; the next run reports the same again",
        ) from None


def _read(document: Document) -> tuple[Selection, LastReport]:
    """What the file says; raises ValueError, KeyError or TypeError where it makes no sense."""
    if (document["format"], document["version"]) != (_FORMAT, _VERSION):
        raise ValueError("another format")
    memory = LastReport(str(document["at"]), Drift(document["class"]), tuple(document["findings"]))
    if not all(map(_is_finding, memory.findings)):
        raise ValueError("a finding that is none")
    return Selection(**document["selection"]), memory


def _is_finding(one: Document) -> bool:
    """Whether it has all that is compared and shown of one; raises like `_read`."""
    is_whole = {*_IDENTITY, *_SIZE} <= {*one}
    texts = all(isinstance(one[name], str | None) for name in _IDENTITY if name != "id")
    return is_whole and texts and isinstance(one["id"], int) and bool(Drift(one["class"]))


def _identity(finding: Document) -> tuple[object, ...]:
    return tuple(finding[name] for name in _IDENTITY)


def _is_known(finding: Document, before: Document | None) -> bool:
    if before is None:
        return False
    is_expected = finding["class"] == before["class"] == Drift.EXPECTED.value
    return is_expected or all(finding[name] == before[name] for name in _SIZE)


def _refused(file: Path, complaint: str) -> ConfigError:
    return ConfigError(
        f"--since-last {file} {complaint}; nothing was overwritten",
        setting="--since-last",
        advice="Name another file, or remove this one to begin anew",
    )

"""What `--since-last` keeps between two runs, in a file written whole or not at all, and where changes are posted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from xplenty_pulumi.cli.ui.files import write_whole
from xplenty_pulumi.client.http.address import Address, parse_address
from xplenty_pulumi.client.http.outcomes import Answered, HttpRequest, Outcome, Unsure
from xplenty_pulumi.client.http.transport import HttpTransport, Transport
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.kind import Drift
from xplenty_pulumi.errors import ConfigError, XplentyError
from xplenty_pulumi.redact import scrub

TIMEOUT = 10.0
"""Seconds within which a post is answered, or has failed."""
_FORMAT, _VERSION = "xplenty-pulumi drift", 1
_IDENTITY = ("stack", "resource", "kind", "id", "cause", "field")
_DAMAGED = "is not a report of this command, or is damaged"
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
    """The last report: when it was made, the class that was posted last, and its findings."""

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
        document = json.loads(file.read_text(encoding="utf-8"))
        last = LastReport(str(document["at"]), Drift(document["class"]), tuple(document["findings"]))
        kept = Selection(**document["selection"])
        is_ours = (document["format"], document["version"]) == (_FORMAT, _VERSION)
        is_whole = is_ours and all(map(_is_finding, last.findings))
    except FileNotFoundError:
        return None
    except OSError as trouble:
        raise _unusable(file, f"cannot be read: {trouble.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _unusable(file, _DAMAGED) from None
    if not is_whole:
        raise _unusable(file, _DAMAGED)
    if kept != selection:
        raise _unusable(file, f"is about {kept}, not about {selection}")
    return last


def _unusable(file: Path, why: str) -> ConfigError:
    return ConfigError(
        f"--since-last {file} {why}; nothing was overwritten",
        setting="--since-last",
        advice="Name another file, or remove this one to begin anew",
    )


def require_unchanged(file: Path, selection: Selection, last: LastReport | None) -> None:
    """Return if the file still holds the `last` report.

    Raises:
        XplentyError: another run has written it, so that what this one has found may be older, and is no news of it.
    """
    if recalled(file, selection) != last:
        raise XplentyError(
            f"--since-last {file} was written by another run meanwhile; nothing was posted or overwritten",
            advice="Run the same again, which reports what has changed since; give each schedule a file of its own",
        )


def changes(last: LastReport | None, findings: Sequence[Document]) -> ReportChanges:
    """Return what is new, grown or shrunk, and what is no more; counters that go on counting are no news."""
    before = {_identity(one): one for one in (last.findings if last else ())}

    def is_known(finding: Document) -> bool:
        found = before.get(_identity(finding))
        if found is None:
            return False
        is_expected = finding["class"] == found["class"] == Drift.EXPECTED.value
        return is_expected or all(finding[name] == found[name] for name in _SIZE)

    new = tuple(one for one in findings if not is_known(one))
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
    try:
        write_whole(file, json.dumps(document, indent=1) + "\n", mode=0o600)
    except OSError as problem:
        raise ConfigError(
            f"--since-last {file} cannot be written: {problem.strerror}",
            setting="--since-last",
            advice="Name a file in a folder that this user may write to; the next run reports the same again",
        ) from None


def _is_finding(one: Document) -> bool:
    """Whether it has all that is compared and shown of one; raises ValueError or TypeError where it makes no sense."""
    is_whole = {*_IDENTITY, *_SIZE} <= {*one}
    texts = all(isinstance(one[name], str | None) for name in _IDENTITY if name != "id")
    return is_whole and texts and isinstance(one["id"], int | str) and bool(Drift(one["class"]))


def _identity(finding: Document) -> tuple[object, ...]:
    return tuple(finding[name] for name in _IDENTITY)


@dataclass(frozen=True)
class Receiver:
    """Where reports go; `repr` shows no path, because that may hold a token."""

    address: Address
    path: str = field(repr=False)

    @classmethod
    def at(cls, url: str) -> "Receiver":
        """Return the receiver at `url`; raises ConfigError unless it is https, or http to this machine."""
        try:
            parts = urlsplit(url.strip())
            address = parse_address(f"{parts.scheme}://{parts.netloc}")
        except (ValueError, ConfigError):
            raise ConfigError(
                "the address for reports is not one that they are sent to",
                setting="--hook",
                advice="Give one that begins with https://, or http:// to this machine, without a user name",
            ) from None
        query = f"?{parts.query}" if parts.query else ""
        return cls(address, f"{parts.path or '/'}{query}")

    def post(self, document: Mapping[str, object], *, clock: Clock, http: HttpTransport | None = None) -> None:
        """Send the document as JSON, once; no key goes with it and no redirect is followed.

        Raises:
            XplentyError: it was not answered with a success within ten seconds.
        """
        transport = Transport(self.address, None, clock=clock, http=http, read_timeout=TIMEOUT)
        try:
            outcome = transport.send(HttpRequest("POST", self.path, body=document), timeout=TIMEOUT)
        finally:
            transport.close()
        if trouble := _trouble(outcome):
            raise XplentyError(
                f"the report could not be posted: {scrub(trouble, [self.path, self.path.partition('?')[0]])}",
                resource=self.address.authority,
                advice="It is posted again by the next run with the same --since-last",
            )


def _trouble(outcome: Outcome) -> str:
    """What went wrong; a success may have any body."""
    if isinstance(outcome, Answered):
        return "" if outcome.is_success else f"it was answered with {outcome.status}"
    if isinstance(outcome, Unsure) and outcome.status is not None:
        return "" if 200 <= outcome.status < 300 else f"it was answered with {outcome.status}"
    return outcome.reason

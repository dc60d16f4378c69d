"""What is right under each fault: the table of `table.toml`, which says how its rows are read."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from tests.faults.operations import How, Kind, Operation
from xplenty_pulumi import errors
from xplenty_pulumi.errors import AuthError, XplentyError


@dataclass(frozen=True)
class Expected:
    """How an act ends; reads are judged by that alone, so their counts are None."""

    how: How
    error: type[XplentyError] | None = None
    sent: int | None = None
    made: int | None = None

    @classmethod
    def read(cls, text: str) -> "Expected":
        """Return what a text such as `raised AuthError 1 0` says."""
        how, *words = text.split()
        error = getattr(errors, words.pop(0)) if words and words[0].isalpha() else None
        return cls(cast("How", how), error, *(None if word == "-" else int(word) for word in words))

    def raised(self) -> "Expected":
        """Return how an act ends that has no record to keep with its error."""
        return replace(self, how="raised") if self.how == "partial" else self


@dataclass(frozen=True)
class Row:
    """What is right under a fault met once and for ever, for all operations but some, and after a success."""

    once: Expected
    ever: Expected
    but: Mapping[str, tuple[Expected, ...]]
    later: Expected | None

    def of(self, operation: str) -> tuple[Expected, Expected]:
        """Return what is right for this operation, once and for ever."""
        if operation in self.but:
            once, ever, *_ = self.but[operation]
            return once, ever
        if operation.startswith("update"):
            return self.once, self.ever
        return self.once.raised(), self.ever.raised()

    def after_success(self, operation: str) -> Expected | None:
        """Return what is right for this operation under a fault that comes after a success; None as for the first."""
        _, _, *later = self.but.get(operation, (self.once, self.ever))
        return next(iter(later), self.later)


def _rows(written: list[dict[str, Any]]) -> Iterator[tuple[str, Row]]:
    for one in written:
        but = {name: tuple(map(Expected.read, endings)) for name, endings in one.get("but", {}).items()}
        later = Expected.read(one["later"]) if "later" in one else None
        for fault in one["faults"]:
            yield fault, Row(Expected.read(one["once"]), Expected.read(one["ever"]), but, later)


_WRITTEN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
TABLE: Mapping[Kind, Mapping[str, Row]] = {kind: dict(_rows(_WRITTEN[kind])) for kind in ("read", "write", "create")}

UNTOUCHED: Mapping[Kind, Expected] = {
    "read": Expected("done"),
    "write": Expected("done", None, 1),
    "create": Expected("done", None, 1, 1),
}
"""How an act ends that meets no fault, whatever the one before it met."""

KEY_REFUSED = Expected("raised", AuthError, 0, 0)
"""How every act ends after the key was refused: it is not tried again."""


def expectations(operation: Operation, fault: str, placement: str, *, acts: int) -> list[Expected]:
    """Return how each of the acts ends; the second call belongs to the second act where there are two."""
    row = TABLE[operation.kind][fault]
    once, ever = row.of(operation.name)
    if placement == "for ever":
        endings = [ever] * acts
    else:
        struck = acts - 1 if placement == "second" else 0
        later = row.after_success(operation.name) if placement == "second" else None
        once = later or once
        endings = [once if number == struck else UNTOUCHED[operation.kind] for number in range(acts)]
    if endings[0].error is AuthError and (
        fault == "401" or (operation.kind == "read" and not operation.is_of_definitions)
    ):
        endings[1:] = [KEY_REFUSED] * (acts - 1)
    return endings

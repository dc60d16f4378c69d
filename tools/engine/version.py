"""Versions of `pulumi` and `go`, compared as numbers."""

import re
from typing import NamedTuple, Self

PATTERN = re.compile(r"(?P<major>\d+)\.(?P<minor>\d+)(?:\.(?P<patch>\d+))?(?P<suffix>\S*)")


class Version(NamedTuple):
    """A version; one that is not `released` comes before the release of the same number."""

    major: int
    minor: int
    patch: int = 0
    released: bool = True

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}{'' if self.released else ' (pre-release)'}"

    @classmethod
    def find(cls, text: str) -> Self | None:
        """Return the first version in `text`, or None; `v3.250.0`, `go1.26` and `3.230.0-dev.1` are all understood."""
        match = PATTERN.search(text)
        if match is None:
            return None
        suffix = match["suffix"]
        released = not suffix or suffix.startswith("+")
        return cls(int(match["major"]), int(match["minor"]), int(match["patch"] or 0), released)

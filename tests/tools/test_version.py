"""Versions of `pulumi` and `go`."""

import pytest

from tools.engine.version import Version


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v3.250.0\n", Version(3, 250, 0)),
        ("3.229.1+dirty", Version(3, 229, 1)),
        ("v3.230.0-alpha.1", Version(3, 230, 0, released=False)),
        ("go1.25.11", Version(1, 25, 11)),
        ("go1.26", Version(1, 26)),
        ("go1.27rc1", Version(1, 27, 0, released=False)),
        ("go1.26.8 X:somethingnew", Version(1, 26, 8)),
    ],
)
def test_find(text: str, expected: Version) -> None:
    """Every spelling that the two commands print is understood."""
    assert Version.find(text) == expected


@pytest.mark.parametrize("text", ["", "unknown", "v3"])
def test_find_nothing(text: str) -> None:
    """A text without a version gives None."""
    assert Version.find(text) is None


def test_order() -> None:
    """Versions are compared as numbers, and a pre-release comes before its release."""
    ordered = [
        Version(3, 99, 9),
        Version(3, 229, 0, released=False),
        Version(3, 229),
        Version(3, 229, 1),
        Version(4, 0),
    ]
    assert sorted([*ordered[2:], *ordered[:2]]) == ordered


def test_text() -> None:
    """A version is shown as people write it."""
    assert [str(Version(3, 229)), str(Version(3, 230, 1, released=False))] == ["3.229.0", "3.230.1 (pre-release)"]

"""Values that programs, services and people send where something else was meant."""

import math
from collections.abc import Sequence
from random import Random
from typing import Any

from xplenty_pulumi.core.kinds.marker import Owner, marker_of, sign

MARKED = sign("night", marker_of(Owner("acme", "loads", "dev", "nightly")))

TEXTS: Sequence[str] = (
    *("", " ", "\n", "\t", "0", "1", "2", "-1", "2.0", "2.5", "1e999", "nan", "inf", "-0", "0x10", "1_000", "\u0662"),
    *("t", "f", "true", "False", "yes", "null", "None", "sandbox", "production", "Production", "keep", "stop", "rerun"),
    *("30m", "1h30m", "90s", "0s", "-5m", "1d", "1h1h", "9" * 400 + "h", "verify", "available", "terminated", "error"),
    *("\0", "a\0b", "\ud800", "\udfff\ud800", "\u202e", "\ufeff", "\U0001f4a5" * 3, "e\u0301", "\x1b[31m", "\x7f"),
    *("x" * 10_000, "x" * 10_001, "\u00e9" * 10_000, MARKED, f"{MARKED} and more", "[xp9:dev-1:0123456789ab]", "[xp1:"),
    *("'quoted'", '"', "\\", "%s%n{0}{name}", "${a}", "../../etc/passwd", "<script>", "'; DROP TABLE x; --", "a=b&c=d"),
    *("2026-01-31T00:00:00Z", "0000-00-00", "9999-12-31T23:59:59+14:00", "urn:pulumi:a::b::c", "*" * 300),
)
NUMBERS: Sequence[float] = (
    *(0, 1, 2, 3, -1, 10_000, 10_001, 2**31, 2**53 + 1, 2**63, 10**30, 10**400, -(10**400), 0.5, -0.0, 1.5, 2.0),
    *(1e-320, 1e308, -1e308, math.nan, math.inf, -math.inf),
)


def value(draw: Random, *, depth: int = 3) -> Any:
    """Return any value that JSON or the engine can bring, nested at most `depth` deep."""
    sort = draw.randrange(10 if depth else 7)
    if sort < 3:
        return draw.choice(TEXTS)
    if sort < 5:
        return draw.choice(NUMBERS)
    if sort < 7:
        return draw.choice((None, True, False, [], {}, "".join(map(chr, draw.choices(range(1, 0x2FFF), k=5)))))
    if sort < 8:
        return [value(draw, depth=depth - 1) for _ in range(draw.randrange(4))]
    return {str(draw.choice(TEXTS))[:40]: value(draw, depth=depth - 1) for _ in range(draw.randrange(4))}


def nested(levels: int, inner: Any = None) -> Any:
    """Return `inner` in so many lists and mappings by turns."""
    for level in range(levels):
        inner = [inner] if level % 2 else {"deep": inner}
    return inner

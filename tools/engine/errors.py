"""What can go wrong while looking for an engine."""

from collections.abc import Sequence

MANUAL = "https://www.pulumi.com/docs/install/"
ADVICE = (
    f"Do one of these and run the command again: install Pulumi ({MANUAL}), open the way to the internet, or install "
    "Go 1.26.6 or later with a reachable module proxy."
)


class Unusable(Exception):
    """One way does not lead to an engine; `str()` is the reason as half a sentence."""


class NoEngine(Exception):
    """No way leads to an engine; `str()` names each of them with its reason and says what to do."""

    def __init__(self, reasons: Sequence[tuple[str, str]]) -> None:
        ways = " ".join(f"{number}. {way}: {reason}." for number, (way, reason) in enumerate(reasons, 1))
        super().__init__(f"No Pulumi engine was found, and none could be made. {ways} {ADVICE}")

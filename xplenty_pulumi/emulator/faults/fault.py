"""What can go wrong with one call: whether it takes effect, and what the client gets in place of its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from xplenty_pulumi.emulator.wire.messages import Response


class Effect(Enum):
    """What a call that meets a fault does to the account."""

    UNSENT = "it never leaves the client"
    NONE = "it arrives, and nothing comes of it"
    DONE = "it takes effect, whatever the client hears"
    LATE = "it takes effect some time after the client has given it up"
    TWICE = "it takes effect, and some time later it does so again"


class Breakage(Enum):
    """The ways in which a connection fails to bring a whole answer."""

    NO_SUCH_HOST = "the name of the host does not exist"
    REFUSED = "the connection is refused"
    NO_CONNECTION = "there is no connection in time"
    BAD_CERTIFICATE = "the certificate is not trusted"
    NO_FREE_CONNECTION = "all connections of the client are in use"
    CLOSED = "the connection is closed without an answer"
    RESET = "the connection is reset without an answer"
    SILENCE = "the connection stays open and nothing comes"
    HALF_HEADER = "the connection is closed within the first line of the answer"
    NOT_HTTP = "something answers that does not speak HTTP"
    CUT_BODY = "the connection is closed in the middle of the body"
    DRIP = "the answer comes byte by byte, for longer than a call may take"


@dataclass(frozen=True, slots=True)
class Broken(Response):
    """An answer that a connection does not bring whole: `how` it breaks, and `whole`, what it should have brought.

    A front that can break connections does so. For any other it is what a gateway answers then, a 502.
    """

    how: Breakage = Breakage.RESET
    whole: Response | None = None


@dataclass(frozen=True, slots=True)
class Followed(Response):
    """An answer with another one `behind` it that nobody asked for; a front that keeps connections sends both."""

    behind: Response | None = None


Answering: TypeAlias = Callable[[Response], Response]
"""From the true answer (an empty 200 where the call had no effect) to what the client gets."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What becomes of a call.

    With `Effect.LATE`, `lateness` holds the fewest and the most seconds it is late by; with `Effect.TWICE` it holds
    those until the call comes about again.
    """

    effect: Effect
    answer: Answering
    lateness: tuple[float, float] = (0.0, 0.0)


def breaking(how: Breakage) -> Answering:
    """Return the answering that breaks the connection."""
    headers, body = {"Content-Type": "application/json"}, b'{"message": "Bad Gateway"}'
    return lambda true: Broken(502, headers, body, how, true)

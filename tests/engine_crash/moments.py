"""Gates: one that stops the account's time at a chosen call, and one that counts what lives after every call."""

import threading
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from tests.support.engine.ran import LONGEST
from xplenty_pulumi.emulator import Emulator, FaultRule, Request, Response


@dataclass(frozen=True)
class Moment:
    """A moment of an operation: `side` of the first call `method` on the path `path` below the account.

    `{id}` in the path stands for digits. With `follows`, only calls after the first effect of that method count.
    """

    side: Literal["before", "after"]
    method: str
    path: str
    follows: str = ""

    def fits(self, request: Request) -> bool:
        """Return whether a call is of the method and on the path."""
        return FaultRule(f"{self.method} {self.path}", "404").matches(request)


class Hold:
    """A gate that, once set, holds the first call that fits, and with it the whole account, until it is let go."""

    def __init__(self) -> None:
        self._moment: Moment | None = None
        self._has_followed = False
        self._reached = threading.Event()
        self._let_go = threading.Event()

    def set(self, moment: Moment) -> None:
        """Hold the next call that fits `moment`."""
        self._moment = moment

    def wait(self) -> None:
        """Return once a call is held; nothing of the account can be looked at until `let_go`."""
        assert self._reached.wait(LONGEST), f"no call came to {self._moment}"

    def let_go(self) -> None:
        """Let the held call and all others go on."""
        self._let_go.set()

    def before(self, request: Request) -> Response | None:
        """Hold the call before it has any effect."""
        self._hold("before", request)
        return None

    def after(self, request: Request, response: Response) -> Response:
        """Hold the call when it has had its effect and its answer is not sent."""
        self._hold("after", request)
        if self._moment is not None and request.method == self._moment.follows:
            self._has_followed = True
        return response

    def _hold(self, side: str, request: Request) -> None:
        moment = self._moment
        if moment is None or self._reached.is_set() or moment.side != side or not moment.fits(request):
            return
        if moment.follows and not self._has_followed:
            return
        self._reached.set()
        assert self._let_go.wait(LONGEST), "the test never let go"


class Census:
    """A gate that counts, after every call, how many clusters live with one and the same description."""

    def __init__(self) -> None:
        self.most = 0
        self._account: Emulator | None = None

    def join(self, account: Emulator) -> None:
        """Name the account to count in."""
        self._account = account

    def before(self, request: Request) -> Response | None:
        """Let every call pass."""
        return None

    def after(self, request: Request, response: Response) -> Response:
        """Count, and change nothing."""
        if self._account is not None:
            living = Counter(one.description for one in self._account.living_clusters())
            self.most = max(self.most, *living.values(), 0)
        return response

"""A service that answers from a script, and a client on it whose clock never really waits."""

from collections.abc import Callable
from random import Random

import httpx

from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.setting_names import OWN, SettingNames

KEY = "canary-key-9f3b77"
ACCOUNT = "acme"

Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Script:
    """Answers each request with the next reply, and with the last one for ever; keeps the requests."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, httpx.Response):
            return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)
        return reply(request)

    @property
    def calls(self) -> int:
        """How many requests arrived."""
        return len(self.requests)


def client_on(
    script: Callable[[httpx.Request], httpx.Response],
    *,
    clock: ManualClock | None = None,
    deadline: float = 120.0,
    in_queue: float = 0.0,
    account: str = ACCOUNT,
    before_write: Callable[[], None] = lambda: None,
    names: SettingNames = OWN,
) -> Client:
    """Return a client whose network is `script`."""
    return Client(
        api_key=KEY,
        account_id=account,
        clock=clock or ManualClock(),
        random=Random(7),
        http=httpx.MockTransport(script),
        deadline=deadline,
        in_queue=in_queue,
        before_write=before_write,
        names=names,
    )


def cluster_reply(status: int = 200, **fields: object) -> httpx.Response:
    """Return an answer that holds a valid cluster."""
    return httpx.Response(status, json={"id": 77, "status": "available", "name": "night", **fields})


def job_reply(status: int = 200, **fields: object) -> httpx.Response:
    """Return an answer that holds a valid job."""
    return httpx.Response(status, json={"id": 5, "status": "running", **fields})


def refusal(status: int, message: str = "No.", **headers: str) -> httpx.Response:
    """Return an error as the service documents it."""
    return httpx.Response(status, json={"message": message}, headers=headers)

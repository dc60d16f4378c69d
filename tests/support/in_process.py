"""The emulator behind the HTTP library without a socket between them."""

import httpx

from xplenty_pulumi.emulator.account import Account
from xplenty_pulumi.emulator.wire.messages import Request


def in_process(account: Account) -> httpx.MockTransport:
    """Return a transport on which every request is answered by `account`, in the calling thread."""

    def answer(request: httpx.Request) -> httpx.Response:
        response = account.handle(
            Request(
                method=request.method,
                path=request.url.raw_path.decode().partition("?")[0],
                query=request.url.query.decode(),
                headers=dict(request.headers),
                body=request.read(),
            )
        )
        return httpx.Response(response.status, headers=dict(response.headers), content=response.body)

    return httpx.MockTransport(answer)

"""An emulated account on a real socket that does with connections what broken answers say."""

from http import HTTPStatus
from typing import Protocol

from tests.client.raw_server import Behaviour, Connection
from xplenty_pulumi.emulator import Breakage, Broken, Followed, Request, Response

DRIP_PAUSE = 0.02
"""Seconds between two bytes of a drip."""


class Handling(Protocol):
    """What answers requests: an account, or something on the way to one."""

    def handle(self, request: Request) -> Response:
        """Return the answer to a call."""


def serving(account: Handling) -> Behaviour:
    """Return the behaviour that answers each connection's one request from `account`, and breaks what is broken.

    A connection is kept only where a surplus answer follows the true one, so that a client could take it for the next.
    """

    def behave(connection: Connection) -> None:
        response = account.handle(_request(connection.read_request()))
        if isinstance(response, Followed):
            connection.send(_bytes(response, keep=True) + _bytes(response.behind or Response(200), keep=True))
            behave(connection)
        elif isinstance(response, Broken):
            _break(connection, response)
        else:
            connection.send(_bytes(response))

    return behave


def _break(connection: Connection, broken: Broken) -> None:
    whole = _bytes(broken.whole or Response(200))
    match broken.how:
        case Breakage.CLOSED:
            return
        case Breakage.RESET:
            connection.reset()
        case Breakage.SILENCE:
            connection.be_silent()
        case Breakage.HALF_HEADER:
            connection.send(whole[:14])
        case Breakage.NOT_HTTP:
            connection.send(b"220 mail.example.com ready\r\n")
        case Breakage.CUT_BODY:
            connection.send(whole[:-20])
        case Breakage.DRIP:
            connection.drip(whole, pause=DRIP_PAUSE)
        case _:
            raise AssertionError(f"a server cannot break a connection so that {broken.how.value}")


def _request(data: bytes) -> Request:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    path, _, query = target.partition("?")
    return Request(method, path, query, dict(line.split(": ", 1) for line in lines), body)


def _bytes(response: Response, *, keep: bool = False) -> bytes:
    first = f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"
    headers = {
        **response.headers,
        "Content-Length": str(len(response.body)),
        "Connection": "keep-alive" if keep else "close",
    }
    lines = [first, *[f"{name}: {value}" for name, value in headers.items()], "", ""]
    return "\r\n".join(lines).encode("latin-1") + response.body

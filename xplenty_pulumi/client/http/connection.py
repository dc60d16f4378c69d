"""Connections on which a whole call has a deadline.

A read time-out starts anew with every byte that arrives, so a server that drips bytes could hold a call for ever. Here
each single read and write gets no more than what is left of the call.
"""

import ssl
import threading
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from xplenty_pulumi.client.http.address import Address, proxy_for
from xplenty_pulumi.clock import Clock


def close_if_surplus(answer: httpcore.Response) -> None:
    """Close the connection of an answer that was read to its end, unless nothing more has certainly come on it.

    To be called before the answer is closed: a closed connection counts as expired, so the pool never offers it again.
    """
    surplus: object = answer.stream
    for name in ("_stream", "_connection", "_h11_state", "trailing_data"):
        surplus = getattr(surplus, name, None)
    if not (isinstance(surplus, tuple) and surplus[:1] == (b"",)):
        answer.extensions["network_stream"].close()


MOST_CONNECTIONS = 8
"""None is closed because it is idle for a moment: another would be opened beside it before it is gone."""
LONGEST_IDLE_SECONDS = 5.0
_SLICE = 0.5
"""Seconds after which a read that waits checks whether its answer is still wanted."""


class CallDeadline:
    """When the calling thread's current call must be over, and whether it need not go on even until then.

    `given_up` is true once the user has cancelled. That ends only calls that began before it and change nothing. A kept
    connection of an earlier `era` carries no further request.
    """

    def __init__(self, clock: Clock, *, given_up: Callable[[], bool] = lambda: False) -> None:
        self._clock = clock
        self._given_up = given_up
        self._of_thread = threading.local()
        self.era = 0

    def start(self, seconds: float, *, changes_nothing: bool = False) -> None:
        """Give this thread's call so many seconds from now."""
        self._of_thread.moment = self._clock.monotonic() + seconds
        self._of_thread.may_be_given_up = changes_nothing and not self._given_up()

    @property
    def may_be_given_up(self) -> bool:
        """Whether this thread's call may end before its time."""
        return bool(self._of_thread.may_be_given_up)

    @property
    def is_given_up(self) -> bool:
        """Whether the answer is not wanted any more."""
        return self.may_be_given_up and self._given_up()

    @property
    def left(self) -> float:
        """The seconds left; zero or less when the call is over."""
        moment: float = self._of_thread.moment
        return moment - self._clock.monotonic()


class DeadlineStream(httpcore.NetworkStream):
    """A connection whose reads and writes end with the call they belong to.

    No request is sent on one that holds unread bytes, because these would be taken for the answer.
    """

    def __init__(self, inner: httpcore.NetworkStream, deadline: CallDeadline) -> None:
        self._inner = inner
        self._deadline = deadline
        self._era = deadline.era
        self._is_asking = False
        self._is_new = True

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._is_asking = self._is_new = False
        limit = self._within(timeout, httpcore.ReadTimeout)
        longest = _SLICE if self._deadline.may_be_given_up else limit
        while True:
            try:
                return self._inner.read(max_bytes, min(limit, longest))
            except httpcore.ReadTimeout:
                limit -= longest
                if limit <= 0 or self._deadline.is_given_up:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        limit = self._within(timeout, httpcore.WriteTimeout)
        if not self._is_asking:
            self._check_silent()
            self._is_asking = True
        self._inner.write(buffer, limit)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        limit = self._within(timeout, httpcore.ConnectTimeout)
        return DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, limit), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _check_silent(self) -> None:
        """Raise if there is something to read, or if this connection is not trusted any more.

        The pool takes another connection in place of a kept one. A read is sure where the state of the
        socket is not: over TLS, a socket is readable also where only the protocol sends something.
        """
        if not self._is_new and self._era != self._deadline.era:
            raise httpcore.ConnectionNotAvailable
        try:
            unasked = self._inner.read(1, 0)
        except httpcore.ReadError:
            return
        if not self._is_new:
            raise httpcore.ConnectionNotAvailable
        if unasked:
            raise httpcore.ConnectError("the other side sent something before it was asked")

    def _within(self, timeout: float | None, late: type[Exception]) -> float:
        left = self._deadline.left
        if left <= 0:
            raise late("the deadline of the call has passed")
        return left if timeout is None else min(timeout, left)


class DeadlineBackend(httpcore.NetworkBackend):
    """Opens such connections."""

    def __init__(self, deadline: CallDeadline) -> None:
        self._inner = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return DeadlineStream(stream, self._deadline)


def open_pool(address: Address, *, deadline: CallDeadline, tls: ssl.SSLContext | None) -> httpcore.ConnectionPool:
    """Return the connections to `address`, through the environment's proxy unless it is this machine.

    The pool never repeats a request by itself.
    """
    options: dict[str, Any] = {
        "ssl_context": tls,
        "max_connections": MOST_CONNECTIONS,
        "max_keepalive_connections": MOST_CONNECTIONS,
        "keepalive_expiry": LONGEST_IDLE_SECONDS,
        "network_backend": DeadlineBackend(deadline),
    }
    if (proxy := proxy_for(address)) is None:
        return httpcore.ConnectionPool(**options)
    return httpcore.HTTPProxy(proxy.url, proxy_auth=proxy.login, **options)

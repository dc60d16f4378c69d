"""The one door to HTTP: a request goes in, one of three outcomes comes out, and no foreign exception ever does."""

import json
import platform
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import httpcore
import httpx

from xplenty_pulumi._version import __version__
from xplenty_pulumi.client.http.address import Address
from xplenty_pulumi.client.http.answers import LONGEST_MESSAGE, Undecodable, read_answer, unpacked
from xplenty_pulumi.client.http.connection import CallDeadline, close_if_surplus, open_pool
from xplenty_pulumi.client.http.outcomes import Answered, HttpRequest, NotSent, Outcome, Unsure, classify
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret, scrub
from xplenty_pulumi.text import one_line

HttpTransport = httpx.BaseTransport
"""What may stand in for the network in tests, such as httpx.MockTransport."""

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 30.0
WRITE_TIMEOUT = 10.0
POOL_TIMEOUT = 60.0
LARGEST_BODY = 10 * 1024 * 1024


class Transport:
    """Sends requests to one address with one key, or with none; safe to share between threads, not between processes.

    Redirects are not followed, cookies not kept, certificates always verified: against the usual authorities (or
    SSL_CERT_FILE), and those in `ca_path` if given. Raises ConfigError if these cannot be read. `read_timeout` is the
    longest silence after which a request goes on, in seconds; once `given_up` is true, a GET that began before ends.
    """

    def __init__(
        self,
        address: Address,
        api_key: Secret | None,
        *,
        clock: Clock,
        ca_path: str | Path | None = None,
        http: HttpTransport | None = None,
        read_timeout: float = READ_TIMEOUT,
        given_up: Callable[[], bool] = lambda: False,
    ) -> None:
        self._address = address
        self._secrets = [api_key] if api_key else []
        self._clock = clock
        self._read_timeout = read_timeout
        self._deadline = CallDeadline(clock, given_up=given_up)
        self._http = http or _PooledTransport(open_pool(address, deadline=self._deadline, tls=_tls(address, ca_path)))
        self._headers = _headers(api_key)
        self._is_closed = False

    def __repr__(self) -> str:
        return f"Transport({str(self._address)!r})"

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._is_closed

    def close(self) -> None:
        """Close all connections; calling it again does nothing."""
        self._is_closed = True
        self._http.close()

    def distrust(self) -> None:
        """Let no connection that is kept now carry another request: what comes on it may answer an earlier one."""
        self._deadline.era += 1

    def send(self, request: HttpRequest, *, timeout: float) -> Outcome:
        """Send `request` once and return its outcome, within `timeout` seconds whatever the service does."""
        if self._is_closed:
            return NotSent("the client is closed")
        self._deadline.start(timeout, changes_nothing=request.method == "GET")
        try:
            return self._exchange(request, timeout=timeout)
        except Exception as error:  # noqa: BLE001 - no foreign exception leaves, whatever a library may add to its own
            return classify(error, words=one_line(scrub(str(error), self._secrets), limit=LONGEST_MESSAGE))

    def _exchange(self, request: HttpRequest, *, timeout: float) -> Outcome:
        with closing(self._http.handle_request(self._built(request, timeout=timeout))) as response:
            try:
                content = self._content(response)
            except Undecodable as complaint:
                return Unsure(str(complaint), status=response.status_code, timed_out=self._deadline.left <= 0)
            headers = {name.lower(): value for name, value in response.headers.items()}
            now = self._clock.now()
            answer = read_answer(request, status=response.status_code, headers=headers, content=content, now=now)
            target = next_page(headers)
            return replace(answer, next_page=target) if target and isinstance(answer, Answered) else answer

    def _built(self, request: HttpRequest, *, timeout: float) -> httpx.Request:
        body, headers = request.body, self._headers
        return httpx.Request(
            request.method,
            f"{self._address}{request.path}",
            params=dict(request.query) or None,
            headers=headers if body is None else {**headers, "Content-Type": "application/json"},
            content=None if body is None else json.dumps(dict(body), allow_nan=False).encode(),
            extensions={"timeout": self._timeouts(timeout)},
        )

    def _timeouts(self, whole: float) -> dict[str, float]:
        whole = max(whole, 0.001)
        return {
            "connect": min(CONNECT_TIMEOUT, whole),
            "read": min(self._read_timeout, whole),
            "write": min(WRITE_TIMEOUT, whole),
            "pool": min(POOL_TIMEOUT, whole),
        }

    def _content(self, response: httpx.Response) -> bytes:
        """Return the body; not by `iter_bytes`, which unpacks whatever is packed, in one piece."""
        content = bytearray()
        chunks = cast("Iterable[bytes]", response.stream)
        for piece in unpacked(chunks, encoding=response.headers.get("Content-Encoding", "")):
            content += piece
            if len(content) > LARGEST_BODY:
                raise Undecodable(f"the answer is larger than {LARGEST_BODY // 1024 // 1024} MiB")
            if self._deadline.left <= 0:
                raise Undecodable("the answer did not end in time")
        return bytes(content)


def next_page(headers: Mapping[str, str]) -> str | None:
    """Return the target of the Link header's `rel="next"` in small letters, because a relation has any case.

    The names of the headers are in lower case.
    """
    if not (link := headers.get("link")):
        return None
    return httpx.Response(200, headers={"Link": link.lower()}).links.get("next", {}).get("url")


def _headers(api_key: Secret | None) -> dict[str, str]:
    """What goes with each request: the key is the user name of a login without a password (documented)."""
    login = {"Authorization": f"Basic {b64encode(f'{api_key.reveal()}:'.encode()).decode()}"} if api_key else {}
    return {
        "Accept": "application/vnd.xplenty+json; version=2",
        "Accept-Encoding": "gzip",
        "User-Agent": f"xplenty-pulumi/{__version__} (+python {platform.python_version()})",
        **login,
    }


class _PooledTransport(httpx.BaseTransport):
    """Puts httpx on connections of our own, because httpx's own cannot be given a deadline."""

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.read(),
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_PooledStream(answer))

    def close(self) -> None:
        self._pool.close()


class _PooledStream(httpx.SyncByteStream):
    """The body of an answer; its connection is used again only if nothing but that answer has come."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        try:
            close_if_surplus(self._answer)
        finally:
            self._answer.close()


def _tls(address: Address, ca_path: str | Path | None) -> ssl.SSLContext | None:
    """Certificates to trust; to read the usual ones takes longer than many a call, so none where no TLS is spoken."""
    if address.scheme == "http" and ca_path is None:
        return None
    try:
        context = httpx.create_ssl_context()
        if ca_path is not None:
            folder = Path(ca_path).is_dir()
            context.load_verify_locations(capath=ca_path if folder else None, cafile=None if folder else ca_path)
    except OSError:
        raise ConfigError(
            "the certificate authorities cannot be read",
            setting="caPath",
            advice="Check that the CA path (or SSL_CERT_FILE) names a readable file of PEM certificates.",
        ) from None
    return context

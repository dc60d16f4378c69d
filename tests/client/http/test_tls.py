"""Certificates are always verified."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
import trustme

from tests.support.faults.sockets import RawServer, ServedConnection
from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.errors import NotSentError

BODY = b'{"id": 7, "status": "available"}'


def answer(connection: ServedConnection) -> None:
    connection.read_request()
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY)


@contextmanager
def tls_server(authority: trustme.CA, *names: str) -> Iterator[RawServer]:
    """A server that shows a certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    with RawServer(answer, tls=context) as server:
        yield server


@pytest.fixture
def authority() -> trustme.CA:
    """An authority that no machine trusts by itself."""
    return trustme.CA()


@pytest.fixture
def ca_path(authority: trustme.CA, tmp_path: Path) -> Path:
    """The file with that authority's certificate."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


def client_for(server: RawServer, ca_path: Path | None) -> Client:
    url = server.url.replace("http://", "https://")
    return Client(
        api_key="a-key", account_id="acme", base_url=url, clock=ManualClock(), random=Random(1), ca_path=ca_path
    )


def test_private_authority(authority: trustme.CA, ca_path: Path) -> None:
    """A certificate of an authority that was named is accepted."""
    with tls_server(authority, "127.0.0.1") as server, client_for(server, ca_path) as client:
        assert client.clusters.get(7).id == 7


def test_authority_of_the_environment(authority: trustme.CA, ca_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SSL_CERT_FILE names an authority too."""
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_path))
    with tls_server(authority, "127.0.0.1") as server, client_for(server, None) as client:
        assert client.clusters.get(7).id == 7


def test_unknown_authority(authority: trustme.CA) -> None:
    """Any other certificate is refused before anything is sent, and the advice says how to trust it."""
    with tls_server(authority, "127.0.0.1") as server:
        client = client_for(server, None)
        with client, pytest.raises(NotSentError, match="SSL_CERT_FILE"):
            client.clusters.create({"nodes": 2})


def test_certificate_of_another_host(authority: trustme.CA, ca_path: Path) -> None:
    """A trusted authority's certificate for another name is refused."""
    with tls_server(authority, "api.example.com") as server:
        client = client_for(server, ca_path)
        with client, pytest.raises(NotSentError, match="cannot be reached"):
            client.clusters.get(7)

"""The vendor's installer, up to where the internet would begin."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from tools.engine import install
from tools.engine.errors import Unusable


class Answer(BaseHTTPRequestHandler):
    """Says yes to everything."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name for it)
        pass


@contextmanager
def site() -> Iterator[str]:
    """Serve on loopback and yield the address."""
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_key_follows_the_sdk() -> None:
    """The installer brings the version of the SDK, so that version names what it makes."""
    assert install.key().startswith("installed-3.")


def test_key_without_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the SDK this way is closed, and the reason says what brings it."""

    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(install, "version", missing)
    with pytest.raises(Unusable, match="make setup"):
        install.key()


def test_site_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that answers lets the installer go on."""
    with site() as address:
        monkeypatch.setattr(install, "SITE", address)
        install.reach()


def test_site_not_reached(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A site that is not reached closes this way before anything is downloaded."""
    with site() as address:
        pass
    monkeypatch.setattr(install, "SITE", address)
    with pytest.raises(Unusable, match="cannot be reached from here"):
        install.install(tmp_path)

"""The vendor's installer, up to where the internet would begin."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from tests.support.accounts.loopback import Answer, Received, serving_http
from tools.engine import install
from tools.engine.errors import Unusable


@contextmanager
def site(asked: list[str]) -> Iterator[str]:
    """Serve on loopback a site that says yes to everything, keep the methods it is asked with, and give the address."""

    def answer(request: Received) -> Answer:
        asked.append(request.method)
        return 200, {}, b""

    with serving_http(answer) as address:
        yield f"{address}/"


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
    asked: list[str] = []
    with site(asked) as address:
        monkeypatch.setattr(install, "SITE", address)
        install.reach()
    assert asked == ["GET"]


def test_site_not_reached(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A site that is not reached closes this way before anything is downloaded."""
    with site([]) as address:
        pass
    monkeypatch.setattr(install, "SITE", address)
    with pytest.raises(Unusable, match="cannot be reached from here"):
        install.install(tmp_path)

"""The site is built strictly: no link is broken, no page is outside the navigation, no block is shown as text."""

import functools
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from tests.support import browser
from tools.site import OUTSIDE, ROOT, followed

PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *(page for pattern in OUTSIDE for page in ROOT.glob(pattern))])


def build(config: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Build the site into a folder as `make site` does."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(
        [*command, "--config-file", config, "--site-dir", folder],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site."""
    folder = tmp_path_factory.mktemp("site")
    done = build(ROOT / "mkdocs.yml", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_each_page_is_in_the_site(site: Path) -> None:
    """What is written in the checkout is there to be read, README as the home page."""
    uris = [page.relative_to(ROOT).as_posix().removeprefix("docs/") for page in PAGES]
    built = [site / uri.replace("README.md", "index.md").replace(".md", ".html") for uri in uris]
    assert len(built) > 20
    assert [page for page in built if not page.is_file()] == []


def test_blocks_are_blocks(site: Path) -> None:
    """No fence is left in a page, as one would be that is indented by too little."""
    assert [page.name for page in site.rglob("*.html") if "```" in page.read_text(encoding="utf-8")] == []


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    """A page works offline, and nobody learns that it is read."""
    page = (site / "index.html").read_text(encoding="utf-8")
    assert 'src="assets/' in page
    assert 'src="http' not in page
    assert "fonts.googleapis.com" not in page


@pytest.mark.skipif(browser.found() is None, reason="there is no Chromium here: apt-get install chromium")
def test_search_finds_an_input(site: Path, tmp_path: Path) -> None:
    """In a browser the search finds `on_overrun` in the reference, and no page logs an error."""
    program = browser.found() or ""
    with served(site) as address, browser.browsing(program, tmp_path / "profile") as tab:
        links = "[...document.querySelectorAll('a.md-search-result__link')].map(one => one.href).join(' ')"
        assert "reference/resources/job-run.html" in tab.open(f"{address}/index.html?q=on_overrun", until=links)
        for page in ("tutorial/nightly-pipeline.html", "reference/resources/cluster.html"):
            assert tab.open(f"{address}/{page}", until=f"location.pathname == '/{page}' && document.title")
        assert tab.errors == []


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine; yield the address."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and prints nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is that of the library
        pass


@pytest.mark.parametrize(
    ("text", "problem"),
    [("[a page](nowhere.md)", "nowhere.md"), ("[a part](README.md#no-such-part)", "no-such-part"), ("", "stray.md")],
    ids=["broken link", "broken anchor", "outside the navigation"],
)
def test_what_is_wrong_fails_the_build(tmp_path: Path, text: str, problem: str) -> None:
    """A page with a broken link and a page that no reader finds end the build with an error that names it."""
    docs = tmp_path / "docs"
    shutil.copytree(ROOT / "docs", docs)
    (docs / "stray.md").write_text(f"# Stray\n\n{text}\n")
    settings = {"INHERIT": str(ROOT / "mkdocs.yml"), "docs_dir": str(docs), "hooks": [str(ROOT / "tools" / "site.py")]}
    (tmp_path / "mkdocs.yml").write_text(yaml.safe_dump(settings))
    done = build(tmp_path / "mkdocs.yml", tmp_path / "site")
    assert done.returncode != 0
    assert problem in done.stdout + done.stderr, (done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[x](../../examples/gitops/README.md#part)", "[x](../examples/gitops/README.md#part)"),
        ("[x](../../examples/gitops)", "[x](../examples/gitops/README.md)"),
        ("[x](drift.md)", "[x](drift.md)"),
        ("[x](../../README.md)", "[x](../README.md)"),
        ("[x](../../Makefile)", "x"),
        ("[x](https://example.test/a.md)", "[x](https://example.test/a.md)"),
        ("[x](#part)", "[x](#part)"),
        ("[x](nowhere.md)", "[x](nowhere.md)"),
        ("```text\n[x](../../Makefile)\n```", "```text\n[x](../../Makefile)\n```"),
    ],
)
def test_links_lead_to_pages_of_the_site(written: str, shown: str) -> None:
    """A link that is right in the checkout is right in the site; a file that is no page is named without a link."""
    there = {"how-to/drift.md", "README.md", "examples/gitops/README.md"}
    assert followed(written, ROOT / "docs" / "how-to" / "status.md", there.__contains__) == shown

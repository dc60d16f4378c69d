"""The picture of the page that `usage --html` writes, for an emulated account with a past.

`python -m tools.usage_picture` draws it in a headless Chromium, where there is one, if what the page shows has changed.
"""

import hashlib
import struct
import sys
import tempfile
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support import browser
from tools.demo.past import fill
from xplenty_pulumi.cli.commands.usage.facts import facts
from xplenty_pulumi.cli.commands.usage.report import page, plotly
from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.reports.past import PastReader
from xplenty_pulumi.core.waiting.budget import Budget
from xplenty_pulumi.emulator import Emulator, Seed
from xplenty_pulumi.redact import Secret

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "usage.png"
NOW = datetime(2026, 3, 31, 14, 20, tzinfo=UTC)
SIZE = (1440, 1290)
_HEAD = 33
"""The bytes of a PNG before its first optional part."""
_LAST_WEEK = "[...document.querySelectorAll('#ranges button')].find(one => one.textContent === '7 days').click()"


def shown(*, library: str = "") -> str:
    """Return the page of the last thirty days of the account, the same each time."""
    clock = ManualClock(NOW)
    with (
        Emulator(Seed(account_id="acme"), clock=clock) as emulator,
        Client(api_key=Secret(emulator.api_key), account_id="acme", base_url=emulator.url, clock=clock) as client,
    ):
        fill(emulator)
        found = PastReader(client, Budget(client, clock, share=1)).history(timedelta(days=30))
    return page(facts(found, account="acme", scrub=str), library=library)


def digest(text: str) -> str:
    """Return what stands in the picture for the page that it shows."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_in(picture: bytes) -> str:
    """Return the digest of the page that a picture shows, an empty text where it has none."""
    found = picture.find(b"tEXtpage\0", 0, 200)
    return "" if found < 0 else picture[found + 9 : found + 73].decode()


def marked(picture: bytes, text: str) -> bytes:
    """Return a PNG with the digest of its page in it."""
    part = b"tEXtpage\0" + digest(text).encode()
    chunk = struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
    return picture[:_HEAD] + chunk + picture[_HEAD:]


def main() -> int:
    """Draw the picture if need be, and return 0."""
    text, program = shown(), browser.found()
    if PICTURE.exists() and digest_in(PICTURE.read_bytes()) == digest(text):
        return 0
    if program is None:
        print(
            "there is no Chromium here to draw docs/pictures/usage.png with: apt-get install chromium", file=sys.stderr
        )
        return 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "usage.html"
        file.write_text(shown(library=plotly()), encoding="utf-8")
        with browser.browsing(program, Path(folder) / "profile") as tab:
            tab.resize(*SIZE)
            tab.open(file.as_uri(), until="document.body?.dataset.drawn")
            tab.value(_LAST_WEEK)
            PICTURE.write_bytes(marked(tab.picture(), text))
    return 0


if __name__ == "__main__":
    sys.exit(main())

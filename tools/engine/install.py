"""The second way: the vendor's own installer, started through the Pulumi SDK for Python."""

import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tools.engine.errors import Unusable
from tools.engine.process import run
from tools.engine.progress import heartbeat

NAME = "the vendor's installer"
SITE = "https://get.pulumi.com/install.sh"
REACH_SECONDS = 10.0
INSTALL_SECONDS = 300.0
REACH = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=float(sys.argv[2])).close()"
INSTALL = "import sys; from pulumi.automation import PulumiCommand; PulumiCommand.install(root=sys.argv[1])"


def key() -> str:
    """Return what tells one installed engine from another: the SDK's version, which the installer follows."""
    try:
        return f"installed-{version('pulumi')}"
    except PackageNotFoundError as error:
        raise Unusable("it needs the Python package pulumi, and `make setup` puts it into .venv") from error


def install(into: Path) -> None:
    """Put an engine into `into`/bin; raise Unusable when the site is not reached or not done within five minutes."""
    with heartbeat(f"asking {SITE} (at most {REACH_SECONDS:.0f} s)"):
        reach()
    with heartbeat("downloading with the vendor's installer (a minute or two, at most five)"):
        run([sys.executable, "-c", INSTALL, into], seconds=INSTALL_SECONDS)


def reach() -> None:
    """Raise Unusable when the vendor's site does not answer; a process of its own bounds even the name lookup."""
    try:
        run([sys.executable, "-c", REACH, SITE, str(REACH_SECONDS)], seconds=REACH_SECONDS)
    except Unusable as error:
        raise Unusable(f"{SITE} cannot be reached from here") from error

"""`python -m tools.engine` prints the folder to put on PATH as its only line on standard output."""

import os
import signal
import sys
from types import FrameType

from tools.engine.errors import NoEngine
from tools.engine.get import get_engine
from tools.engine.progress import say


def main() -> int:
    """Get an engine and print its folder; the exit code is 0 only with an engine."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    try:
        engine = get_engine(os.environ)
    except NoEngine as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("stopped; nothing half-made was kept")
        return 128 + signal.SIGINT
    say(f"pulumi {engine.version} in {engine.folder}")
    print(engine.folder)
    return 0


def leave(number: int, _frame: FrameType | None) -> None:
    """Turn the signal into an exception, so that everything started is ended and everything half-made removed."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())

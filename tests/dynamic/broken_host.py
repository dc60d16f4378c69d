"""The SDK's host with one thing changed, as another version may change it: `python -m tests.dynamic.broken_host NAME`.

What it then runs is the host's own source, edited; so it fails as soon as the source is not what the edit was made for.
"""

import concurrent.futures
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pulumi.runtime.proto import provider_pb2

from tests.dynamic.host import host_source
from tests.dynamic.quick_host import skip_long_pauses


class Without:
    """Something of which one attribute is missing."""

    def __init__(self, whole: object, *missing: str) -> None:
        self._whole, self._missing = whole, missing

    def __getattr__(self, name: str) -> Any:
        if name in self._missing:
            raise AttributeError(name)
        return getattr(self._whole, name)


@dataclass(frozen=True)
class Change:
    """What becomes of the host's source, and what is done before it is run."""

    edit: Callable[[str], str] = lambda source: source
    prepare: Callable[[], None] = lambda: None


def _replacing(old: str, new: str) -> Callable[[str], str]:
    """Replace the one place where `old` stands."""

    def edit(source: str) -> str:
        assert source.count(old) == 1, f"the host's source has no such place: {old}"
        return source.replace(old, new)

    return edit


def _other_pool() -> None:
    """Let pools count their workers in another way."""

    def start(self: Any, max_workers: int) -> None:
        begin(self, max_workers)
        self._max_workers = float(max_workers)

    begin: Any = concurrent.futures.ThreadPoolExecutor.__init__
    concurrent.futures.ThreadPoolExecutor.__init__ = start  # type: ignore[method-assign,assignment]  # that is the change


def _no_half_made() -> None:
    """Let the protocol know nothing of half-made resources."""
    delattr(provider_pb2, "ErrorResourceInitFailed")


def _say_goodbye() -> None:
    """Have something to say at the end, once to everybody and once to those who debug."""
    from xplenty_pulumi.dynamic import bridge

    bridge.at_end(lambda: "spent 12 calls", severity="INFO")
    bridge.at_end(lambda: "spent 12 calls, in detail", severity="DEBUG")


ANSWER = "return fn(self, request, context)"
CHANGES = {
    "nothing": Change(prepare=_say_goodbye),
    "pool": Change(prepare=_other_pool),
    "request": Change(_replacing(ANSWER, "return fn(self, Without(request, 'urn', 'timeout'), context)")),
    "rows": Change(prepare=lambda: sys.argv.append("--another-option")),
    "partial state": Change(prepare=_no_half_made),
    "one-line errors": Change(
        _replacing(ANSWER, "return fn(self, request, Without(context, 'set_trailing_metadata'))")
    ),
    "cancel": Change(_replacing("    def Cancel(", "    @_abort_with_traceback\n    def Cancel(")),
    "names": Change(lambda source: re.sub(r"\brequest\b", "asked", source)),
}
"""What another version may change, mostly by the item of the bridge that it breaks."""


def main() -> None:
    """Serve the changed host."""
    skip_long_pauses()
    change = CHANGES[sys.argv.pop(1)]
    change.prepare()
    exec(compile(change.edit(host_source()), "host", "exec"), vars(sys.modules["__main__"]))


if __name__ == "__main__":
    main()

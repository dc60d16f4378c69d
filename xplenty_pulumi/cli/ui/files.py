"""How a command writes a file of the user's: whole or not at all, whatever fails meanwhile."""

import os
import shutil
from contextlib import suppress
from errno import EACCES
from pathlib import Path
from secrets import token_hex

_USUAL = 0o666


def write_whole(place: Path, content: str, *, mode: int = _USUAL) -> None:
    """Write the file in UTF-8, so that it is at every moment as it was or as it is to be, whole.

    A new one gets the `mode` within the umask; one that exists keeps its own, and a link goes on leading to the file.

    Raises:
        OSError: it was not written, and what was there is there.
    """
    target = place.resolve()
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(EACCES, os.strerror(EACCES))  # which a replacement would not ask about
    draft = target.with_name(f".{target.name}.{token_hex(4)}")
    try:
        with open(
            draft, "x", encoding="utf-8", newline="", opener=lambda path, flags: os.open(path, flags, mode)
        ) as new:
            new.write(content)
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise

"""When the process looks for garbage: not while a command is loaded, and not when it ends.

A search visits every object, and all that a command loads stays until its end. The searches of the interpreter take a
fifth of the time of a command that is short.
"""

import gc


def pause() -> None:
    """Look for no garbage until `resume`."""
    gc.disable()


def resume() -> None:
    """Look for garbage again, and only among what is made from now on; without `pause` before, do nothing."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def leave() -> None:
    """Let the interpreter end without a search: the system takes the memory back."""
    gc.freeze()

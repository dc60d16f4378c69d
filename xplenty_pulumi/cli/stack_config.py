"""The configuration of a stack, as far as settings are looked up in it."""

import json
import os
from collections.abc import Callable


def configuration(told: Callable[..., str]) -> dict[str, object]:
    """Return the values by name; secrets, for which a passphrase may be needed, only where the API key is among them.

    `told` runs a command of the engine and returns what it prints.

    Raises:
        ValueError: that is no JSON.
    """
    shown = [] if "XPLENTY_API_KEY" in os.environ else ["--show-secrets"]
    found = json.loads(told("config", "--json", *shown))
    return {name: one.get("value") for name, one in found.items()}

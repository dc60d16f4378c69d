"""How a resource lies in the engine's state: what is declared on top, what else the service shows under `observed`.

That is one JSON text, since the engine and the SDK handle each property of each resource anew in every operation, those
inside another one too: thirty of them take several times as long as a text that holds them all.
"""

import json
from collections.abc import Mapping
from typing import Any

Properties = dict[str, Any]

OBSERVED = "observed"
"""Output: what the service shows beyond the declared inputs, by name, as JSON, without what it has no value for."""
DECLARED = "__declared"
"""Hidden output, only where all lie side by side: the names of the inputs that the program declares."""


def stored(outputs: Mapping[str, Any]) -> Properties:
    """Return outputs that lie side by side, `DECLARED` among them, as they are to lie in the state."""
    declared = outputs[DECLARED]
    on_top, below = {}, {}
    for name, value in outputs.items():
        if name in declared or _is_hidden(name):
            on_top[name] = value
        elif value is not None:
            below[name] = value
    del on_top[DECLARED]
    return {**on_top, OBSERVED: json.dumps(below, sort_keys=True)}


def side_by_side(properties: Mapping[str, Any]) -> Properties:
    """Return what lies in the state with all values side by side, `DECLARED` among them; inputs stay as they are."""
    if OBSERVED not in properties:
        return dict(properties)
    on_top = {name: value for name, value in properties.items() if name != OBSERVED}
    declared = sorted(name for name in on_top if not _is_hidden(name))
    return {**read_observed(properties[OBSERVED]), **on_top, DECLARED: declared}


def read_observed(text: object) -> Properties:
    """Return the values in the JSON of `observed`; none where it is no text, as one that is kept secret in a file."""
    return dict(json.loads(text)) if isinstance(text, str) and text else {}


def _is_hidden(name: str) -> bool:
    return name.startswith("__")

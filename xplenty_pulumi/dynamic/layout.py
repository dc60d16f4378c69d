"""How a resource lies in the engine's state: what is declared on top, all that the service shows under `observed`.

That is one JSON text, since the engine and the SDK handle each property of each resource anew in every operation, those
inside another one too: thirty of them take several times as long as a text that holds them all.
"""

import json
from collections.abc import Mapping
from typing import Any

Properties = dict[str, Any]

OBSERVED = "observed"
"""Output: all that the service shows, by name, as JSON, without what it has no value for."""
DECLARED = "__declared"
"""Hidden output, only where all lie side by side: the names of the inputs that the program declares."""


def stored(outputs: Mapping[str, Any]) -> Properties:
    """Return outputs that lie side by side, `DECLARED` among them, as they are to lie in the state.

    What is observed is `OBSERVED` where they have that, and else all that is neither declared nor hidden.
    """
    on_top = {name: outputs[name] for name in outputs if name in outputs[DECLARED] or _is_hidden(name)}
    others = {name: value for name, value in outputs.items() if name not in on_top}
    del on_top[DECLARED]
    observed = {name: value for name, value in outputs.get(OBSERVED, others).items() if value is not None}
    return {**on_top, OBSERVED: json.dumps(observed, sort_keys=True)}


def side_by_side(properties: Mapping[str, Any]) -> Properties:
    """Return what lies in the state side by side, `DECLARED` and `OBSERVED` among it; inputs stay as they are."""
    if OBSERVED not in properties:
        return dict(properties)
    on_top = {name: value for name, value in properties.items() if name != OBSERVED}
    declared = sorted(name for name in on_top if not _is_hidden(name))
    observed = read_observed(properties[OBSERVED])
    return {**observed, **on_top, DECLARED: declared, OBSERVED: observed}


def read_observed(text: object) -> Properties:
    """Return the values in the JSON of `observed`; none where it is no text, as one that is kept secret in a file."""
    return dict(json.loads(text)) if isinstance(text, str) and text else {}


def _is_hidden(name: str) -> bool:
    return name.startswith("__")

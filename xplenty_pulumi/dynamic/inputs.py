"""The engine's dictionaries, taken apart: what is known, what comes later, and whose resource it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pulumi.output import Unknown

from xplenty_pulumi.core.kinds.check import Checked, check
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.dynamic.providers.answered import once
from xplenty_pulumi.dynamic.state import is_hidden


@dataclass(frozen=True)
class Inputs:
    """The inputs of one call: `known` values, and the names of those `unknown` until something else is done."""

    known: Mapping[str, object] = field(repr=False)
    unknown: frozenset[str]

    @classmethod
    def of(cls, properties: Mapping[str, object]) -> "Inputs":
        """Take the engine's properties apart; what is hidden (`__...`) belongs to neither side."""
        plain = {name: value for name, value in properties.items() if not is_hidden(name)}
        unknown = frozenset(name for name, value in plain.items() if _holds_unknown(value))
        return cls({name: value for name, value in plain.items() if name not in unknown}, unknown)

    def checked(self, kind: Kind) -> Checked:
        """Return the inputs in canonical form with every problem found; one call of the engine checks them once."""
        key = (kind.name, repr(self.known), self.unknown)  # as text, since True and 1 are equal and not the same input
        return once(key, lambda: check(kind, self.known, unknown=self.unknown))


def _holds_unknown(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_unknown, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_holds_unknown, value))
    return isinstance(value, Unknown)

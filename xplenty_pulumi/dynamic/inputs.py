"""The engine's dictionaries, taken apart: what is known, what comes later, and whose resource it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pulumi.output import Unknown

from xplenty_pulumi.core.check import Checked, check
from xplenty_pulumi.core.kinds import Kind
from xplenty_pulumi.dynamic.layout import DECLARED
from xplenty_pulumi.dynamic.owner import ACCOUNT, OWNER, owner_of, owner_text
from xplenty_pulumi.dynamic.secrets import SECRETS

__all__ = [
    "ACCOUNT",
    "DECLARED",
    "HIDDEN_INPUTS",
    "HIDDEN_OUTPUTS",
    "NONCES",
    "OWED",
    "OWNER",
    "Inputs",
    "owner_of",
    "owner_text",
]

HIDDEN_INPUTS = (OWNER, SECRETS)
NONCES = "__nonces"
"""Hidden output: the nonces of all create calls that were sent for the resource, with blanks between them."""
OWED = "__owed"
"""Hidden output, only of what is unfinished: the inputs that an update was about, with blanks between them, or `*`
where a create has not come to its end."""
HIDDEN_OUTPUTS = (NONCES, OWED)


@dataclass(frozen=True)
class Inputs:
    """The inputs of one call: `known` values, and the names of those `unknown` until something else is done."""

    known: Mapping[str, object] = field(repr=False)
    unknown: frozenset[str]

    @classmethod
    def of(cls, properties: Mapping[str, object]) -> "Inputs":
        """Take the engine's properties apart; what is hidden (`__...`) belongs to neither side."""
        plain = {name: value for name, value in properties.items() if not name.startswith("__")}
        unknown = frozenset(name for name, value in plain.items() if _holds_unknown(value))
        return cls({name: value for name, value in plain.items() if name not in unknown}, unknown)

    def checked(self, kind: Kind) -> Checked:
        """Return the inputs in canonical form with every problem found."""
        return check(kind, self.known, unknown=self.unknown)


def _holds_unknown(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_unknown, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_holds_unknown, value))
    return isinstance(value, Unknown)

"""The dictionaries of the engine, read and written: inputs of one call, and the outputs of a resource."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi.output import Unknown

from xplenty_pulumi.core.kinds.check import Checked, check
from xplenty_pulumi.core.kinds.compare import differences
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.providers.method_call import current
from xplenty_pulumi.dynamic.secrets import without_secrets
from xplenty_pulumi.dynamic.state import (
    DECLARED,
    HIDDEN_INPUTS,
    HIDDEN_OUTPUTS,
    OBSERVED,
    PROVIDER,
    Properties,
    is_hidden,
)
from xplenty_pulumi.errors import SpecError
from xplenty_pulumi.redact import Secret


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
        return current().found.once(key, lambda: check(kind, self.known, unknown=self.unknown))


def _holds_unknown(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_unknown, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_holds_unknown, value))
    return isinstance(value, Unknown)


def declared(props: Mapping[str, object], kind: Kind) -> dict[str, object]:
    """Return the inputs that the program declares, whether `props` are inputs or outputs."""
    names = props.get(DECLARED)
    return {name: props[name] for name in (names if isinstance(names, list) else kind.by_name) if name in props}


def outputs(
    props: Mapping[str, object], view: Mapping[str, object], kind: Kind, *, secrets: Sequence[Secret] = ()
) -> Properties:
    """Return all outputs: the record as shown, each declared input in the user's own spelling, and what is hidden.

    In what the service shows, secret inputs are masked by their place, and `secrets` of the process wherever they are.

    An input that can be changed from outside shows the service's value where that is another one: what is observed
    counts, not what was asked for. So does a default, which counts as declared then.
    """
    asked = declared(props, kind)
    desired = kind.completed(asked, view) if asked else {}
    settled = [name for name in kind.compared if name in desired and name not in kind.unsettled(asked, view)]
    found = differences(kind, {name: desired[name] for name in settled}, view)
    drifted = {one.field: one.observed for one in found}
    hidden = {name: props[name] for name in (*HIDDEN_INPUTS, *HIDDEN_OUTPUTS, PROVIDER) if name in props}
    shown = without_secrets(view, props, known=secrets)
    return {**shown, **asked, **drifted, DECLARED: sorted({**asked, **drifted}), OBSERVED: shown, **hidden}


def refreshed_inputs(shown: Properties) -> Properties:
    """Return the inputs as the service shows them, so that the engine sees drift property by property."""
    return {name: shown[name] for name in (*shown[DECLARED], *HIDDEN_INPUTS) if name in shown}


def hidden_outputs(props: Mapping[str, object]) -> Properties:
    """Return what an update keeps of the outputs without having shown it."""
    return {name: props[name] for name in HIDDEN_OUTPUTS if name in props}


def timeout_of(call: EngineCall, inputs: Mapping[str, object], name: str, kind: Kind) -> float:
    """Return the seconds an operation may take: the resource option `custom_timeouts`, the input, the default."""
    return float(call.timeout or setting_of(inputs, name, kind))


def setting_of(inputs: Mapping[str, object], name: str, kind: Kind) -> str:
    """Return the input as a text, its default where there is none."""
    return str(inputs.get(name) or kind.by_name[name].default)


def key_of(id_: str, kind: Kind) -> Any:
    """Return what an id in the state, or of a lookup, identifies a thing of this kind by.

    Raises:
        SpecError: it is none, which happens only where a program gives the id of a lookup.
    """
    try:
        return kind.key(id_)
    except ValueError as problem:
        raise SpecError(f"the id of a {kind.name} {problem}", field="id") from None

"""The properties of a resource: what is declared, what was seen, and what an update keeps."""

from collections.abc import Mapping, Sequence

from xplenty_pulumi.core.kinds.compare import differences
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.dynamic.secrets import without_secrets
from xplenty_pulumi.dynamic.state import DECLARED, HIDDEN_INPUTS, HIDDEN_OUTPUTS, NONCES, OBSERVED, PROVIDER, Properties
from xplenty_pulumi.redact import Secret


def declared(props: Mapping[str, object], kind: Kind) -> dict[str, object]:
    """Return the inputs that the program declares, whether `props` are inputs or outputs."""
    names = props.get(DECLARED)
    return {name: props[name] for name in (names if isinstance(names, list) else kind.by_name) if name in props}


def outputs(
    props: Mapping[str, object], view: Mapping[str, object], kind: Kind, *, secrets: Sequence[Secret] = ()
) -> Properties:
    """Return all outputs: the record as it is seen, each declared input in the user's own spelling, and what is hidden.

    In what the service shows, secret inputs are masked by their place, and `secrets` of the process wherever they are.

    An input that can be changed from outside shows the service's value where that is another one: what is seen counts,
    not what was asked for. So does a default, which counts as declared then.
    """
    asked = declared(props, kind)
    desired = kind.completed(asked, view) if asked else {}
    found = differences(kind, {name: desired[name] for name in kind.compared if name in desired}, view)
    drifted = {one.field: one.observed for one in found}
    hidden = {name: props[name] for name in (*HIDDEN_INPUTS, *HIDDEN_OUTPUTS, PROVIDER) if name in props}
    seen = without_secrets(view, props, known=secrets)
    return {**seen, **asked, **drifted, DECLARED: sorted({**asked, **drifted}), OBSERVED: seen, **hidden}


def refreshed_inputs(seen: Properties) -> Properties:
    """Return the inputs as the service shows them, so that the engine sees drift property by property."""
    return {name: seen[name] for name in (*seen[DECLARED], *HIDDEN_INPUTS) if name in seen}


def nonces_in(props: Mapping[str, object]) -> tuple[str, ...]:
    """Return the nonces of all create calls that were sent for the resource, as its outputs hold them."""
    return tuple(str(props.get(NONCES, "")).split())


def hidden_outputs(props: Mapping[str, object]) -> Properties:
    """Return what an update keeps of the outputs without having shown it."""
    return {name: props[name] for name in HIDDEN_OUTPUTS if name in props}

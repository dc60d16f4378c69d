"""How a resource lies in the engine's state, hidden properties included; the one place that has their names.

What is declared lies on top, and all that the service shows under `observed`. That is one JSON text, since the engine
and the SDK handle each property of each resource anew in every operation, those inside another one too: thirty of them
take several times as long as a text that holds them all. A state is read in places where the SDK is not needed, so
nothing here imports it.
"""

import base64
import json
import pickletools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from xplenty_pulumi.core.kinds.kind import EVERYTHING, SIGNATURE, Ending, Kind, Phase
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, owner_in, scope_of
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Origin, origin_in
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.dynamic import PUBLIC_MODULE
from xplenty_pulumi.errors import ConfigError

Properties = dict[str, Any]

OBSERVED = "observed"
"""Output: all that the service shows, by name, as JSON, without what it has no value for."""
DECLARED = "__declared"
"""Hidden output, only where all lie side by side: the names of the inputs that the program declares."""
ACCOUNT = "__account"
"""Hidden output: the account it is in, since the same id means something else in another one."""
OWNER = "__owner"
"""Hidden input: the organization and the URN of the resource, joined by a bar."""
PROVIDER = "__provider"
"""Hidden property that names the provider class; the host needs it in everything that goes into the state."""
SECRETS = "__secrets"
"""Hidden input: where secrets stand among the inputs.

A plain name is that of a variable or a setting; `*` means all of them. What begins with a slash is the way to any other
input, or into it: `/description`, `/bootstrap_actions/0/args/1`.
"""
MADE_NAME = "__name"
"""Hidden input, only where the program gave no name when the resource was created: the name that was made then, which
it keeps."""
HIDDEN_INPUTS = (OWNER, SECRETS, MADE_NAME)
NONCES = "__nonces"
"""Hidden output: the nonces of all create calls and adoptions of the resource, with blanks between them."""
OWED = "__owed"
"""Hidden output, only of what is unfinished: the inputs that an update was about, with blanks between them, or `*`
where a create has not come to its end. With `marker/SCOPE`, an update is to sign what may carry a marker of that scope
until then: it was imported, or has another owner than before."""
FOREIGN = "__foreign"
"""Hidden output, only of a run that somebody else started and the resource only follows: it is never stopped."""
HIDDEN_OUTPUTS = (NONCES, OWED, FOREIGN)
SPECIAL = "4dabf18193072939515e22adb298388d"
"""The key that marks a secret, or a value of another special kind, in what the engine writes (its own constant)."""
_KINDS: Mapping[tuple[str, ...], Kind] = MappingProxyType(
    {(PUBLIC_MODULE, f"{kind.resource}Provider"): kind for kind in KINDS.values()}
)


def stored(outputs: Mapping[str, Any]) -> Properties:
    """Return outputs that lie side by side, `DECLARED` among them, as they are to lie in the state.

    What is observed is `OBSERVED` where they have that, and else all that is neither declared nor hidden.
    """
    on_top = {name: outputs[name] for name in outputs if name in outputs[DECLARED] or is_hidden(name)}
    others = {name: value for name, value in outputs.items() if name not in on_top}
    del on_top[DECLARED]
    observed = {name: value for name, value in outputs.get(OBSERVED, others).items() if value is not None}
    return {**on_top, OBSERVED: json.dumps(observed, sort_keys=True)}


def side_by_side(properties: Mapping[str, Any]) -> Properties:
    """Return what lies in the state side by side, `DECLARED` and `OBSERVED` among it; inputs stay as they are."""
    if OBSERVED not in properties:
        return dict(properties)
    on_top = {name: value for name, value in properties.items() if name != OBSERVED}
    declared = sorted(name for name in on_top if not is_hidden(name))
    observed = read_observed(properties[OBSERVED])
    return {**observed, **on_top, DECLARED: declared, OBSERVED: observed}


def read_observed(text: object) -> Properties:
    """Return the values in the JSON of `observed`; none where it is no text, as one that is kept secret in a file."""
    return dict(json.loads(text)) if isinstance(text, str) and text else {}


def origin_of(props: Mapping[str, object], *, now: Owner | None = None) -> Origin:
    """Return when it was created, as its outputs have it, and for whom; `UNKNOWN` for what is only looked up.

    Those that may have signed it are its owner, its owner by `now`, and until it is signed whose marker it had before.
    """
    if OWNER not in props:
        return UNKNOWN
    owner, owed = owner_of(props), owed_in(props)
    scopes = frozenset({*former_scopes(owed), scope_of(owner), scope_of(now or owner)})
    # A state of an earlier version does not say whose marker it had.
    made = replace(origin_in(props, marker_of(owner)), nonces=nonces_in(props), is_new=_has_just_begun(props))
    return replace(made, scopes=frozenset() if SIGNATURE in owed else scopes)


def _has_just_begun(props: Mapping[str, object]) -> bool:
    """Whether the status in the state is one that a new thing has first, or its create has not come to its end."""
    kind = kind_of({"outputs": props})
    if kind is None or kind.ends is Ending.REMOVED:
        return kind is not None and EVERYTHING in owed_in(props)
    return kind.phase(str(props.get("status", ""))) is Phase.BUILDING


def nonces_in(props: Mapping[str, object]) -> tuple[str, ...]:
    """Return the nonces of all create calls and adoptions of the resource, as its outputs hold them."""
    return tuple(str(props.get(NONCES, "")).split())


def owed_in(props: Mapping[str, object]) -> list[str]:
    """Return what an update owes: inputs, members of them, `EVERYTHING`, or `SIGNATURE` with or without a scope."""
    return str(props.get(OWED, "")).split()


def former_scopes(owed: Iterable[str]) -> list[str]:
    """Return the scopes whose marker it may carry until its next update signs it; none where no update is to."""
    return [scope for name, _, scope in (one.partition("/") for one in owed) if name == SIGNATURE]


def owner_by(urn: str, before: Owner, *, scope: object) -> Owner:
    """Return the owner that the stack in its URN, with this `xplenty:scope`, gives it; `before` where that has none.

    It is another one than `before` where the stack was renamed, or the resource moved, and no update has signed it yet.
    """
    stack, _, rest = urn.removeprefix("urn:pulumi:").partition("::")
    project, _, name = rest.partition("::")
    organization = before.organization.partition("/")[0]
    return owner_in(f"{organization}/{project}/{stack}", scope=scope, name=name) if name else before


def is_hidden(name: str) -> bool:
    """Return whether a property is the engine's or ours, and neither an input nor an output of a program."""
    return name.startswith("__")


def account_name(arguments: tuple[object, ...]) -> str:
    """Return the name of the settings of a resource's account, empty for the stack's own.

    Of what a call hands over, the properties in the state decide where it begins with an id, and else the new ones.
    """
    given = [one for one in arguments if isinstance(one, dict)]
    first = given[0 if arguments and isinstance(arguments[0], str) else -1] if given else {}
    return str(first.get("account") or "")


def owner_text(organization: str, urn: str) -> str:
    """Return the value of the hidden input that says whose resource it is."""
    return f"{organization}|{urn}"


def owner_of(properties: Mapping[str, object]) -> Owner:
    """Return whose resource it is.

    Raises:
        ConfigError: the hidden input is missing or malformed, so the resource was not made by this package's classes.
    """
    text = str(properties.get(OWNER, ""))
    organization, _, urn = text.partition("|")
    parts = urn.removeprefix("urn:pulumi:").split("::", 2)
    if len(parts) != 3 or not organization:
        raise ConfigError(
            f"the resource does not say whose it is ({OWNER} is {text[:80]!r})",
            advice="Declare it with a class of xplenty_pulumi, such as Cluster",
        )
    stack, project, name = parts
    return Owner(organization=organization, project=project, stack=stack, name=name)


def kind_of(resource: Mapping[str, Any]) -> Kind | None:
    """Return the kind of a resource as an export, a pending operation or a step of a preview has it; None: not ours.

    A class that a program derives from ours may have any type, so the provider in the inputs or outputs decides.
    """
    for properties in (resource.get("inputs"), resource.get("outputs")):
        if isinstance(properties, Mapping) and isinstance(found := properties.get(PROVIDER), str):
            return _KINDS.get(_class_in(found))
    return None


@lru_cache(maxsize=64)
def _class_in(provider: str) -> tuple[str, ...]:
    """The module and the name of the pickled provider's class, read without loading what a state names."""
    try:
        texts = [text for _, text, _ in pickletools.genops(base64.b64decode(provider)) if isinstance(text, str)]
    except (ValueError, IndexError, OverflowError):
        return ()
    return tuple(" ".join(texts).split()[:2])

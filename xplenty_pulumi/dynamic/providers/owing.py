"""What an update does for a resource although its inputs are as declared: what is owed, and what is hidden."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from xplenty_pulumi.core.kinds.kind import EVERYTHING, SIGNATURE, Kind
from xplenty_pulumi.core.kinds.marker import name_in
from xplenty_pulumi.core.kinds.ownership import Marked, Origin, marker_on
from xplenty_pulumi.dynamic.properties import Inputs
from xplenty_pulumi.dynamic.state import DECLARED, NONCES, OWED, OWNER, former_scopes, is_hidden, owed_in, owner_of

if TYPE_CHECKING:
    from xplenty_pulumi.core.reconcile.intent import Intent


def owed_of(owed: list[str], intent: "Intent", kind: Kind, *, made: Origin) -> list[str]:
    """Return what an update owes until it is seen: what was `owed` before it, and what it is about.

    What it is to sign may carry the marker of the owner for whom it was `made`, as far as the state says.
    """
    is_renamed = len(made.scopes) > 1
    is_signed = is_renamed if EVERYTHING in owed else intent.signs
    signature = [f"{SIGNATURE}/{made.owner.scope}"] if is_signed and made.owner else []
    return list(dict.fromkeys([*owed, *signature, *intent.names(kind)]))


def goes_on(label: str, owed: list[str]) -> str:
    """Return what an update has to finish, in words for its row; empty where nothing was begun before it.

    The engine plans such an update without a diff, so its row says nothing of it until then.
    """
    if EVERYTHING in owed:
        return f"goes on with the create of {label}, which was not finished"
    fields = list(dict.fromkeys(one.partition("/")[0] for one in owed if not former_scopes([one])))
    return f"goes on with the update of {label}, which was not finished: {', '.join(fields)}" if fields else ""


def makes_up(kind: Kind, label: str, *, owed: list[str], news: Mapping[str, object]) -> str:
    """Return what an update does although no input has changed, in words for its row; empty for nothing."""
    if former_scopes(owed):
        return f"signs the ownership marker of {label}"
    wanted = Inputs.of(news).checked(kind).inputs
    nouns = [noun for name, noun in kind.follow_ups.items() if name in owed and wanted.get(name)]
    return f"{label} may have changed since its last {' and '.join(nouns)}, which an update repeats" if nouns else ""


def changes_inputs(before: Mapping[str, object], news: Mapping[str, object]) -> bool:
    """Return whether the engine plans an update because of inputs that a program shows; `before` are as in `rewrites`.

    Where they are not known, as without the bridge, nothing is.
    """
    return bool(before) and not all(map(is_hidden, _changed(before, news)))


def rewrites(kind: Kind, *, before: Mapping[str, object], news: Mapping[str, object]) -> str:
    """Return what an update does where nothing but hidden inputs differs, in words for its row; empty for nothing.

    `before` are the inputs in the state, none where they are not known. The engine itself would show the hidden names.
    """
    changed = _changed(before, news)
    if not before or not changed or not all(map(is_hidden, changed)):
        return ""
    if OWNER not in changed or OWNER not in before:
        return "notes in the state what is secret, and sends nothing"
    old, new = owner_of(before), owner_of(news)
    name = name_in(new.name)
    owner = f"resource {name}" if replace(old, name=new.name) == new else f"stack {new.stack}"
    return f"signs the marker anew for {owner}" if kind.signed else f"notes in the state that it is of {owner}"


def refreshed(
    kind: Kind, before: Mapping[str, object], shown: Mapping[str, object], *, record: Marked
) -> dict[str, object]:
    """Return what a refresh shows with what is owed after it: it shows what an update has sent as if a hand had.

    A change that it shows is not known to have been followed up. What was imported without a word of whose marker it
    carries may carry the one on the `record`, and counts as adopted by it.
    """
    owed, names = owed_in(before), shown[DECLARED] if DECLARED in before else ()
    fields = [one for one in owed if not former_scopes([one])]
    marker = marker_on(record) if kind.signed else None
    whose = f"{SIGNATURE}/{marker.scope if marker else ''}"
    signature = [whose if one == SIGNATURE else one for one in owed if one not in fields]
    changed = [name for name in names if shown.get(name) != before.get(name)] if isinstance(names, list) else []
    due = [*signature, *(kind.follow_ups if fields or kind.is_followed_up(changed) else ())]
    rest = {name: value for name, value in shown.items() if name != OWED}
    if SIGNATURE in owed and marker is not None and marker.is_of_adoption:
        rest[NONCES] = marker.nonce
    return {**rest, OWED: " ".join(due)} if due else rest


def _changed(before: Mapping[str, object], news: Mapping[str, object]) -> set[str]:
    return {name for name in {*before, *news} if before.get(name) != news.get(name)}

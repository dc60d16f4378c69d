"""What the state says is left to do for a resource, although its inputs are as declared."""

from collections.abc import Mapping

from xplenty_pulumi.core.kinds.kind import SIGNATURE, Kind
from xplenty_pulumi.dynamic.properties import Inputs
from xplenty_pulumi.dynamic.state import DECLARED, OWED


def owed_by(props: Mapping[str, object]) -> list[str]:
    """Return the fields that an update owes, or `EVERYTHING`, or `SIGNATURE`."""
    return str(props.get(OWED, "")).split()


def makes_up(kind: Kind, label: str, *, owed: list[str], news: Mapping[str, object]) -> str:
    """Return what an update does although no input has changed, in words for its row; empty for nothing."""
    if SIGNATURE in owed:
        return f"signs the ownership marker of {label}, which was imported"
    wanted = Inputs.of(news).checked(kind).inputs
    nouns = [noun for name, noun in kind.follow_ups.items() if name in owed and wanted.get(name)]
    return f"{label} may have changed since its last {' and '.join(nouns)}, which an update repeats" if nouns else ""


def still_owed(kind: Kind, before: Mapping[str, object], shown: Mapping[str, object]) -> list[str]:
    """Return what is owed after a refresh, which shows what a failed or killed update has sent as if a hand had.

    A change that it shows is not known to have been followed up.
    """
    owed, names = owed_by(before), shown[DECLARED] if DECLARED in before else ()
    if SIGNATURE in owed:
        return owed
    changed = [name for name in names if shown.get(name) != before.get(name)] if isinstance(names, list) else []
    return list(kind.follow_ups) if owed or kind.is_followed_up(changed) else []

"""Whether the service shows what it was sent and has accepted."""

import html
import re
from collections.abc import Sequence

from xplenty_pulumi.core.kinds.compare import Difference, changed_places, place_text
from xplenty_pulumi.core.kinds.kind import Drift, Kind
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import ReadyFailed

_NAMED = 5
_INSTEAD = "declare what it keeps"


def names_of(kind: Kind, wrong: Sequence[Difference]) -> str:
    """Return the places that differ, as a text names them; values may be secret, names are not."""
    names = list(dict.fromkeys(place_text(way) for one in wrong for way in changed_places(kind, one)))
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return " and ".join([*names[:_NAMED], *more])


def is_alike(kind: Kind, wrong: Sequence[Difference]) -> bool:
    """Return whether all that differs are texts for people, such as a service makes them that shortens or cleans them.

    Blanks, capitals, signs and their spelling in HTML do not count.
    """
    return all(
        kind.by_name[one.field].drift is Drift.HARMLESS
        and _bare(one.observed)
        and _bare(one.desired).startswith(_bare(one.observed))
        for one in wrong
    )


def _bare(text: object) -> str:
    return re.sub(r"[\W_]+", "", html.unescape(str(text or ""))).casefold()


def require_kept(kind: Kind, wrong: Sequence[Difference], *, resource: str, patience: Patience) -> None:
    """Return unless something that matters is `wrong` although it was accepted; a text for people is warned of.

    Raises:
        ReadyFailed: it matters, as what it costs and does depends on it.
    """
    if not wrong:
        return
    text = f"the service took it, but shows another {names_of(kind, wrong)} than was sent"
    if all(kind.by_name[one.field].drift is Drift.HARMLESS for one in wrong):
        patience.warn(f"{resource}: {text}; {_INSTEAD}, or each `pulumi up` after a refresh sends it again")
        return
    raise ReadyFailed(
        text,
        resource=resource,
        advice=f"Look at the {kind.name} in the service; the next `pulumi up` sends it again. Where the service never "
        f"keeps it, {_INSTEAD}",
    )

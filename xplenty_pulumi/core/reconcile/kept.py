"""Whether the service shows what it was sent and has accepted."""

import html
import re
from collections.abc import Callable, Sequence

from xplenty_pulumi.core.kinds.compare import Difference, changed_places, place_text
from xplenty_pulumi.core.kinds.kind import Drift, Kind
from xplenty_pulumi.core.reconcile.repeat import SETTLING
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import ReadyFailed

_NAMED = 5
_INSTEAD = "declare what it keeps"


def _names_of(kind: Kind, wrong: Sequence[Difference]) -> str:
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


def require_kept(
    kind: Kind,
    wrong: Sequence[Difference],
    look_again: Callable[[], Sequence[Difference]],
    *,
    resource: str,
    patience: Patience,
) -> None:
    """Return once nothing is `wrong` any more although it was accepted; of a text for people it is only warned.

    Raises:
        ReadyFailed: it is so 17 seconds later, and matters, as what the thing costs and does depends on it.
    """
    for pause in SETTLING[1:]:
        if wrong:
            patience.tell(f"shows another {_names_of(kind, wrong)} than was sent", "")
            patience.clock.sleep(pause)
            wrong = look_again()
    if not wrong:
        return
    text = f"the service took it, but shows another {_names_of(kind, wrong)} than was sent"
    if all(kind.by_name[one.field].drift is Drift.HARMLESS for one in wrong):
        patience.warn(f"{resource}: {text}; {_INSTEAD}, or each `pulumi up` after a refresh sends it again")
        return
    raise ReadyFailed(
        text,
        resource=resource,
        advice=f"Look at the {kind.name} in the service; the next `pulumi up` sends it again. Where the service never "
        f"keeps it, {_INSTEAD}",
    )

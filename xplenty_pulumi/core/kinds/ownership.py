"""Whose something is that carries the marker of a resource and is not in the state of its stack; pure."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, cast

from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.job_run import run_key_of
from xplenty_pulumi.core.kinds.kind import Key
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.registry import kind_of
from xplenty_pulumi.errors import RefusedError
from xplenty_pulumi.text import label

if TYPE_CHECKING:
    from xplenty_pulumi.client import Job

ADOPTION_WINDOW = timedelta(minutes=60)
"""How long after its create call something unfinished may be adopted."""
WINDOW_TEXT = f"{ADOPTION_WINDOW // timedelta(minutes=1)} minutes"
"""The same, as every text says it."""
_ROUNDED = timedelta(seconds=5)
"""What two answers about one thing may say differently of when it was created, at most."""

_NAMESAKE = "a stack of this name, as one in another backend"
_SECOND = "%Y-%m-%d %H:%M:%S UTC"


class Marked(Protocol):
    """A record of the service, which may carry a marker."""

    @property
    def id(self) -> int: ...

    @property
    def key(self) -> Key: ...


@dataclass(frozen=True)
class Origin:
    """When a thing of the state was created, and the resource that holds it.

    `at` is as the service showed it last, empty where that is not known; `owner` is that of its marker. What is only to
    be ended as long as it carries this very `marker`, or none, `is_as_marked`. What the state has with a first status,
    or with a create that has not come to its end, `is_new`. The stacks with these `scopes` may have signed it, with
    these `nonces` where it was created or adopted, or where there are no scopes any stack.
    """

    at: str = ""
    owner: Marker | None = None
    marker: Marker | None = None
    is_as_marked: bool = False
    is_new: bool = field(default=False, compare=False)
    scopes: frozenset[str] = frozenset()
    nonces: tuple[str, ...] = ()


CHANGED_HANDS = "its marker was changed meanwhile, as by an adoption or a hand-over"
UNKNOWN = Origin()
"""That of what no state holds, or of what a program only looks up."""


def label_of(thing: Marked) -> str:
    """Return how texts name a record."""
    return label(kind_of(thing).name, thing.key)


def signed_text(thing: Marked) -> str:
    """Return the text of a record that its marker ends."""
    return getattr(thing, kind_of(thing).signed) or ""


def marker_on(thing: Marked) -> Marker | None:
    """Return the marker that a record carries, wherever its kind has it."""
    return markers.read(signed_text(thing))


def maker_of(thing: Marked) -> int | None:
    """Return the id of the user who made it, None where the service does not say."""
    creator = getattr(thing, "creator", None)
    maker: int | None = creator.id if creator else getattr(thing, "owner_id", None)
    return maker


def is_marked(thing: Marked, owner: Marker) -> bool:
    """Return whether it carries a marker of this owner."""
    return markers.whose(signed_text(thing)) == owner


def is_unfinished(thing: Marked, owner: Marker) -> bool:
    """Return whether it carries a marker of this owner and its create call has not come to its end."""
    found = marker_on(thing)
    return found is not None and found.whose == owner and found.is_unfinished


def is_adoptable(thing: Marked, owner: Marker, *, now: datetime, user: int | None) -> bool:
    """Return whether it stems from an interrupted create call of this owner: unfinished, recent, by the same user.

    `user` is that of the key, None where that is not known.
    """
    found = marker_on(thing)
    if found is None or found.whose != owner or not found.is_unfinished or found.begun is None:
        return False
    return abs(now - found.begun) < ADOPTION_WINDOW + timedelta(minutes=1) and not is_of_another(thing, user)


def is_surplus(thing: Marked, owner: Marker, nonces: Container[str], *, user: int | None) -> bool:
    """Return whether a create call of this owner with one of the nonces made it, and it is unfinished.

    A hand-over creates nothing: what has its nonce is a copy that somebody else made.
    """
    found = marker_on(thing)
    if found is None or found.whose != owner or not found.is_left:
        return False
    return found.nonce in nonces and not is_of_another(thing, user)


def origin_in(outputs: Mapping[str, object], owner: Marker | None) -> Origin:
    """Return the origin of a thing whose outputs in the state these are."""
    return Origin(str(outputs.get("created_at") or ""), owner)


def made_at(thing: Marked) -> str:
    """Return when it was created; an empty text where the service does not say."""
    at = getattr(thing, "created_at", None)
    return at.isoformat() if isinstance(at, datetime) else ""


def origin_on(thing: Marked) -> Origin:
    """Return when it was created, and the resource that its marker, or as a run its key, names."""
    found = marker_on(thing) if kind_of(thing).signed else run_key_of(cast("Job", thing))
    return Origin(made_at(thing), found.whose if found else None)


def as_marked(thing: Marked) -> Origin:
    """Return the origin of what is to be ended only as long as its marker is the one that it carries now."""
    return replace(origin_on(thing), marker=marker_on(thing), is_as_marked=True)


def is_another(one: Origin, before: Origin) -> bool:
    """Return whether what has an id is not what had it `before`: made at another time, and not marked as its own.

    A service that was restored from a backup gives the ids anew that it had given since. What names the resource that
    holds the id is its own, whatever the service says of its creation.
    """
    at, then = _moment(one.at), _moment(before.at)
    if at is None or then is None or abs(at - then) < _ROUNDED:
        return False
    return one.owner is None or one.owner != before.owner


def taken_over(thing: Marked | None, made: Origin) -> str:
    """Return what says that it is another's by now, or its id another thing's; empty where that cannot be told."""
    if thing is None:
        return ""
    if made.is_as_marked and marker_on(thing) != made.marker:
        return f"{CHANGED_HANDS}, so it is left alone"
    if not is_another(origin_on(thing), made):
        return ""
    at, before = (f"{_moment(text):{_SECOND}}" for text in (made_at(thing), made.at))
    return (
        f"its id is that of another {kind_of(thing).name} by now, created {at}, which is left alone. Gone, "
        f"as after the service was restored from a backup, is the one in the state, created {before}"
    )


def adopted_elsewhere(thing: Marked | None, made: Origin) -> RefusedError | None:
    """Return why what a state holds is neither changed nor ended: another stack has adopted it; None for no reason."""
    found = marker_on(thing) if thing is not None else None
    if thing is None or found is None or not made.scopes:
        return None
    why = f"it carries the marker of another stack ({found.scope})"
    if found.scope in made.scopes:
        if not found.is_of_namesake(made.nonces):
            return None
        why = f"another `pulumi` of {_NAMESAKE}, or of this one before an older state was restored, has signed it since"
    return RefusedError(
        f"{why}, so this one neither changes nor ends it",
        resource=label_of(thing),
        advice="If that stack is to keep it, take it out of this one's state: `pulumi state delete`. If it is this "
        f"one's, run {hand_over(thing)}, which signs it, and the same again",
    )


def taken_by_namesake(thing: Marked) -> RefusedError:
    """Return the error for what another stack of the same name has signed before this one's create has come to its end.

    A late call of a killed `up` of this stack looks the same.
    """
    return RefusedError(
        f"another `pulumi` of {_NAMESAKE}, has signed it while it was created, so this one does not hold it",
        resource=label_of(thing),
        advice="Give one of the two an `xplenty:scope` of its own, and run `pulumi up` again. If there is no other "
        f"one, run {hand_over(thing)} and `pulumi up` again, which adopts it",
    )


def hand_over(thing: Marked, option: str = "") -> str:
    """Return the command that gives a thing another marker, or with ` --release` none."""
    return f"`xplenty-pulumi hand-over {kind_of(thing).name}:{thing.key}{option}`"


def way_out(thing: Marked, nonces: Container[str]) -> str:
    """Return what ends an unfinished duplicate: a destroy only where a create call with one of these nonces made it."""
    found = marker_on(thing)
    if found is not None and found.nonce in nonces:
        return "`pulumi destroy` ends it"
    return "No `pulumi up` or `pulumi destroy` ends it; `xplenty-pulumi recover --end-strays` does"


def is_scheduled(thing: Marked) -> bool:
    """Return whether a schedule has made it, as far as it says so."""
    creator = getattr(thing, "creator", None)
    return creator is not None and creator.type == "Schedule"


def is_of_another(thing: Marked, user: int | None) -> bool:
    """Return whether a schedule or another user than that of the key has made it, as far as it says so."""
    maker = maker_of(thing)
    return is_scheduled(thing) or (None not in (maker, user) and maker != user)


def refusal(thing: Marked, *, user: int | None) -> RefusedError:
    """Return the error for something with the marker of the resource that nothing proves to be this resource's."""
    found = marker_on(thing)
    if is_of_another(thing, user):
        why = "was created by another user"
    elif found is not None and found.is_unfinished and found.begun is not None:
        why = f"was requested at {found.begun:%Y-%m-%d %H:%M} UTC, too long ago for a lost answer"
    else:
        why = "is held by a state, which may be another stack's"
    return RefusedError(
        f"it carries the marker of this resource, which does not have it in the state of this stack, and {why}; "
        "nothing was created",
        resource=label_of(thing),
        advice="If a `pulumi` was killed, run `xplenty-pulumi recover`. If it is this resource's, because a state was "
        f"lost or an entry was removed, run {hand_over(thing)} and `pulumi up` again, which adopts it. If its stack "
        "was renamed, run `pulumi up` in the renamed stack, which signs it anew, or give this stack an `xplenty:scope` "
        "of its own. If `pulumi state rename` has given this resource another name, declare it by that one. "
        f"To keep it apart from any stack, run {hand_over(thing, ' --release')}",
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None

"""The sessions of this process, one for each account, and what is to be known in one that nobody has needed yet.

A preview in which nothing changes asks the service nothing, so it does not load the client and the reconciler.
"""

import threading
from typing import TYPE_CHECKING

from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.marker import Owner
from xplenty_pulumi.settings import Settings

if TYPE_CHECKING:
    from xplenty_pulumi.dynamic.session import Session

_MOST = 8
"""Sessions that are kept; a stack has one."""
_turn = threading.Lock()
_sessions: "dict[Settings, Session]" = {}
_held: dict[Settings, list[tuple[Kind, int, Owner | None]]] = {}


def session_for(settings: Settings) -> "Session":
    """Return the one session of this process for these settings, whichever thread asks first.

    There must not be two: a wrong key would be tried twice, and one would not know which runs the other has started.
    """
    with _turn:
        return _sessions.get(settings) or _opened(settings)


def hold(settings: Settings, kind: Kind, resource_id: int, owner: Owner | None = None) -> None:
    """Note that the engine's state holds this thing for `owner`, so that it is not taken for a lost one."""
    with _turn:
        session = _sessions.get(settings)
        if session is None:
            _held.setdefault(settings, []).append((kind, resource_id, owner))
        else:
            session.hold(kind, resource_id, owner)


def _opened(settings: Settings) -> "Session":
    from xplenty_pulumi.dynamic.session import open_session  # noqa: PLC0415 - see above

    session = open_session(settings)
    for kind, resource_id, owner in _held.pop(settings, ()):
        session.hold(kind, resource_id, owner)
    _sessions[settings] = session
    while len(_sessions) > _MOST:
        _sessions.pop(next(iter(_sessions)))
    return session

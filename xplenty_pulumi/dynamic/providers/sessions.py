"""The sessions of a provider process: one for each account, and what its stack holds until there is one."""

import threading
from typing import TYPE_CHECKING

from xplenty_pulumi import settings
from xplenty_pulumi.core.kinds.kind import Key, Kind
from xplenty_pulumi.core.kinds.marker import Owner
from xplenty_pulumi.core.kinds.ownership import Origin

if TYPE_CHECKING:
    from xplenty_pulumi.dynamic.session import Session

_MOST_SESSIONS = 8
"""Sessions that are kept; a stack has one."""
_turn = threading.Lock()
_sessions: "dict[settings.Settings, Session]" = {}
_held: dict[settings.Settings, list[tuple[Kind, Key, Owner | None, Origin]]] = {}


def session_for(found: settings.Settings) -> "Session":
    """Return the one session of this process for these settings, whichever thread asks first.

    There must not be two: a wrong key would be tried twice, and a run that one has started would be unknown to the
    other. What loads the client and the reconciler is opened where it is needed first: a preview in which nothing
    changes asks the service nothing.
    """
    with _turn:
        if found not in _sessions:
            from xplenty_pulumi.dynamic.session import open_session  # noqa: PLC0415 - see above

            _sessions[found] = open_session(found)
            for kind, resource_id, owner, made in _held.pop(found, ()):
                _sessions[found].hold(kind, resource_id, owner, made=made)
            while len(_sessions) > _MOST_SESSIONS:
                _sessions.pop(next(iter(_sessions)))
        return _sessions[found]


def hold_for(found: settings.Settings, kind: Kind, key: Key, owner: Owner | None = None, *, made: Origin) -> None:
    """Note that the state holds this thing for `owner`, and when it was `made`; opens no session."""
    with _turn:
        if found in _sessions:
            _sessions[found].hold(kind, key, owner, made=made)
        else:
            _held.setdefault(found, []).append((kind, key, owner, made))

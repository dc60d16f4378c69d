"""What is right under each fault, written by hand: 33 faults for each of 3 kinds of calls.

A row says how the act ends whose call meets the fault once, and how every act ends when all of the operation's calls
meet it. `sent` counts the calls of the operation that reached the service for that act, `made` what they made there.

The rules behind the rows: never a twin, never a second run, never a lost id, and always an error of ours with advice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.faults.operations import How, Kind, Operation
from xplenty_pulumi.errors import (
    ApiError,
    AuthError,
    BillingError,
    InvalidError,
    NotFoundError,
    NotSentError,
    RateLimitedError,
    ServerError,
    UnsureError,
    XplentyError,
)


@dataclass(frozen=True)
class Expected:
    """How an act ends; reads are judged by that alone, so their counts are None."""

    how: How
    error: type[XplentyError] | None = None
    sent: int | None = None
    made: int | None = None


@dataclass(frozen=True)
class Row:
    """`once`: the fault is met by one call. `ever`: by all. `but` names the operations that differ.

    `later`: it is met by one call after another has succeeded, where that differs from `once`.
    """

    once: Expected
    ever: Expected
    why: str = ""
    but: Mapping[str, tuple[Expected, Expected]] = field(default_factory=dict)
    later: Expected | None = None

    def of(self, operation: str) -> tuple[Expected, Expected]:
        """Return what is right for this operation, once and for ever."""
        return self.but.get(operation, (self.once, self.ever))


def _done(sent: int | None = None, made: int | None = None) -> Expected:
    return Expected("done", None, sent, made)


def _raised(error: type[XplentyError], sent: int | None = None, made: int | None = None) -> Expected:
    return Expected("raised", error, sent, made)


def _partial(error: type[XplentyError], sent: int | None) -> Expected:
    return Expected("partial", error, sent)


# --- Reads: nothing can be harmed, so they are repeated under the deadline of the call. -------------------------------


def _repeated(error: type[XplentyError], why: str = "") -> Row:
    return Row(_done(), _raised(error), why)


def _told_at_once(error: type[XplentyError], why: str = "") -> Row:
    return Row(_raised(error), _raised(error), why)


def _believed_of_parts(why: str) -> Row:
    """A row for records that show themselves to be wrong; budgets and watchers show no address of their own."""
    parts = ("getRateLimit", "listClusterWatchers", "listJobWatchers")
    return Row(_done(), _raised(ServerError), why, but=dict.fromkeys(parts, (_done(), _done())))


READ: Mapping[str, Row] = {
    "no such host": _repeated(NotSentError, "the name may be back in a moment"),
    "connection refused": _repeated(NotSentError),
    "connect time-out": _repeated(NotSentError),
    "bad certificate": _repeated(NotSentError, "not told from other failures to connect"),
    "pool exhausted": _repeated(NotSentError),
    "reset before": _repeated(ServerError),
    "silence before": _repeated(ServerError),
    "502 before": _repeated(ServerError),
    "close after": _repeated(ServerError),
    "reset after": _repeated(ServerError),
    "silence after": _repeated(ServerError),
    "504 after": _repeated(ServerError),
    "cut body": _repeated(ServerError),
    "broken gzip": _repeated(ServerError),
    "broken JSON": _repeated(ServerError, "a success that cannot be read is none"),
    "HTML page": _repeated(ServerError),
    "no id": _repeated(ServerError),
    "another kind": _believed_of_parts("it shows itself to be no record of the kind"),
    "another account": _believed_of_parts("it shows itself to be a record of another account"),
    "wrong type": _repeated(ServerError),
    "late commit": _repeated(ServerError, "there is nothing to commit"),
    "429 in seconds": _repeated(RateLimitedError),
    "429 by date": _repeated(RateLimitedError),
    "429 bare": _repeated(RateLimitedError),
    "503 with advice": _repeated(ServerError),
    "429 absurd": _repeated(RateLimitedError, "a wait of three years is no advice"),
    "401": Row(
        _raised(AuthError),
        _raised(AuthError),
        "a key that has worked is borne with for a minute, and what is asked of a hook comes after its creation",
        but=dict.fromkeys(("getHook", "listHooks"), (_done(), _raised(AuthError))),
        later=_done(),
    ),
    "403": Row(
        _raised(AuthError),
        _raised(AuthError),
        "borne with where such a call was allowed before",
        but=dict.fromkeys(("getHook", "listHooks"), (_done(), _raised(AuthError))),
        later=_done(),
    ),
    "402": _told_at_once(BillingError),
    "404": Row(
        _raised(NotFoundError),
        _raised(NotFoundError),
        "the budget has two addresses, and the second is asked when the first is unknown",
        but={"getRateLimit": (_done(), _raised(NotFoundError))},
    ),
    "422": _told_at_once(InvalidError),
    "redirect": _told_at_once(ApiError, "the key would go with it"),
    "slow drip": _told_at_once(ServerError, "it uses up the deadline of the call, so there is no time to repeat it"),
}


# --- Writes: absolute values and ends can be repeated, after a look. A problem of an update keeps the record. ---------

_ENDS = ("terminateCluster", "stopJob")
_TOLD = ("deleteHook", "watchCluster", "unwatchCluster", "watchJob", "unwatchJob")


def _write(once: Expected, ever: Expected, why: str = "", *, hook: tuple[Expected, Expected] | None = None) -> Row:
    """A row for the update; where it keeps the record with a problem, the others raise the same.

    `hook` is what differs for the update of a hook, which is sent until it is answered: not all of it can be read back.
    """
    raised = (_as_raised(once), _as_raised(ever))
    return Row(once, ever, why, but={**dict.fromkeys((*_ENDS, *_TOLD), raised), "updateHook": hook or (once, ever)})


def _as_raised(expected: Expected) -> Expected:
    return _raised(expected.error, expected.sent) if expected.error else expected


def _refused_write(error: type[XplentyError], why: str = "") -> Row:
    return _write(_partial(error, 1), _partial(error, 1), why)


def _refused_but_not_believed(error: type[XplentyError], why: str) -> Row:
    """An update stops, and so does who is told; an end is tried again as long as the thing is seen to live."""
    ends, told = (_done(2), _raised(error, 4)), (_raised(error, 1), _raised(error, 1))
    but = {**dict.fromkeys(_TOLD, told), **dict.fromkeys(_ENDS, ends)}
    return Row(_partial(error, 1), _partial(error, 1), why, but=but)


_WRITE_NOT_SENT = _write(_done(1), _partial(NotSentError, 0))
_WRITE_LOST = _write(_done(2), _partial(UnsureError, 4), "read back: nothing was done, so it is sent again")
_UNTIL_ANSWERED = (_done(2), _partial(UnsureError, 4))
_WRITE_UNHEARD = _write(_done(1), _done(1), "read back: it was done", hook=_UNTIL_ANSWERED)
_WRITE_THROTTLED = _write(_done(2), _partial(RateLimitedError, 4))

_WRITE_MISTAKEN = _WRITE_UNHEARD
_WRITE_BORNE = _write(
    _done(2), _partial(AuthError, None), "the key has worked before, so it is borne with for a minute"
)
_WRITE_FORBIDDEN = replace(_refused_write(AuthError), later=_done(2))

WRITE: Mapping[str, Row] = {
    "no such host": _WRITE_NOT_SENT,
    "connection refused": _WRITE_NOT_SENT,
    "connect time-out": _WRITE_NOT_SENT,
    "bad certificate": _WRITE_NOT_SENT,
    "pool exhausted": _WRITE_NOT_SENT,
    "reset before": _WRITE_LOST,
    "silence before": _WRITE_LOST,
    "502 before": _WRITE_LOST,
    "close after": _WRITE_UNHEARD,
    "reset after": _WRITE_UNHEARD,
    "silence after": _WRITE_UNHEARD,
    "504 after": _WRITE_UNHEARD,
    "cut body": _WRITE_UNHEARD,
    "broken gzip": _WRITE_UNHEARD,
    "broken JSON": _WRITE_UNHEARD,
    "HTML page": _WRITE_LOST,
    "no id": _WRITE_UNHEARD,
    "another kind": _WRITE_MISTAKEN,
    "another account": _WRITE_MISTAKEN,
    "wrong type": _WRITE_UNHEARD,
    "late commit": _write(
        _done(2), _done(3), "8 to 12 s late, seen by the look after 17 s and the third call", hook=_UNTIL_ANSWERED
    ),
    "429 in seconds": _WRITE_THROTTLED,
    "429 by date": _WRITE_THROTTLED,
    "429 bare": _WRITE_THROTTLED,
    "503 with advice": _WRITE_LOST,
    "429 absurd": _WRITE_THROTTLED,
    "401": _WRITE_BORNE,
    "403": _WRITE_FORBIDDEN,
    "402": _refused_write(BillingError),
    "404": _write(_done(2), _partial(NotFoundError, 4), "it is still seen to live, so it is not gone"),
    "422": _refused_but_not_believed(InvalidError, "a busy thing is refused with 422, and may not be busy any more"),
    "redirect": _refused_write(ApiError),
    "slow drip": _write(_done(1), _done(1), "given up after 120 s, then read back", hook=_UNTIL_ANSWERED),
}


# --- Creates: a POST is sent again only when it is known that the first one made nothing. -----------------------------


def _refused_create(error: type[XplentyError], why: str = "") -> Row:
    return Row(_raised(error, 1, 0), _raised(error, 1, 0), why)


_ONE_MADE = _done(1, 1)
_RUN_UNSURE = _raised(UnsureError, 1, 0)
_CREATE_NOT_SENT = Row(_ONE_MADE, _raised(NotSentError, 0, 0))
_CREATE_LOST = Row(
    _done(2, 1),
    _raised(UnsureError, 2, 0),
    "looked for and not found: a cluster is asked for once more, a run or a hook never",
    but=dict.fromkeys(("runJob", "createHook"), (_RUN_UNSURE, _RUN_UNSURE)),
)
_CREATE_UNHEARD = Row(_ONE_MADE, _ONE_MADE, "looked for and found")
_CREATE_THROTTLED = Row(_done(2, 1), _raised(RateLimitedError, 4, 0), "429 is said before anything is done")

CREATE: Mapping[str, Row] = {
    "no such host": _CREATE_NOT_SENT,
    "connection refused": _CREATE_NOT_SENT,
    "connect time-out": _CREATE_NOT_SENT,
    "bad certificate": _CREATE_NOT_SENT,
    "pool exhausted": _CREATE_NOT_SENT,
    "reset before": _CREATE_LOST,
    "silence before": _CREATE_LOST,
    "502 before": _CREATE_LOST,
    "close after": _CREATE_UNHEARD,
    "reset after": _CREATE_UNHEARD,
    "silence after": _CREATE_UNHEARD,
    "504 after": _CREATE_UNHEARD,
    "cut body": _CREATE_UNHEARD,
    "broken gzip": _CREATE_UNHEARD,
    "broken JSON": _CREATE_UNHEARD,
    "HTML page": _CREATE_LOST,
    "no id": _CREATE_UNHEARD,
    "another kind": _CREATE_UNHEARD,
    "another account": _CREATE_UNHEARD,
    "wrong type": _CREATE_UNHEARD,
    "late commit": Row(_ONE_MADE, _ONE_MADE, "8 to 12 s late, within the 37 s of looking"),
    "429 in seconds": _CREATE_THROTTLED,
    "429 by date": _CREATE_THROTTLED,
    "429 bare": _CREATE_THROTTLED,
    "503 with advice": _CREATE_LOST,
    "429 absurd": _CREATE_THROTTLED,
    "401": Row(_done(2, 1), _raised(AuthError, None, 0), "refused before anything is made, so it is sent again"),
    "403": replace(_refused_create(AuthError), later=_done(2, 1)),
    "402": _refused_create(BillingError),
    "404": _refused_create(NotFoundError),
    "422": _refused_create(InvalidError),
    "redirect": _refused_create(ApiError, "answered, and only a 303 may mean that it was done"),
    "slow drip": Row(_ONE_MADE, _ONE_MADE, "given up after 120 s, then looked for and found"),
}

TABLE: Mapping[Kind, Mapping[str, Row]] = {"read": READ, "write": WRITE, "create": CREATE}

UNTOUCHED: Mapping[Kind, Expected] = {"read": _done(), "write": _done(1), "create": _ONE_MADE}
"""How an act ends that meets no fault, whatever the one before it met."""

KEY_REFUSED = Expected("raised", AuthError, 0, 0)
"""How every act ends after the key was refused: it is not tried again."""


def expectations(operation: Operation, fault: str, placement: str, *, acts: int) -> list[Expected]:
    """Return how each of the acts ends; the second call belongs to the second act where there are two."""
    row = TABLE[operation.kind][fault]
    once, ever = row.of(operation.name)
    if placement == "for ever":
        endings = [ever] * acts
    else:
        struck = acts - 1 if placement == "second" else 0
        once = row.later if placement == "second" and row.later else once
        endings = [once if number == struck else UNTOUCHED[operation.kind] for number in range(acts)]
    if endings[0].error is AuthError and (
        fault == "401" or (operation.kind == "read" and "Hook" not in operation.name)
    ):
        endings[1:] = [KEY_REFUSED] * (acts - 1)
    return endings

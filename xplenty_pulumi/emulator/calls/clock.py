"""The path of the server that is not the service's: how another process reads and moves the account's clock."""

import json
from datetime import UTC, datetime
from typing import Any

from xplenty_pulumi.emulator.account import Account
from xplenty_pulumi.emulator.wire.messages import Refusal, Request, Response
from xplenty_pulumi.emulator.wire.reading import key_of

CLOCK_PATH = "/emulator/clock"
_SECONDS = ("advance", "step")


def answer_clock(account: Account, request: Request) -> Response:
    """Answer `GET`, which tells the account's time and step, and `PUT` of `{"step": 0}` or `{"advance": 60}` or both.

    The key is that of the account. The call costs no credit and is not in the log of calls.
    """
    try:
        return _response(200, _told(account, request))
    except Refusal as refusal:
        return _response(refusal.status, {"message": refusal.message})


def _told(account: Account, request: Request) -> dict[str, Any]:
    if key_of(request) != account.seed.api_key:
        raise Refusal(401, "Unauthorized: the API key is missing or wrong")
    if request.method not in ("GET", "PUT"):
        raise Refusal(405, f"{request.method} is not allowed on {CLOCK_PATH}, use GET or PUT")
    if request.method == "PUT":
        _move(account, _seconds(request))
    with account.lock:
        now = datetime.fromtimestamp(account.advance(), UTC)
        account.save()
    return {"now": now.isoformat(), "step": account.stepped.step if account.stepped else None}


def _seconds(request: Request) -> dict[str, float]:
    try:
        given = json.loads(request.body or b"null")
    except ValueError:
        given = None
    if not isinstance(given, dict) or not given or not given.keys() <= set(_SECONDS):
        raise Refusal(422, f"the body is JSON with {' or '.join(_SECONDS)} in seconds, or both")
    for name, value in given.items():
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < float("inf"):
            raise Refusal(422, f"{name} is 0 or a positive number of seconds, got {value!r}")
    return given


def _move(account: Account, seconds: dict[str, float]) -> None:
    if account.stepped is None:
        raise Refusal(409, "the clock of this account runs by itself; start the emulator with a step")
    with account.lock:
        account.stepped.step = seconds.get("step", account.stepped.step)
        account.stepped.advance(seconds.get("advance", 0.0))


def _response(status: int, payload: dict[str, Any]) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(payload).encode())

"""Hooks: have the service notify somebody of events; the `repr` of their records shows no secret."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator

from xplenty_pulumi.client.collection import Collection, revealed
from xplenty_pulumi.client.http.calls import ApiCall
from xplenty_pulumi.client.http.outcomes import CallKind, HttpRequest
from xplenty_pulumi.client.models import Identified, Record
from xplenty_pulumi.client.paging import Listed, list_query
from xplenty_pulumi.client.parsing import Lenient, Moment, Status, Unreadable
from xplenty_pulumi.redact import MASK, Secret


def _as_secret(value: object) -> Secret:
    if isinstance(value, Secret):
        return value
    if isinstance(value, str) and value:
        return Secret(value)
    raise ValueError("a secret is a text")


Hidden = Annotated[
    Secret, PlainValidator(_as_secret), PlainSerializer(lambda _: MASK, return_type=str, when_used="json")
]
Key = Status
"""A text that identifies, so that it is never missing."""


class HookSettings(Record):
    """Where a hook sends events, by its type; the service does not return `basic_auth_data` (documented).

    `repr` shows nothing, because an address may hold a token too. Fields that are not known here are not masked.
    """

    shown_fields = ()

    url: Lenient[str] = None
    basic_auth: Lenient[bool] = None
    basic_auth_data: Lenient[Hidden] = None
    encrypted_basic_auth_data: Lenient[Hidden] = None
    insecure_ssl: Lenient[bool] = None
    team: Lenient[str] = None
    channel: Lenient[str] = None
    room: Lenient[str] = None
    auth_token: Lenient[Hidden] = None
    emails: Lenient[str] = None
    pd_account: Lenient[str] = None
    service_name: Lenient[str] = None
    service_key: Lenient[Hidden] = None


class Hook(Identified):
    """Whom the service notifies of events, and how: `type` is `web`, `slack`, `hipchat`, `email` or `pagerduty`.

    A hook that was given no name is called after its settings, by its address for example (documented), so `repr` does
    not show the name.
    """

    shown_fields = ("id", "type", "active")

    type: Key
    name: Lenient[str] = None
    active: Lenient[bool] = None
    settings: Lenient[HookSettings] = None
    events: Lenient[tuple[str, ...]] = None
    salt: Lenient[Hidden] = None


class HookTrigger(Record):
    """An event a hook is subscribed to, and the result of the last delivery; `last_trigger_status` begins as `none`."""

    shown_fields = ("id", "name", "last_trigger_status")

    id: Lenient[int] = None
    name: Lenient[str] = None
    last_response: Lenient[dict[str, object]] = None
    last_trigger_status: Lenient[str] = None
    last_trigger_time: Lenient[Moment] = None


class PingedHook(Identified):
    """A hook as a ping shows it: each of its events has the result of the last delivery."""

    shown_fields = ("id", "type", "active")

    type: Lenient[str] = None
    name: Lenient[str] = None
    active: Lenient[bool] = None
    settings: Lenient[HookSettings] = None
    events: Lenient[tuple[HookTrigger, ...]] = None
    salt: Lenient[Hidden] = None


class Hooks(Collection[Hook]):
    """The hooks of an account; every method raises an XplentyError when it cannot return what it promises."""

    _name = "hooks"
    _model = Hook

    def get(self, hook_id: int) -> Hook:
        """Return the hook as it is now."""
        return self._one("GET", hook_id)

    def list(
        self,
        *,
        types: Sequence[str] = (),
        sort: str | None = None,
        direction: str | None = None,
        since: datetime | None = None,
        page_size: int = 100,
    ) -> Listed[Hook]:
        """Yield hooks, the newest first unless `sort` (`created`, `updated`, `name`) and `direction` say otherwise.

        `types` leaves out those of other types if it names any, `since` what was not updated since then. A page of
        `page_size` (1 to 100) is fetched when it is needed, so a caller that stops early saves calls.
        """
        wanted = ",".join(types) or None
        return self._list(list_query(sort=sort, direction=direction, since=since, page_size=page_size, type=wanted))

    def create(self, fields: Mapping[str, object]) -> Hook:
        """Make a hook and return it.

        `fields` are the documented parameters: `type`, `settings` and `events` are required, `name` and `active` are
        not. Settings may be Secrets. UnsureError means that the hook may exist: look for it before making it again.
        """
        kind = fields.get("type")

        def check(hook: Hook) -> None:
            if isinstance(kind, str) and hook.type != kind:
                raise Unreadable("with a hook of another type")

        return self._create(_revealed(fields), resource="new hook", check=check)

    def update(self, hook_id: int, fields: Mapping[str, object]) -> Hook:
        """Set `settings`, which the service wants each time, and `name`, `events` or `active`, and return the hook.

        Events are replaced as a whole; the type cannot be changed. UnsureError means: read it and compare.
        """
        return self._one("PUT", hook_id, body=_revealed(fields))

    def delete(self, hook_id: int) -> Hook:
        """Remove the hook and return it as it was."""
        return self._one("DELETE", hook_id)

    def ping(self, hook_id: int) -> PingedHook:
        """Let the service send a test through the hook; the result has the last delivery of each event.

        The answer does not say whether the test arrived. UnsureError means that it may have been sent.
        """
        request = HttpRequest("GET", f"{self._path_of(hook_id)}/ping")
        read = partial(self._read_one, PingedHook, key=hook_id)
        return self._caller.run(ApiCall(CallKind.WRITE, request, f"ping of hook {hook_id}", read))


def _revealed(fields: Mapping[str, object]) -> Mapping[str, object]:
    settings = fields.get("settings")
    return {**fields, "settings": revealed(settings)} if isinstance(settings, Mapping) else fields

"""What the service answers about hooks, as frozen values; `repr` shows no secret of theirs."""

from typing import Annotated

from pydantic import PlainSerializer, PlainValidator

from xplenty_pulumi.client.models import Identified, Record
from xplenty_pulumi.client.parsing import Lenient, Moment, Status
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


class HookType(Record):
    """A way in which a hook sends events."""

    shown_fields = ("type",)

    type: Key
    name: Lenient[str] = None
    description: Lenient[str] = None
    icon_url: Lenient[str] = None
    groups: Lenient[tuple[dict[str, object], ...]] = None


class HookEvent(Record):
    """An event that hooks are notified of; the ids `job` and `cluster` stand for all of theirs."""

    id: Key
    group_name: Lenient[str] = None
    name: Lenient[str] = None

"""The fixed lists of the service: hook types and events, package templates, regions, the user."""

from typing import Any

from xplenty_pulumi.emulator.records import Moment
from xplenty_pulumi.emulator.views import USER_EMAIL, USER_ID, USER_NAME, Json, Links, time_text

_GROUP_NAMES = {"amazon-web-services": "Amazon Web Services", "gcloud": "Google Cloud", "soft-layer": "SoftLayer"}
_HOOKS = (
    ("email", "Email", "email", "Email"),
    ("hipchat", "HipChat", "chat", "Chat"),
    ("pagerduty", "PagerDuty", "monitoring", "Monitoring"),
    ("slack", "Slack", "chat", "Chat"),
    ("web", "Web", "web", "Web"),
)
HOOK_TYPES: tuple[Json, ...] = tuple(
    {
        "type": kind,
        "name": name,
        "description": f"Tells you about your account's activity by {name}.",
        "icon_url": f"https://xplenty.com/assets/vendor/hooks/{kind}hook.png",
        "groups": [{"group_type": group, "group_name": group_name}],
    }
    for kind, name, group, group_name in _HOOKS
)
_EVENTS = {
    "job": ("submitted", "started", "stopped", "completed", "failed"),
    "cluster": ("requested", "available", "terminated", "idled", "error"),
}


def _event(kind: str, event: str = "") -> Json:
    title = kind.title()
    if not event:
        return {"id": kind, "group_name": title, "name": f"All {title} Notifications"}
    return {"id": f"{kind}.{event}", "group_name": title, "name": f"{title} {event.title()}"}


HOOK_EVENTS: tuple[Json, ...] = tuple(
    entry for kind, events in _EVENTS.items() for entry in (_event(kind), *(_event(kind, event) for event in events))
)
TEMPLATES: tuple[Json, ...] = tuple(
    {
        "id": position + 1,
        "name": name,
        "description": f"{name}, ready to be filled in",
        "position": position,
        "author": {"id": 1, "name": "Emulator", "avatar_url": "https://xplenty.com/assets/avatar.png"},
    }
    for position, name in enumerate(("Copy a table", "Join two files"))
)


def region_json(region: str) -> Json:
    """Return a region by its id, `provider::place`."""
    provider, _, place = region.partition("::")
    return {
        "id": region,
        "name": f"{_GROUP_NAMES.get(provider, provider)} - {place}",
        "group_name": _GROUP_NAMES.get(provider, provider),
        "short_name": place,
    }


def user_json(links: Links, *, created_at: Moment) -> dict[str, Any]:
    """Return the one user of the account."""
    created = time_text(created_at)
    return {
        "id": USER_ID,
        "name": USER_NAME,
        "email": USER_EMAIL,
        "gravatar_email": USER_EMAIL,
        "avatar_url": "https://xplenty.com/assets/avatar.png",
        "time_zone": "UTC",
        "time_zone_info": {"name": "UTC", "identifier": "Etc/UTC", "offset": "+0000"},
        "location": None,
        "confirmed": True,
        "confirmed_at": created,
        "notifications_count": 0,
        "unread_notifications_count": 0,
        "notification_settings": {"email": True, "web": True},
        "receive_newsletter": False,
        "created_at": created,
        "updated_at": created,
        "last_login": created,
        "api_key": None,
        "url": f"{links.base}/user",
    }

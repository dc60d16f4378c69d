"""The fixed lists of the service: hook types and events, regions, the plan, the user."""

from typing import Any

from xplenty_pulumi.emulator.knobs import Knobs
from xplenty_pulumi.emulator.life.records import Moment
from xplenty_pulumi.emulator.wire.views import USER_EMAIL, USER_ID, USER_NAME, Json, Links, time_text

_GROUP_NAMES = {"amazon-web-services": "Amazon Web Services", "gcloud": "Google Cloud", "soft-layer": "SoftLayer"}
_HOOKS = (
    ("email", "Email", "email", "Email"),
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


_PLAN = "pro"


def plan_json(knobs: Knobs, *, since: Moment) -> Json:
    """Return the plan of the account; what it does not limit is 0, as in the published examples."""
    noted = time_text(since)
    return {
        "id": _PLAN,
        "name": "Pro",
        "description": "Pro",
        **{f"{part}_cents": 0 for part in ("price", "cluster_node_price")},
        **{f"{part}_currency": "USD" for part in ("price", "cluster_node_price")},
        "price_unit": "month",
        "cluster_node_price_unit": "hour",
        "cluster_node_hours_included": 0,
        "cluster_node_hours_limit": -1,
        "cluster_nodes_limit": 0,
        "cluster_size_limit": knobs.max_nodes,
        "clusters_limit": knobs.max_clusters or 0,
        "sandbox_clusters_limit": knobs.max_sandboxes or 0,
        "sandbox_node_hours_included": 0,
        "sandbox_node_hours_limit": -1,
        "members_limit": 1,
        "position": 0,
        "created_at": noted,
        "updated_at": noted,
    }


def subscription_json(links: Links, *, since: Moment) -> Json:
    """Return that the account has its plan, and is past its trial."""
    return {
        "trial_period_days": 14,
        "plan_id": _PLAN,
        "trial_start": time_text(since),
        "trial_end": time_text(since),
        "trialling": False,
        "url": links.api("subscription"),
    }

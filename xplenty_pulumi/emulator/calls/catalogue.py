"""The calls on what is only read: hook types and events, regions, stacks, plans, the user."""

from xplenty_pulumi.emulator.calls.call import Call
from xplenty_pulumi.emulator.life.records import EVENT_NAMES
from xplenty_pulumi.emulator.wire.messages import USER_EMAIL, USER_ID, USER_NAME, Answer, Json, Refusal, time_text

_GROUP_NAMES = {"amazon-web-services": "Amazon Web Services", "gcloud": "Google Cloud", "soft-layer": "SoftLayer"}
_HOOKS = (
    ("email", "Email", "email", "Email"),
    ("pagerduty", "PagerDuty", "monitoring", "Monitoring"),
    ("slack", "Slack", "chat", "Chat"),
    ("web", "Web", "web", "Web"),
)
_PLAN = "pro"


def list_regions(call: Call) -> Answer:
    """GET regions, global or of the account; an id is `provider::place`."""
    found: list[Json] = []
    for region in call.seed.regions:
        provider, _, place = region.partition("::")
        group = _GROUP_NAMES.get(provider, provider)
        found.append({"id": region, "name": f"{group} - {place}", "group_name": group, "short_name": place})
    return Answer(found)


def list_stacks(call: Call) -> Answer:
    """GET stacks."""
    return Answer([{"id": stack, "name": stack.replace("-", " ").title()} for stack in call.seed.stacks])


def list_plans(call: Call) -> Answer:
    """GET plans; the account has the only one, and what that does not limit is 0, as in the published examples."""
    _check_billing(call)
    born = time_text(call.world.born_at)
    plan = {
        "id": _PLAN,
        "name": "Pro",
        "description": "Pro",
        "price_cents": 0,
        "price_currency": "USD",
        "price_unit": "month",
        "cluster_node_price_cents": 0,
        "cluster_node_price_currency": "USD",
        "cluster_node_price_unit": "hour",
        "cluster_node_hours_included": 0,
        "cluster_node_hours_limit": -1,
        "cluster_nodes_limit": 0,
        "cluster_size_limit": call.knobs.max_nodes,
        "clusters_limit": call.knobs.max_clusters or 0,
        "sandbox_clusters_limit": call.knobs.max_sandboxes or 0,
        "sandbox_node_hours_included": 0,
        "sandbox_node_hours_limit": -1,
        "members_limit": 1,
        "position": 0,
        "created_at": born,
        "updated_at": born,
    }
    return Answer([plan])


def get_subscription(call: Call) -> Answer:
    """GET subscription; the account is past its trial."""
    _check_billing(call)
    born = time_text(call.world.born_at)
    trial = {"trial_period_days": 14, "trial_start": born, "trial_end": born, "trialling": False}
    return Answer({**trial, "plan_id": _PLAN, "url": call.links.api("subscription")})


def _check_billing(call: Call) -> None:
    if not call.knobs.plan_shown:
        raise Refusal(403, "You may not see the billing of this account")


def list_hook_types(_call: Call) -> Answer:
    """GET hooks/types."""
    return Answer(
        [
            {
                "type": kind,
                "name": name,
                "description": f"Tells you about your account's activity by {name}.",
                "icon_url": f"https://xplenty.com/assets/vendor/hooks/{kind}hook.png",
                "groups": [{"group_type": group, "group_name": group_name}],
            }
            for kind, name, group, group_name in _HOOKS
        ]
    )


def list_hook_events(_call: Call) -> Answer:
    """GET /hook_events."""
    parts = [(name, name.title().partition(".")) for name in EVENT_NAMES]
    return Answer(
        [
            {"id": name, "group_name": kind, "name": f"{kind} {event}" if event else f"All {kind} Notifications"}
            for name, (kind, _, event) in parts
        ]
    )


def get_user(call: Call) -> Answer:
    """GET /user; the key is never shown."""
    born = time_text(call.world.born_at)
    return Answer(
        {
            "id": USER_ID,
            "name": USER_NAME,
            "email": USER_EMAIL,
            "gravatar_email": USER_EMAIL,
            "avatar_url": "https://xplenty.com/assets/avatar.png",
            "time_zone": "UTC",
            "time_zone_info": {"name": "UTC", "identifier": "Etc/UTC", "offset": "+0000"},
            "location": None,
            "confirmed": True,
            "confirmed_at": born,
            "notifications_count": 0,
            "unread_notifications_count": 0,
            "notification_settings": {"email": True, "web": True},
            "receive_newsletter": False,
            "created_at": born,
            "updated_at": born,
            "last_login": born,
            "api_key": None,
            "url": f"{call.links.base}/user",
        }
    )


def get_rate_limit(call: Call) -> Answer:
    """GET rate_limit_status, global or of the account; it is free."""
    return Answer({"limits": {"limit": call.credits.limit, "remaining": call.credits.remaining}})

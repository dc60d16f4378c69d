"""What is known about hooks, as data; they have no status: one that is there is ready."""

from types import MappingProxyType

from xplenty_pulumi.core import fields, hook_settings
from xplenty_pulumi.core.kinds import Change, Field, Kind

HOOK = Kind(
    name="hook",
    fields=(
        Field(
            "type",
            fields.choice(*hook_settings.SETTINGS),
            Change.REPLACE,
            "How somebody is told.",
            required=True,
        ),
        Field("settings", hook_settings.settings, Change.IN_PLACE, "Who is told, by type.", required=True),
        Field("events", hook_settings.events, Change.IN_PLACE, "What is told.", required=True),
        Field("name", fields.description, Change.IN_PLACE, "Name for people.", default=""),
        Field("active", fields.flag, Change.IN_PLACE, "Whether anything is told at all.", default=True),
        Field("ping", fields.flag, Change.LOCAL, "Send a test once the hook is made.", default=True),
    ),
    phases=MappingProxyType({}),
    living=frozenset(),
)

"""The table of connections; they have no status: one that is there is ready."""

from types import MappingProxyType
from typing import get_args

from xplenty_pulumi.core.kinds import inputs
from xplenty_pulumi.core.kinds.connection.settings import (
    connection_key,
    connection_settings,
    connection_view,
    doubts,
    settings_fit_type,
    summary,
)
from xplenty_pulumi.core.kinds.connection.types import SECRET_SETTINGS, ConnectionType
from xplenty_pulumi.core.kinds.kind import Change, Drift, Ending, Field, Kind, alike

CONNECTION = Kind(
    name="connection",
    resource="Connection",
    collection="connections",
    fields=(
        Field("type", inputs.choice(*get_args(ConnectionType)), Change.REPLACE, required=True),
        Field(
            "settings",
            connection_settings,
            Change.IN_PLACE,
            required=True,
            private="members",
            secret=SECRET_SETTINGS,
            by_member=True,
        ),
        Field("name", inputs.title, Change.IN_PLACE, drift=Drift.HARMLESS),
        Field("test", inputs.flag, Change.LOCAL, default=False),
    ),
    follow_ups=MappingProxyType({"test": "test"}),
    signed="name",
    ends=Ending.REMOVED,
    shown=alike("unique_id created_at updated_at url", Drift.NONE),
    view=connection_view,
    rules=(settings_fit_type,),
    doubts=doubts,
    summary=summary,
    key=connection_key,
)

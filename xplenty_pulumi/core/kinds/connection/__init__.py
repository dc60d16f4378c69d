"""What is known about connections, as data: their types, and the settings of each.

- `types`: which settings each type has, which it needs, what the service fills in, and which are secret.
- `settings`: settings read, checked by type, and as the service shows them.
- `table`: the table of the kind.
"""

from xplenty_pulumi.core.kinds.connection.settings import (
    AuthMethod,
    SalesforceEnvironment,
    TunnelType,
    connection_key,
    value_unset,
)
from xplenty_pulumi.core.kinds.connection.table import CONNECTION
from xplenty_pulumi.core.kinds.connection.types import SECRET_SETTINGS, TYPES, ConnectionType

__all__ = [
    "CONNECTION",
    "SECRET_SETTINGS",
    "TYPES",
    "AuthMethod",
    "ConnectionType",
    "SalesforceEnvironment",
    "TunnelType",
    "connection_key",
    "value_unset",
]

"""The resource `Connection`."""

from collections.abc import Mapping
from typing import Any, Self

import pulumi
from pulumi import Input, Output

from xplenty_pulumi.core.kinds.connection import CONNECTION, SECRET_SETTINGS, ConnectionType
from xplenty_pulumi.dynamic import PUBLIC_MODULE
from xplenty_pulumi.dynamic.providers.definition import DefinitionProvider
from xplenty_pulumi.dynamic.resources.bases import Derivable, Observing
from xplenty_pulumi.dynamic.resources.declare import declaration, look_up, or_default, secret_paths
from xplenty_pulumi.dynamic.resources.nested import ConnectionSettings
from xplenty_pulumi.dynamic.state import SECRETS, Properties


class ConnectionProvider(DefinitionProvider):
    """Creates, changes, reads and removes connections."""

    kind = CONNECTION

    def headline(self, shown: Properties) -> str:
        """Return whether it was tested."""
        return "ready, its test passed" if shown.get("test") else "ready"


ConnectionProvider.__module__ = PUBLIC_MODULE


class ConnectionOutputs(Observing):
    """The outputs of a connection, as the service shows it."""

    type: Output[str]
    """Type, such as `redshift` or `s3`."""
    name: Output[str]
    """Name without the ownership marker."""
    settings: Output[dict[str, Any]]
    """Settings as far as the service shows them, and those that the program declares."""
    unique_id: Output[str | None]
    """Name by which packages refer to it, such as `REDSHIFT_CONNECTION_53`."""
    created_at: Output[str | None]
    """When it was made, ISO 8601 in UTC."""
    updated_at: Output[str | None]
    """When it was last changed, ISO 8601 in UTC."""
    url: Output[str | None]
    """Address of its record in the API."""


class Connection(Derivable, ConnectionOutputs, module="xplenty", name="Connection"):
    """What packages read from and write to: as declared when `pulumi up` goes on, and tested if you want that.

    Another `type` replaces the connection, everything else changes in place. Its name ends in an ownership marker, so
    that a connection whose creation got no answer is found again. The settings `password`, `refresh_token` and `code`
    are secret, whatever the program says. The service never shows them, so a change of one by hand cannot be seen.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        type: Input[ConnectionType] | Output[str],  # noqa: A002 - the service's own name for it
        settings: Input[ConnectionSettings] | Output[Mapping[str, Any]],
        name: Input[str] | None = None,
        test: Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a connection.

        Where an input takes one of a few texts, one that is computed is passed as an output, and the preview checks it:
        `type=Output.from_input(config.require("type"))`.

        Args:
            resource_name: Name of the resource in the program; not the connection's name.
            type: One of the 33 documented types, such as `redshift`, `s3` or `salesforce`.
            settings: Settings of the type, such as `host`, `username` and `password`;
                `docs/how-to/connections.md` lists them.
            name: Name for people, to which the ownership marker is added; the name of the resource where none is given.
            test: Let the service test the connection once it is made and after each change; default false. Where the
                test fails, so does the `up`, and the next one tests again.
            opts: Pulumi's resource options.
        """
        name = or_default(name, resource_name)
        inputs = {name: value for name, value in locals().items() if name in CONNECTION.by_name}
        inputs["settings"] = _sealed(settings)
        inputs[SECRETS] = secret_paths(inputs, always=SECRET_SETTINGS)
        super().__init__(ConnectionProvider(), resource_name, *declaration(self, resource_name, inputs, opts))

    @classmethod
    def get(cls, resource_name: str, id: Input[str], opts: pulumi.ResourceOptions | None = None) -> Self:  # noqa: A002
        """Look up a connection by its type and its number, such as `s3/53`; it is never changed or removed."""
        return look_up(cls, ConnectionProvider(), resource_name, resource_id=id, opts=opts)


def _sealed(settings: Any) -> Any:
    """The settings with all that is always secret marked as that."""
    if isinstance(settings, Output):
        return settings.apply(_sealed)
    if not isinstance(settings, Mapping):
        return settings
    return {
        name: Output.secret(value) if name in SECRET_SETTINGS and value is not None else value
        for name, value in settings.items()
    }

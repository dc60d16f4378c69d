"""Whose a resource is, as a hidden input of it says; read from a state too, where the SDK is not needed."""

from collections.abc import Mapping

from xplenty_pulumi.core.marker import Owner
from xplenty_pulumi.errors import ConfigError

ACCOUNT = "__account"
"""Hidden output: the account it is in, since the same id means something else in another one."""
OWNER = "__owner"
"""Hidden input: the organization and the URN of the resource, joined by a bar."""


def owner_text(organization: str, urn: str) -> str:
    """Return the value of the hidden input that says whose resource it is."""
    return f"{organization}|{urn}"


def owner_of(properties: Mapping[str, object]) -> Owner:
    """Return whose resource it is.

    Raises:
        ConfigError: the hidden input is missing or malformed, so the resource was not made by this package's classes.
    """
    text = str(properties.get(OWNER, ""))
    organization, _, urn = text.partition("|")
    parts = urn.removeprefix("urn:pulumi:").split("::", 2)
    if len(parts) != 3 or not organization:
        raise ConfigError(
            f"the resource does not say whose it is ({OWNER} is {text[:80]!r})",
            advice="Declare it with xplenty_pulumi.Cluster or xplenty_pulumi.JobRun",
        )
    stack, project, name = parts
    return Owner(organization=organization, project=project, stack=stack, name=name)

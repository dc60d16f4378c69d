"""The one package that a run's input names."""

from xplenty_pulumi.client import Client
from xplenty_pulumi.core.packages import packages_called
from xplenty_pulumi.errors import NotFoundError, RefusedError


def package_id(client: Client, name_or_id: str) -> str:
    """Return the id of the active package with exactly this name; a text of digits is an id itself.

    Raises:
        NotFoundError: there is none.
        RefusedError: there are several.
    """
    if name_or_id.strip().isascii() and name_or_id.strip().isdigit():
        return name_or_id.strip()
    found = packages_called(client, name_or_id)
    if not found:
        raise NotFoundError(
            "there is no active package of that name, so no run was started",
            status=404,
            resource=f"package {name_or_id!r}",
            advice="Names count exactly as they are written, capitals included; or give package_id",
        )
    if len(found) > 1:
        raise RefusedError(
            f"packages {', '.join(map(str, found))} all have that name, so no run was started",
            resource=f"package {name_or_id!r}",
            advice="Give the one that is meant as package_id",
        )
    return str(found[0])

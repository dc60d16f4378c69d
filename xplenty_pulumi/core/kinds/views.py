"""Records of the service as plain values: what outputs, plans and reports are made of."""

from collections.abc import Mapping

from xplenty_pulumi.client import Cluster, Hook, Job
from xplenty_pulumi.core.kinds import marker
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.compare import differences
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.redact import Secret


def cluster_view(cluster: Cluster) -> dict[str, object]:
    """Return the whole record as JSON values, without its id, and with the user's own description only.

    A sandbox has one node; old records of the service show it as 0, which would otherwise look like drift for ever. So
    would an empty list of bootstrap actions, which the service leaves out.
    """
    view = cluster.model_dump(mode="json", exclude={"id"})
    view["description"] = marker.strip(cluster.description)
    view["bootstrap_actions"] = view["bootstrap_actions"] or []
    if cluster.type == "sandbox":
        view["nodes"] = 1
    return view


def job_view(job: Job) -> dict[str, object]:
    """Return the record as JSON values, without its id and without the package and the cluster that it shows.

    Those are other records, which change without the run; their ids are its own.
    """
    return job.model_dump(mode="json", exclude={"id", "package", "cluster"})


def hook_view(hook: Hook, asked: Mapping[str, object]) -> dict[str, object]:
    """Return the hook without its id, with the user's own name only; settings and salt are in clear.

    What the service does not show, such as a password (documented), is taken to be as it was `asked` for. Only settings
    that were asked for are in it, or all that are shown where nothing was.
    """
    shown = _shown_settings(hook)
    wanted = asked.get("settings")
    if isinstance(wanted, Mapping):
        shown = {name: shown.get(name, value) for name, value in wanted.items()}
    return {
        "type": hook.type,
        "name": asked.get("name", "") if hook.name is None else markers.strip(hook.name),
        "active": asked.get("active") if hook.active is None else hook.active,
        "events": asked.get("events") if hook.events is None else list(hook.events),
        "settings": shown,
        "salt": hook.salt.reveal() if hook.salt else None,
    }


def wrong_fields(hook: Hook, desired: Mapping[str, object]) -> list[str]:
    """Return the names of the fields in which the hook is seen to be another one than is desired."""
    return [one.field for one in differences(HOOK, desired, hook_view(hook, desired))]


def _shown_settings(hook: Hook) -> dict[str, object]:
    pairs = {name: value for name, value in (hook.settings or ()) if value is not None}
    return {name: value.reveal() if isinstance(value, Secret) else value for name, value in pairs.items()}

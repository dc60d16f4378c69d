"""The calls on clusters."""

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from xplenty_pulumi.emulator.calls.call import Call, answer_list
from xplenty_pulumi.emulator.calls.cluster_views import cluster_json, instances_json
from xplenty_pulumi.emulator.life import clusters, effects
from xplenty_pulumi.emulator.life.records import CLUSTER_STATUSES, ENDED, UNREADY, EmulatedCluster
from xplenty_pulumi.emulator.wire import values
from xplenty_pulumi.emulator.wire.lists import Filter, ListRules
from xplenty_pulumi.emulator.wire.messages import Answer, Refusal, invalid
from xplenty_pulumi.emulator.wire.views import Json

_KNOWN = frozenset(values.CLUSTER_FIELDS) | {
    "id", "status", "owner_id", "plan_id", "created_at", "updated_at", "available_since", "terminated_at",
    "launched_at", "running_jobs_count", "queued_jobs_count", "idle_since", "terminated_on_idle", "creator", "url",
    "html_url",
}  # fmt: skip


def view(call: Call, cluster: EmulatedCluster) -> Json:
    """Return a cluster as JSON, with its jobs counted."""
    unfinished = call.world.unfinished_jobs(cluster.id)
    return cluster_json(
        cluster,
        running=sum(job.status == "running" for job in unfinished),
        queued=sum(job.status == "queued" for job in unfinished),
        links=call.links,
        knobs=call.knobs,
    )


def _is_forgotten(call: Call, cluster: EmulatedCluster) -> bool:
    kept = call.knobs.ended_cluster_kept_seconds
    return kept is not None and cluster.terminated_at is not None and cluster.terminated_at + kept <= call.now


def find(call: Call, number: int) -> EmulatedCluster:
    """Return a cluster that clients can still read; raises the 404 refusal."""
    cluster = call.world.clusters.get(number)
    if cluster is None or _is_forgotten(call, cluster):
        raise call.not_found()
    return cluster


def list_clusters(call: Call) -> Answer:
    """GET clusters."""
    listing: ListRules[EmulatedCluster] = ListRules(
        sorts={
            "created": lambda cluster: (cluster.created_at, cluster.id),
            "updated": lambda cluster: (cluster.updated_at, cluster.id),
        },
        updated_at=lambda cluster: cluster.updated_at,
        created_at=lambda cluster: cluster.created_at,
        filters={"status": Filter(lambda cluster: _status(call, cluster), CLUSTER_STATUSES)},
    )
    known = {number: cluster for number, cluster in call.world.clusters.items() if not _is_forgotten(call, cluster)}
    return answer_list(call, known, listing=listing, path="clusters", view=lambda cluster: view(call, cluster))


def _status(call: Call, cluster: EmulatedCluster) -> str:
    return clusters.visible_status(cluster, knobs=call.knobs)


def get_cluster(call: Call) -> Answer:
    """GET clusters/{id}."""
    return Answer(view(call, find(call, call.ids[0])))


def create_cluster(call: Call) -> Answer:
    """POST clusters."""
    values.check_unknown(call.parameters, known=_KNOWN, knobs=call.knobs)
    fields = values.read_fields(call.parameters, values.CLUSTER_FIELDS)
    cluster = new_cluster(call, fields)
    call.world.put(cluster)
    return Answer(view(call, cluster), status=201)


def new_cluster(call: Call, fields: dict[str, Any]) -> EmulatedCluster:
    """Return the pending cluster that these fields ask for; raises Refusal when they do not fit together."""
    fields = _defaults(call) | fields
    fields["nodes"] = _first_nodes(call, fields)
    _check_room(call, fields["type"])
    values.check_region(fields["region"], known=call.seed.regions)
    if "description" in fields:
        fields["description"] = values.description(fields["description"], knobs=call.knobs)
    number = call.world.take_id(EmulatedCluster)
    name = fields.pop("name", "") or clusters.generated_name(number)
    return EmulatedCluster(
        id=number,
        name=name,
        status="pending",
        status_since=call.now,
        created_at=call.now,
        updated_at=call.now,
        initial_nodes=fields["nodes"],
        fails_to_start=_fails_to_start(call, name),
        **fields,
    )


def _fails_to_start(call: Call, name: str) -> bool:
    if call.world.clusters_to_fail:
        call.world.clusters_to_fail -= 1
        return True
    return any(fnmatchcase(name, pattern) for pattern in call.seed.clusters_that_fail)


def _defaults(call: Call) -> dict[str, Any]:
    region = call.parameters.get("region") or call.seed.region
    machines = {"master_instance_type": "m3.xlarge", "slave_instance_type": "m3.xlarge"}
    return {"type": "production", "region": region, "zone": f"{str(region).rpartition('::')[2]}b", **machines}


def _check_room(call: Call, cluster_type: str) -> None:
    """Refuse one more cluster of a type than the plan allows at once."""
    most = call.knobs.max_sandboxes if cluster_type == "sandbox" else call.knobs.max_clusters
    living = [one for one in call.world.clusters.values() if one.type == cluster_type and one.status not in ENDED]
    if most is not None and len(living) >= most:
        raise invalid("type", f"the plan allows {most} {cluster_type} clusters at once")


def _first_nodes(call: Call, fields: dict[str, Any]) -> int:
    if "nodes" not in fields:
        raise invalid("nodes", "is required")
    nodes: int = fields["nodes"]
    values.check_nodes(nodes, cluster_type=fields["type"], knobs=call.knobs)
    return nodes


def update_cluster(call: Call) -> Answer:
    """PUT clusters/{id}: fields and, for a production cluster, its size."""
    cluster = find(call, call.ids[0])
    values.check_unknown(call.parameters, known=_KNOWN, knobs=call.knobs)
    readers = {name: values.CLUSTER_FIELDS[name] for name in values.UPDATABLE}
    fields = values.read_fields(call.parameters, readers)
    status = _status(call, cluster)
    if status in ENDED:
        _check_ended(call, cluster, call.knobs.update_ended_cluster, action="updated")
        fields.pop("nodes", None)
    changed = _with_fields(call, cluster, fields)
    if changed != cluster:
        call.world.put(changed)
    return Answer(view(call, changed))


def _check_ended(call: Call, cluster: EmulatedCluster, answer: int, *, action: str) -> None:
    if answer == 404:
        raise call.not_found()
    if answer == 422:
        raise values.busy_refusal(cluster, action, _status(call, cluster))


def _with_fields(call: Call, cluster: EmulatedCluster, fields: dict[str, Any]) -> EmulatedCluster:
    nodes = fields.pop("nodes", None)
    if "description" in fields:
        fields["description"] = values.description(fields["description"], knobs=call.knobs)
    elif "description" in call.parameters:
        fields["description"] = None
    if not fields.get("name", "kept"):
        del fields["name"]
    resize = nodes is not None and nodes != clusters.visible_nodes(cluster, knobs=call.knobs)
    if resize:
        cluster = _resized(call, cluster, nodes)
    different = {name: value for name, value in fields.items() if getattr(cluster, name) != value}
    return replace(cluster, **different, updated_at=call.now) if different else cluster


def _resized(call: Call, cluster: EmulatedCluster, nodes: int) -> EmulatedCluster:
    values.check_nodes(nodes, cluster_type=cluster.type, knobs=call.knobs)
    status = _status(call, cluster)
    if status not in ("available", "idle") and call.knobs.resize_unready_cluster == "refuse":
        raise values.busy_refusal(cluster, "resized", status)
    return clusters.resized(cluster, nodes, at=call.now)


def terminate_cluster(call: Call) -> Answer:
    """DELETE clusters/{id}."""
    cluster = find(call, call.ids[0])
    status = _status(call, cluster)
    if status in ENDED:
        _check_ended(call, cluster, call.knobs.delete_ended_cluster, action="terminated")
        return Answer(view(call, cluster))
    unready = status in UNREADY and call.knobs.delete_unready_cluster == "refuse"
    scaling = status == "scaling" and call.knobs.delete_scaling_cluster == "refuse"
    if unready or scaling:
        raise values.busy_refusal(cluster, "terminated", status)
    _release_jobs(call, cluster)
    cluster = clusters.ending(cluster, at=call.now)
    call.world.put(cluster)
    return Answer(view(call, cluster))


def _release_jobs(call: Call, cluster: EmulatedCluster) -> None:
    unfinished = call.world.unfinished_jobs(cluster.id)
    if unfinished and call.knobs.delete_busy_cluster == "refuse":
        raise Refusal(422, f"Cluster {cluster.id} cannot be terminated while {len(unfinished)} job(s) are on it")
    if call.knobs.delete_busy_cluster == "fail_jobs":
        effects.fail_jobs(call.world, cluster.id, f"Cluster {cluster.id} was terminated.", at=call.now)
    else:
        effects.stop_jobs(call.world, cluster.id, at=call.now)


def list_instances(call: Call) -> Answer:
    """GET clusters/{id}/instances."""
    cluster = find(call, call.ids[0])
    if not call.knobs.instances_in_plan:
        raise Refusal(403, "The plan of this account does not show the instances of a cluster")
    return Answer(instances_json(cluster, links=call.links))

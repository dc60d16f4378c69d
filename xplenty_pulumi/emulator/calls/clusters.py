"""The calls on clusters."""

from dataclasses import replace
from typing import Any

from xplenty_pulumi.emulator.calls.call import Call, answer_list
from xplenty_pulumi.emulator.calls.views import cluster_json, instances_json
from xplenty_pulumi.emulator.life import clusters, effects
from xplenty_pulumi.emulator.life.records import CLUSTER_STATUSES, ENDED, READY, UNREADY, EmulatedCluster
from xplenty_pulumi.emulator.wire import values
from xplenty_pulumi.emulator.wire.lists import Filter, ListRules
from xplenty_pulumi.emulator.wire.messages import Answer, Json, Refusal, invalid

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


def is_forgotten(call: Call, cluster: EmulatedCluster) -> bool:
    """Return whether the cluster has ended so long ago that clients cannot read it any more."""
    kept = call.knobs.ended_cluster_kept_seconds
    return kept is not None and cluster.terminated_at is not None and cluster.terminated_at + kept <= call.now


def find(call: Call) -> EmulatedCluster:
    """Return the cluster that the path names, if clients can still read it; raises the 404 refusal."""
    cluster = call.find(call.world.clusters)
    if is_forgotten(call, cluster):
        raise call.not_found()
    return cluster


def list_clusters(call: Call) -> Answer:
    """GET clusters."""
    rules: ListRules[EmulatedCluster] = ListRules(
        {"status": Filter(lambda cluster: _status(call, cluster), CLUSTER_STATUSES)}
    )
    known = [cluster for cluster in call.world.clusters.values() if not is_forgotten(call, cluster)]
    return answer_list(call, known, rules=rules, path="clusters", view=lambda cluster: view(call, cluster))


def _status(call: Call, cluster: EmulatedCluster) -> str:
    return clusters.visible_status(cluster, knobs=call.knobs)


def get_cluster(call: Call) -> Answer:
    """GET clusters/{id}."""
    return Answer(view(call, find(call)))


def create_cluster(call: Call) -> Answer:
    """POST clusters."""
    values.check_unknown(call.parameters, known=_KNOWN, knobs=call.knobs)
    given = values.read_fields(call.parameters, values.CLUSTER_FIELDS)
    fields = {"type": "production", "region": call.seed.region, **given}
    _check_new(call, fields)
    if "description" in fields:
        fields["description"] = values.description(fields["description"], knobs=call.knobs)
    number = call.world.take_id(EmulatedCluster)
    cluster = clusters.pending(number, at=call.now, fails=call.world.next_cluster_fails, **fields)
    call.world.put(cluster)
    return Answer(view(call, cluster), status=201)


def _check_new(call: Call, fields: dict[str, Any]) -> None:
    """Refuse fields that do not fit together, and one more cluster of a type than the plan allows at once."""
    kind = fields["type"]
    if "nodes" not in fields:
        raise invalid("nodes", "is required")
    values.check_nodes(fields["nodes"], cluster_type=kind, knobs=call.knobs)
    most = call.knobs.max_sandboxes if kind == "sandbox" else call.knobs.max_clusters
    living = [one for one in call.world.clusters.values() if one.type == kind and one.status not in ENDED]
    if most is not None and len(living) >= most:
        raise invalid("type", f"the plan allows {most} {kind} clusters at once")
    if fields["region"] not in call.seed.regions:
        named = values.shown(fields["region"])
        raise invalid("region", f"{named} is not a region of this account; GET regions lists them")


def update_cluster(call: Call) -> Answer:
    """PUT clusters/{id}: fields and, for a production cluster, its size."""
    cluster = find(call)
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
    if nodes is not None and nodes != clusters.visible_nodes(cluster, knobs=call.knobs):
        values.check_nodes(nodes, cluster_type=cluster.type, knobs=call.knobs)
        status = _status(call, cluster)
        if status not in READY and call.knobs.resize_unready_cluster == "refuse":
            raise values.busy_refusal(cluster, "resized", status)
        cluster = clusters.resized(cluster, nodes, at=call.now)
    different = {name: value for name, value in fields.items() if getattr(cluster, name) != value}
    return replace(cluster, **different, updated_at=call.now) if different else cluster


def terminate_cluster(call: Call) -> Answer:
    """DELETE clusters/{id}."""
    cluster = find(call)
    status = _status(call, cluster)
    if status in ENDED:
        _check_ended(call, cluster, call.knobs.delete_ended_cluster, action="terminated")
        return Answer(view(call, cluster))
    unready = status in UNREADY and call.knobs.delete_unready_cluster == "refuse"
    scaling = status == "scaling" and call.knobs.delete_scaling_cluster == "refuse"
    if unready or scaling:
        raise values.busy_refusal(cluster, "terminated", status)
    unfinished = call.world.unfinished_jobs(cluster.id)
    if unfinished and call.knobs.delete_busy_cluster == "refuse":
        raise Refusal(422, f"Cluster {cluster.id} cannot be terminated while {len(unfinished)} job(s) are on it")
    cluster = clusters.ending(cluster, at=call.now)
    call.world.put(cluster)
    _release_jobs(call, cluster)
    return Answer(view(call, cluster))


def _release_jobs(call: Call, cluster: EmulatedCluster) -> None:
    """Fail or stop the jobs of a cluster that is ending already, so that none is repeated on it."""
    if call.knobs.delete_busy_cluster == "fail_jobs":
        effects.fail_jobs(call.world, cluster.id, f"Cluster {cluster.id} was terminated.", at=call.now)
    else:
        effects.stop_jobs(call.world, cluster.id, at=call.now)


def list_instances(call: Call) -> Answer:
    """GET clusters/{id}/instances."""
    cluster = find(call)
    if not call.knobs.instances_in_plan:
        raise Refusal(403, "The plan of this account does not show the instances of a cluster")
    return Answer(instances_json(cluster, links=call.links))

"""Clusters and their nodes as the JSON that the API answers with."""

from xplenty_pulumi.emulator.knobs import Knobs
from xplenty_pulumi.emulator.life import clusters
from xplenty_pulumi.emulator.life.records import EmulatedCluster
from xplenty_pulumi.emulator.wire.views import USER_ID, Json, Links, creator, time_or_none


def cluster_json(cluster: EmulatedCluster, *, running: int, queued: int, links: Links, knobs: Knobs) -> Json:
    """Return a cluster; `bootstrap_actions` is missing when there are none."""
    document = {
        "id": cluster.id,
        "name": cluster.name,
        "description": cluster.description,
        "status": clusters.visible_status(cluster, knobs=knobs),
        "owner_id": USER_ID,
        "plan_id": None,
        "nodes": clusters.visible_nodes(cluster, knobs=knobs),
        "type": cluster.type,
        "created_at": time_or_none(cluster.created_at),
        "updated_at": time_or_none(cluster.updated_at),
        "available_since": time_or_none(cluster.available_since),
        "terminated_at": time_or_none(cluster.terminated_at),
        "launched_at": time_or_none(clusters.launched_at(cluster)),
        "running_jobs_count": running,
        "queued_jobs_count": queued,
        "terminate_on_idle": cluster.terminate_on_idle,
        "time_to_idle": cluster.time_to_idle,
        "idle_since": time_or_none(cluster.idle_since),
        "terminated_on_idle": cluster.terminated_on_idle,
        **_machines(cluster),
        "creator": creator(links),
        "url": links.api(f"clusters/{cluster.id}"),
        "html_url": links.page(f"clusters/{cluster.id}"),
    }
    if cluster.bootstrap_actions:
        document["bootstrap_actions"] = [dict(action) for action in cluster.bootstrap_actions]
    return document


def _machines(cluster: EmulatedCluster) -> Json:
    """Where and on what a cluster runs, which is settled when it is created."""
    return {
        "region": cluster.region,
        "zone": cluster.zone,
        "master_instance_type": cluster.master_instance_type,
        "slave_instance_type": cluster.slave_instance_type,
        "master_spot_price": cluster.master_spot_price,
        "slave_spot_price": cluster.slave_spot_price,
        "master_spot_percentage": cluster.master_spot_percentage,
        "slave_spot_percentage": cluster.slave_spot_percentage,
        "allow_fallback": cluster.allow_fallback,
        "stack": cluster.stack,
    }


def instances_json(cluster: EmulatedCluster, *, links: Links) -> list[Json]:
    """Return one master and the compute nodes; a cluster that was never ready has none."""
    if cluster.available_since is None:
        return []
    status = "terminated" if cluster.status == "terminated" else "available"
    return [_instance(cluster, index, status=status, links=links) for index in range(cluster.nodes + 1)]


def _instance(cluster: EmulatedCluster, index: int, *, status: str, links: Links) -> Json:
    name = f"i-{cluster.id:05x}{index:03x}"
    address = f"10-{cluster.id // 256 % 256}-{cluster.id % 256}-{10 + index}"
    share = (cluster.slave_spot_percentage if index else cluster.master_spot_percentage) or 0
    return {
        "instance_id": name,
        "private_dns": f"ip-{address}.ec2.internal",
        "public_dns": f"ec2-{address}.compute-1.amazonaws.com",
        "status": status,
        "master": index == 0,
        "spot": bool(index and index <= share * cluster.nodes) or (index == 0 and share > 0),
        "vpc": True,
        "zone": cluster.zone or "Unsupported",
        "instance_type": (cluster.slave_instance_type if index else cluster.master_instance_type) or "m3.xlarge",
        "url": links.api(f"clusters/{cluster.id}/instances/{name}"),
    }

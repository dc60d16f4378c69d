"""One production cluster, and one job run on it."""

import pulumi

from xplenty_pulumi import Cluster, JobRun, quote

config = pulumi.Config()

cluster = Cluster(
    "etl",
    nodes=config.require_int("nodes"),
    description="nightly loads",
)

load = JobRun(
    "load",
    cluster_id=cluster.id,
    package_id=101,
    variables={"day": quote("2026-01-31")},
)

pulumi.export("cluster", cluster.html_url)
pulumi.export("load", load.status)

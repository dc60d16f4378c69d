"""One production cluster, and two job runs on it, one after the other."""

import pulumi

from xplenty_pulumi import Cluster, JobRun, quote

config = pulumi.Config()

cluster = Cluster("etl", nodes=config.require_int("nodes"), terminate_on_idle=True, description="nightly loads")

load = JobRun("load", cluster_id=cluster.id, package_id=101, variables={"day": quote("2026-01-31")})

report = JobRun(
    "report",
    cluster_id=cluster.id,
    package_id=102,
    variables={"since": quote("2026-01-01")},
    opts=pulumi.ResourceOptions(depends_on=[load]),
)

pulumi.export("cluster", cluster.html_url)
pulumi.export("nodes", cluster.nodes)
pulumi.export("report", report.status)
pulumi.export("report_seconds", report.runtime_in_seconds)

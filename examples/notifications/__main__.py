"""A web hook for the events of a job run. `xplenty-pulumi listen` verifies them with its salt."""

import pulumi

from xplenty_pulumi import Cluster, Hook, JobRun, quote

config = pulumi.Config()

bell = Hook(
    "bell",
    type="web",
    settings={"url": config.require("hookUrl")},
    events=["job.completed", "job.failed", "job.stopped"],
)

cluster = Cluster("etl", type="sandbox")

load = JobRun(
    "load",
    cluster_id=cluster.id,
    package="Daily sales",
    variables={"day": quote(config.require("day"))},
    opts=pulumi.ResourceOptions(depends_on=[bell]),
)

pulumi.export("hook", bell.id)
pulumi.export("salt", bell.salt)
pulumi.export("status", load.status)

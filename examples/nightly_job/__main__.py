"""Three packages in a row on one cluster, a web hook for their events, and a time limit on the last run."""

import pulumi

from xplenty_pulumi import Cluster, Hook, JobRun, quote

config = pulumi.Config()
variables = {"day": quote(config.require("day"))}

bell = Hook("bell", type="web", settings={"url": config.require("hookUrl")}, events=["job"])
cluster = Cluster("etl", nodes=4, terminate_on_idle=True, time_to_idle=7_200)

load = JobRun(
    "load",
    cluster_id=cluster.id,
    package="Customer import",
    variables=variables,
    opts=pulumi.ResourceOptions(depends_on=[bell]),
)
sums = JobRun(
    "sums",
    cluster_id=cluster.id,
    package="Daily sales",
    variables=variables,
    opts=pulumi.ResourceOptions(depends_on=[load]),
)
rebuild = JobRun(
    "rebuild",
    cluster_id=cluster.id,
    package="Warehouse rebuild",
    max_runtime=config.require("maxRuntime"),
    on_overrun=pulumi.Output.from_input(config.require("onOverrun")),
    triggers=[sums.id],  # an output of `sums`: runs after it, and again after each new run of it
)

pulumi.export("rebuild", rebuild.status)
pulumi.export("salt", bell.salt)

"""The same program for every stack. The clusters of a branch are small, as `xplenty:sizing` of its stack says."""

import pulumi

from xplenty_pulumi import Cluster

branch = pulumi.Config("xplenty").get("branch")

cluster = Cluster(
    "etl",
    nodes=4,
    terminate_on_idle=True,
    description=f"loads of {branch or pulumi.get_stack()}",
)

pulumi.export("cluster", cluster.html_url)

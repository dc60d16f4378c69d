"""The same program for every stack: a branch's makes it small, because its `xplenty:sizing` says so."""

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

"""The same program for every stack: a branch's has a sandbox, all others a production cluster."""

import pulumi

from xplenty_pulumi import Cluster

config = pulumi.Config("xplenty")
is_small = config.get("sizing") == "sandbox"

cluster = Cluster(
    "etl",
    type="sandbox" if is_small else "production",
    nodes=1 if is_small else 4,
    terminate_on_idle=True,
    description=f"loads of {config.get('branch') or pulumi.get_stack()}",
)

pulumi.export("cluster", cluster.html_url)

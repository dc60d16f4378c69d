"""A nightly pipeline in git: the connection to a warehouse, a package from a file, and the schedule that runs it."""

import pulumi

from xplenty_pulumi import Connection, Package, Schedule, quote

config = pulumi.Config()

warehouse = Connection(
    "warehouse",
    type="redshift",
    settings={
        "host": config.require("host"),
        "region": "us-east-1",
        "database": "analytics",
        "username": "etl",
        "password": config.require_secret("password"),
    },
    test=True,
)
loads = Package(
    "loads",
    source="packages/loads.json",
    variables={"table": quote(config.require("table"))},
    opts=pulumi.ResourceOptions(depends_on=[warehouse]),
)
nightly = Schedule(
    "nightly",
    every="1 day",
    start_at=config.get("startAt"),
    packages=[{"package_id": loads.id}],
    nodes=2,
)

pulumi.export("package", loads.id)
pulumi.export("schedule", nightly.id)

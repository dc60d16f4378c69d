"""Programs that type checkers accept; nothing here is run."""

import pulumi
from pulumi import Output

from xplenty_pulumi import (
    BootstrapAction,
    Cluster,
    ClusterType,
    Connection,
    ConnectionSettings,
    Hook,
    HookEvent,
    JobRun,
    Package,
    Schedule,
    SchedulePackage,
    get_cluster_output,
    get_package_output,
    get_packages_output,
    quote,
)

config = pulumi.Config()
is_large = config.require_bool("large")

# A literal, a conditional text in place, and one in a variable that has the alias as its type.
Cluster("fixed", type="sandbox")
Cluster("chosen", type="production" if is_large else "sandbox", nodes=2 if is_large else 1)
type_: ClusterType = "production" if is_large else "sandbox"
etl = Cluster("variable", type=type_, nodes=2, on_create_failure="keep", active_jobs_on_terminate="wait")

# A text that the program computes: from configuration, another stack, another resource.
Cluster("configured", type=Output.from_input(config.require("type")), nodes=config.get_int("nodes"))
Cluster("secret", type=config.require_secret("type"), nodes=2)
Cluster("default", type=Output.from_input(config.get("type") or "sandbox"))
Cluster("other", type=pulumi.StackReference("acme/base/prod").get_output("type"))
Cluster("same", type=etl.type, nodes=etl.nodes)
Cluster("made", type=etl.name.apply(lambda name: "sandbox" if name else "production"))
Cluster("left", type=None, nodes=2)

# Every other closed set.
JobRun(
    "run",
    cluster_id=etl.id,
    package_id=101,
    on_unsure="rerun",
    wait_for="running",
    on_overrun="leave",
    rerun="always",
    on_failure="record",
    on_destroy="leave",
    if_running="adopt",
    on_cancel="stop",
)
JobRun("computed", cluster_id=1, package="Sales", rerun=Output.from_input(config.require("rerun")))
Package("package", source="sales.json", flow_type="workflow", on_invalid="keep", on_edit="overwrite")
events: list[HookEvent] = ["job.failed", "cluster.error"]
Hook("events", type="slack", settings={"url": config.require_secret("url")}, events=events)
Hook("mixed", type="email", settings={"emails": ["a@example.test"]}, events=["job", etl.name])
Hook("later", type="web", settings={"url": "https://example.test"}, events=Output.from_input(["job"]))

# Nested inputs: in place, in a variable that has their type, and as outputs with any members.
Schedule("place", packages=[{"package_id": 1, "variables": {"day": quote("x")}}], every="1 day", reuse_cluster="self")
packages: list[SchedulePackage] = [{"package_id": str(number)} for number in (1, 2)]
Schedule("variables", packages=packages, every="1 day")
Schedule("output", packages=[etl.name.apply(lambda name: {"package_id": name})], every="1 day")
Schedule("whole", packages=Output.from_input([{"package_id": 1}]), every="1 day")
actions: list[BootstrapAction] = [{"script_path": "s3://bucket/boot.sh", "args": ["--fast", etl.name]}]
Cluster("boot", nodes=2, bootstrap_actions=actions)
settings: ConnectionSettings = {"username": "etl", "password": config.require_secret("password")}
Connection("bucket", type="s3", settings=settings)
Connection("tunnel", type="mysql", settings={**settings, "port": 3306, "ssl": True, "tunnel_type": "reverse"})
Connection("any", type="mysql", settings=config.require_secret_object("mysql"))

# Lookups that take outputs.
found: Output[int] = get_cluster_output(etl.id).apply(lambda cluster: cluster.id)
JobRun("found", cluster_id=etl.id, package_id=get_package_output(name="Sales").apply(lambda one: one.id))
names = get_packages_output(limit=3).apply(lambda some: [one.name for one in some])
pulumi.export("status", get_cluster_output(name=etl.name).status)

"""Programs that type checkers refuse, line by line; nothing here is run.

A comment that suppresses no error is one itself, so each line is known to be refused.
"""

import pulumi
from pulumi import Output

from xplenty_pulumi import Cluster, Connection, Hook, JobRun, Package, Schedule, get_cluster_output

config = pulumi.Config()

Cluster("typo", type="sandbx")  # type: ignore[arg-type]
Cluster("half", type="production" if config.get("x") else "sandbx")  # type: ignore[arg-type]
Cluster("text", type=config.require("type"))  # type: ignore[arg-type]
Cluster("number", type=Output.from_input(3))  # type: ignore[arg-type]
Cluster("keep", nodes=2, on_create_failure="kep")  # type: ignore[arg-type]
Cluster("jobs", nodes=2, active_jobs_on_terminate="stopp")  # type: ignore[arg-type]
Cluster("boot", nodes=2, bootstrap_actions=[{"script": "s3://b/boot.sh"}])  # type: ignore[list-item]
JobRun("a", cluster_id=1, package_id=2, on_unsure="verfy")  # type: ignore[arg-type]
JobRun("b", cluster_id=1, package_id=2, wait_for="complete")  # type: ignore[arg-type]
JobRun("c", cluster_id=1, package_id=2, on_overrun="end")  # type: ignore[arg-type]
JobRun("d", cluster_id=1, package_id=2, rerun="allways")  # type: ignore[arg-type]
JobRun("e", cluster_id=1, package_id=2, on_failure="ignore")  # type: ignore[arg-type]
JobRun("f", cluster_id=1, package_id=2, on_destroy="keep")  # type: ignore[arg-type]
JobRun("g", cluster_id=1, package_id=2, if_running="wait")  # type: ignore[arg-type]
JobRun("h", cluster_id=1, package_id=2, on_cancel="end")  # type: ignore[arg-type]
Package("a", source="a.json", flow_type="flow")  # type: ignore[arg-type]
Package("b", source="a.json", on_invalid="leave")  # type: ignore[arg-type]
Package("c", source="a.json", on_edit="keep")  # type: ignore[arg-type]
Schedule("a", packages=[{"package_id": 1}], every="1 day", reuse_cluster="own")  # type: ignore[arg-type]
Schedule("b", packages=[{"packge_id": 1}], every="1 day")  # type: ignore[list-item]
Schedule("c", packages=[{"variables": {}}], every="1 day")  # type: ignore[list-item]
Connection("a", type="redshfit", settings={})  # type: ignore[arg-type]
Connection("b", type="s3", settings={"user": "etl"})  # type: ignore[arg-type]
Connection("c", type="mysql", settings={"tunnel_type": "none"})  # type: ignore[arg-type]
Hook("a", type="mail", settings={}, events=["job"])  # type: ignore[arg-type]
Hook("b", type="web", settings={"adress": "https://example.test"}, events=["job"])  # type: ignore[arg-type]
Hook("c", type="web", settings={}, events=["job.fail"])  # type: ignore[list-item]
get_cluster_output(nme="etl")  # type: ignore[call-arg]

"""What the reconcilers are asked for, and markers as a create call signs them."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.connection import CONNECTION
from xplenty_pulumi.core.kinds.flows.document import canonical, digest
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.marker import Owner, adoption_among, marker_of, sign
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.core.kinds.schedule import SCHEDULE
from xplenty_pulumi.core.reconcile import DesiredDefinition
from xplenty_pulumi.core.reconcile.clusters.create import DesiredCluster
from xplenty_pulumi.core.reconcile.intent import Intent, everything
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.emulator import EmulatedCluster

OWNER = Owner("acme", "loads", "dev", "nightly")
_NOW = ManualClock().now()
"""When a bench's clock starts."""


def signed(
    text: str = "",
    *,
    owner: Owner = OWNER,
    now: datetime = _NOW,
    minutes_ago: float = 0,
    held: bool = False,
    seed: int = 1,
) -> str:
    """Return `text` with the marker of a create call that was sent so many minutes before `now`."""
    drawn = marker_of(owner).drawn(now - timedelta(minutes=minutes_ago), Random(seed))
    return sign(text, drawn.held if held else drawn)


def adopted(text: str, *, nonces: Iterable[str], owner: Owner = OWNER) -> str:
    """Return `text` with the marker that an adoption has signed, whose nonce is the last of these."""
    drawn = adoption_among(nonces)
    assert drawn
    return sign(text, replace(marker_of(owner), nonce=drawn))


def desired(
    *, owner: Owner = OWNER, timeout: float = 1800, terminate_timeout: float = 1200, **inputs: Any
) -> DesiredCluster:
    """Return a cluster of two nodes as it should be, with these inputs besides; they must be valid."""
    checked = check(CLUSTER, {"nodes": 2, **inputs})
    assert not checked.problems
    return DesiredCluster(checked.inputs, owner, timeout, terminate_timeout)


def desired_run(
    cluster: EmulatedCluster, package_id: int = 101, *, timeout: float = 86_400, owner: str = "nightly", **inputs: Any
) -> DesiredRun:
    """Return a run of the package on the cluster as it should be; its inputs must be valid."""
    checked = check(JOB_RUN, {"cluster_id": cluster.id, "package_id": package_id, **inputs})
    assert not checked.problems
    return DesiredRun(checked.inputs, timeout, replace(OWNER, name=owner))


def desired_package(*, owner: Owner = OWNER, flow: str = "{}", **inputs: Any) -> DesiredDefinition:
    """Return a package with this flow as it should be, which is not validated unless these inputs say so."""
    flow = canonical(json.loads(flow))
    checked = check(PACKAGE, {"name": "Loads", "flow": digest(flow), "validate": False, **inputs})
    assert not checked.problems, checked.problems
    return DesiredDefinition(checked.inputs, owner, everything(PACKAGE), contents={"flow": flow})


def desired_hook(*, owner: Owner = OWNER, **inputs: Any) -> DesiredDefinition:
    """Return a Slack hook of failed jobs as it should be, with these inputs besides; they must be valid."""
    slack = {"type": "slack", "settings": {"url": "https://hooks.example.test/tkn-4711"}, "events": ["job.failed"]}
    checked = check(HOOK, {**slack, **inputs})
    assert not checked.problems, checked.problems
    return DesiredDefinition(checked.inputs, owner, everything(HOOK))


def desired_schedule(*fields: str, signs: bool = False, owner: Owner = OWNER, **inputs: Any) -> DesiredDefinition:
    """Return a daily schedule of package 101 as it should be after an update of these fields, or after its create."""
    least = {"packages": [{"package_id": 101, "variables": {"day": "'x'"}}], "every": "1 day", "name": "loads"}
    checked = check(SCHEDULE, {**least, **inputs})
    assert not checked.problems, checked.problems
    intent = Intent(frozenset(fields), waits=False, signs=signs) if fields or signs else everything(SCHEDULE)
    return DesiredDefinition(checked.inputs, owner, intent)


DATABASE = {"username": "etl", "password": "pw-4711", "host": "db.example.test"}
"""The settings of a MySQL connection that must be given."""


def desired_connection(*, owner: Owner = OWNER, **inputs: Any) -> DesiredDefinition:
    """Return a MySQL connection as it should be, with these inputs besides; they must be valid."""
    checked = check(CONNECTION, {"type": "mysql", "name": "loads", "settings": DATABASE, **inputs})
    assert not checked.problems, checked.problems
    return DesiredDefinition(checked.inputs, owner, everything(CONNECTION))

"""Edits by hand, each of a resource of its own, with what `drift` must say of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.support.accounts.clients import client_of
from tests.support.engine.stack import Declared, cluster, job
from xplenty_pulumi.core.kinds.kind import Drift
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, sign
from xplenty_pulumi.emulator import Emulator
from xplenty_pulumi.emulator.life.records import EmulatedSubscription

LONG = 86_400
"""Seconds after which a cluster is idle: more than any test takes."""
IN_QUEUE = {"package_id": 104, "wait_for": "submitted"}
"""A run of a package that waits for a larger cluster for ever."""
SLACK = {"url": "https://hooks.example.test/T0/a-token-of-slack", "channel": "#etl"}
STACK = Owner("organization", "tests", "dev", "a resource that was in no state")
NOT_HERE = Owner("organization", "tests", "removed", "etl")

Ids = Mapping[str, int]


def hook(resource: str, **inputs: object) -> Declared:
    """Declare a Slack hook of failures."""
    given = {"type": "slack", "settings": SLACK, "events": ["job.failed"], "ping": False, **inputs}
    return Declared("Hook", resource, given)


def etl(resource: str, **inputs: object) -> Declared:
    """Declare a cluster that does not idle while a test runs."""
    return cluster(resource, name=f"{resource} loads", description="loads", **{"time_to_idle": LONG, **inputs})


def run(resource: str, **inputs: object) -> Declared:
    """Declare a run that no other resource could be taken for."""
    return job(resource, variables={"resource": f"'{resource}'"}, **inputs)


@dataclass(frozen=True)
class Edit:
    """What somebody, or the service, does to the resource; `finds` are the fields or causes that must be found.

    `options` are those of the command; `gone` says that a refresh would take it out of the state.
    """

    resource: Declared
    does: Callable[[Emulator, int], object]
    drift: Drift
    finds: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    gone: bool = field(default=False)

    @property
    def exit_code(self) -> int:
        """How the command must end."""
        return 2 if self.drift in {Drift.HARMLESS, Drift.HARMFUL} else 0

    @property
    def posts(self) -> int:
        """How many posts the edit must bring about after a report that found nothing."""
        return 0 if self.drift is Drift.NONE else 1


def edits(**fields: object) -> Callable[[Emulator, int], object]:
    """Change fields of a cluster."""
    return lambda account, number: account.edit_cluster(number, **fields)


def edits_hook(**fields: object) -> Callable[[Emulator, int], object]:
    """Change fields of a hook."""
    return lambda account, number: account.edit_hook(number, **fields)


def _replaced(account: Emulator, number: int) -> None:
    old = account.end_cluster(number)
    account.add_cluster(name=old.name, type="sandbox", nodes=1)


def _renamed_hook(account: Emulator, number: int) -> None:
    old = next(one for one in account.hooks() if one.id == number).name or ""
    account.edit_hook(number, name=f"renamed {old}")


def _described(account: Emulator, number: int) -> None:
    account.edit_cluster(number, description=f"edited {account.cluster(number).description}")


def _ended_on_idle(account: Emulator, number: int) -> None:
    account.end_cluster(number)
    account.edit_cluster(number, terminated_on_idle=True)


def _copied(account: Emulator, number: int) -> None:
    account.add_cluster(name="a duplicate", description=account.cluster(number).description)


def _adopted(account: Emulator, number: int) -> None:
    text = account.cluster(number).description or ""
    account.edit_cluster(number, description=sign(text, marker_of(NOT_HERE)))


def _lost(account: Emulator, _number: int) -> None:
    account.add_cluster(name="left behind", description=sign("loads", marker_of(STACK)))


def _left_by_a_removed_stack(account: Emulator, _number: int) -> None:
    account.add_cluster(name="of a removed stack", description=sign("loads", marker_of(NOT_HERE)))


def _used(account: Emulator, number: int) -> None:
    with client_of(account) as somebody:
        somebody.jobs.run(cluster_id=number, package_id=104)


def _idled(account: Emulator, number: int) -> None:
    account.edit_cluster(number, status="idle", idle_since=account.cluster(number).status_since)


_HARMFUL, _HARMLESS, _EXPECTED, _NONE = Drift.HARMFUL, Drift.HARMLESS, Drift.EXPECTED, Drift.NONE
_LEFT = etl("left")
_UNMANAGED = ("--unmanaged",)
_ENDED = ("completed_at", "failed_at")

EDITS: tuple[Edit, ...] = (
    Edit(etl("resized"), edits(nodes=5), _HARMFUL, ("nodes",)),
    Edit(etl("replaced"), _replaced, _HARMFUL, ("gone",), gone=True),
    Edit(etl("described"), _described, _HARMLESS, ("description",)),
    Edit(etl("renamed"), edits(name="somebody's"), _HARMLESS, ("name",)),
    Edit(etl("kept"), edits(terminate_on_idle=True), _HARMFUL, ("terminate_on_idle",)),
    Edit(etl("hurried"), edits(time_to_idle=2 * LONG), _HARMFUL, ("time_to_idle",)),
    Edit(etl("several"), edits(name="somebody's", nodes=3), _HARMFUL, ("name", "nodes")),
    Edit(etl("ended"), lambda account, number: account.end_cluster(number), _HARMFUL, ("gone",), gone=True),
    Edit(
        etl("ended_on_idle", terminate_on_idle=True),
        _ended_on_idle,
        _EXPECTED,
        ("ended_on_idle",),
        gone=True,
    ),
    Edit(etl("ended_unasked"), _ended_on_idle, _HARMFUL, ("gone",), gone=True),
    Edit(etl("forgotten"), lambda a, number: a.delete_record("cluster", number), _HARMFUL, ("gone",), gone=True),
    Edit(etl("broken"), lambda account, number: account.fail_cluster(number), _HARMFUL, ("broken",)),
    Edit(etl("scaling"), edits(status="scaling"), _EXPECTED, ("unfinished",)),
    Edit(etl("idle"), _idled, _EXPECTED, ("idle_since", "status")),
    Edit(etl("moved"), edits(zone="us-east-1c"), _EXPECTED, ("zone",)),
    Edit(etl("busy"), _used, _EXPECTED, ("queued_jobs_count",)),
    Edit(etl("unmarked"), edits(description="loads"), _NONE),
    Edit(etl("spelled", time_to_idle=str(LONG), nodes=2.0), edits(time_to_idle=LONG), _NONE),
    Edit(run("done"), lambda a, number: a.delete_record("job", number), _EXPECTED, ("forgotten",)),
    Edit(run("failing", **IN_QUEUE), lambda a, number: a.fail_job(number), _HARMFUL, ("run_failed", *_ENDED)),
    Edit(run("stopped", **IN_QUEUE), lambda a, number: a.stop_job(number), _HARMFUL, ("run_failed", _ENDED[0])),
    Edit(run("lost", **IN_QUEUE), lambda a, number: a.delete_record("job", number), _HARMFUL, ("lost",)),
    Edit(
        run("noted", on_failure="record", **IN_QUEUE),
        lambda a, number: a.fail_job(number),
        _EXPECTED,
        ("status", *_ENDED),
    ),
    Edit(hook("muted"), edits_hook(active=False), _HARMFUL, ("active",)),
    Edit(hook("told_more"), edits_hook(subscriptions=(EmulatedSubscription(1, "job"),)), _HARMFUL, ("events",)),
    Edit(hook("hook_renamed", name="bell"), _renamed_hook, _HARMLESS, ("name",)),
    Edit(hook("hook_removed"), lambda a, number: a.delete_record("hook", number), _HARMFUL, ("gone",), gone=True),
    Edit(etl("copied"), _copied, _HARMFUL, ("duplicate",)),
    Edit(etl("beside"), lambda account, _: account.add_cluster(name="adhoc"), _HARMFUL, ("unmanaged",), _UNMANAGED),
    Edit(_LEFT, _adopted, _HARMFUL, ("other_stack",)),
    Edit(_LEFT, _lost, _HARMFUL, ("orphaned",), _UNMANAGED),
    Edit(_LEFT, _left_by_a_removed_stack, Drift.UNKNOWN, ("unknown_stack",), _UNMANAGED),
    Edit(etl("alone"), lambda account, _: account.add_cluster(name="adhoc"), _NONE),
)

DECLARED: tuple[Declared, ...] = (
    cluster("etl", time_to_idle=LONG),
    *{one.resource.name: one.resource for one in EDITS}.values(),
)
"""What the stack declares: the cluster that the runs are on, and what the edits are of."""

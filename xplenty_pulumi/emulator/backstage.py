"""Reading an account, and changing it, without a call: what other people and the service itself do to it."""

from dataclasses import replace
from typing import Any, Literal, TypeAlias

from xplenty_pulumi.clock import SteppedClock
from xplenty_pulumi.emulator.account import LoggedCall
from xplenty_pulumi.emulator.definitions import DefinitionsBackstage
from xplenty_pulumi.emulator.hooks.courier import deliver_waiting
from xplenty_pulumi.emulator.hooks.outbox import Delivery, Mail
from xplenty_pulumi.emulator.life import clusters, effects, jobs
from xplenty_pulumi.emulator.life.knobs import CLUSTER_IN_ERROR
from xplenty_pulumi.emulator.life.packages import EmulatedPackage
from xplenty_pulumi.emulator.life.records import (
    ENDED,
    FINAL,
    EmulatedCluster,
    EmulatedConnection,
    EmulatedHook,
    EmulatedJob,
)
from xplenty_pulumi.emulator.life.runs import new_run
from xplenty_pulumi.emulator.life.schedules import EmulatedSchedule
from xplenty_pulumi.emulator.life.world import Kind

KindName: TypeAlias = Literal["cluster", "job", "package", "schedule", "connection", "hook"]
_KINDS: dict[str, Kind] = {
    "cluster": EmulatedCluster,
    "job": EmulatedJob,
    "package": EmulatedPackage,
    "schedule": EmulatedSchedule,
    "connection": EmulatedConnection,
    "hook": EmulatedHook,
}


class Backstage(DefinitionsBackstage):
    """What clients cannot do to an account. Nothing here costs credits or shows among the calls.

    Every method first lets happen what is due by now; what it returns is a frozen snapshot. Methods that name a
    record raise KeyError when there is none. Safe to use from any thread.
    """

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass at once; raises RuntimeError for an account that was made without a step."""
        self._stepped().advance(seconds)

    def pace(self, step: float) -> None:
        """Let a call that reads something unfinished take so many seconds from now on; with 0 time stands still.

        Raises RuntimeError for an account that was made without a step.
        """
        self._stepped().step = step

    def _stepped(self) -> SteppedClock:
        if self.account.stepped is None:
            raise RuntimeError("the clock of this account runs by itself; make it with a step, such as step=30")
        return self.account.stepped

    def clusters(self) -> tuple[EmulatedCluster, ...]:
        """Return every cluster as it is now, ended ones too, oldest first."""
        with self._present() as (world, _):
            return tuple(world.clusters.values())

    def jobs(self) -> tuple[EmulatedJob, ...]:
        """Return every job as it is now, ended ones too, oldest first."""
        with self._present() as (world, _):
            return tuple(world.jobs.values())

    def living_clusters(self) -> tuple[EmulatedCluster, ...]:
        """Return the clusters whose end has not been asked for: those that go on costing money."""
        return tuple(cluster for cluster in self.clusters() if cluster.status not in ENDED)

    def unfinished_jobs(self) -> tuple[EmulatedJob, ...]:
        """Return the jobs that have not come to an end."""
        return tuple(job for job in self.jobs() if job.status not in FINAL)

    def cluster(self, number: int) -> EmulatedCluster:
        """Return one cluster as it is now."""
        with self._present() as (world, _):
            return world.clusters[number]

    def job(self, number: int) -> EmulatedJob:
        """Return one job as it is now."""
        with self._present() as (world, _):
            return world.jobs[number]

    def deliveries(self) -> tuple[Delivery, ...]:
        """Return what was sent to hooks, or is about to be, oldest first; of more than 10,000 only the last."""
        with self._present():
            return self.account.outbox.deliveries()

    def deliver(self) -> tuple[Delivery, ...]:
        """Send the web hooks that wait, to this machine only, then return all deliveries.

        While the account is served that goes on by itself; this waits until it is done.
        """
        with self._present():
            pass
        deliver_waiting(self.account)
        return self.account.outbox.deliveries()

    def mail(self) -> tuple[Mail, ...]:
        """Return the e-mails to watchers and of hooks, none of them sent, oldest first; the last 10,000 at most."""
        with self._present():
            return self.account.outbox.mail()

    def calls(self) -> tuple[LoggedCall, ...]:
        """Return the calls so far, oldest first; of more than 100,000 only the last."""
        return self.account.calls()

    @property
    def credits_used(self) -> int:
        """How many credits of the present hour are used."""
        with self._present():
            return self.account.credits.used

    def set_credits_used(self, used: int) -> None:
        """Set how many credits of the present hour are used."""
        with self._present():
            self.account.credits = replace(self.account.credits, used=used)

    def add_cluster(self, **fields: Any) -> EmulatedCluster:
        """Add a cluster as somebody else would have made it: available, 2 nodes, unless `fields` say otherwise."""
        with self._present() as (world, now):
            number = world.take_id(EmulatedCluster)
            defaults: dict[str, Any] = {
                "name": clusters.generated_name(number),
                "status": "available",
                "nodes": 2,
                "type": "production",
                "region": self.account.seed.region,
                "available_since": now,
                "launched_at": now,
            }
            times = {"status_since": now, "created_at": now, "updated_at": now}
            known = defaults | times | {"initial_nodes": fields.get("nodes", 2)} | fields
            effects.apply_cluster(world, EmulatedCluster(id=number, **known), at=now)
            return world.clusters[number]

    def add_job(self, *, cluster_id: int, package_id: int, **fields: Any) -> EmulatedJob:
        """Add a run as somebody else would have started it: completed at once, unless `fields` say otherwise.

        Raises KeyError when there is no such package.
        """
        with self._present() as (world, now):
            run = new_run(world, world.packages[package_id], at=now, cluster_id=cluster_id)
            times = {"started_at": now, "completed_at": now, "waits_for_cluster": False}
            known: dict[str, Any] = {"status": "completed"} | times | fields
            effects.apply_job(world, replace(run, **known), at=now)
            return world.jobs[run.id]

    def edit_cluster(self, number: int, **fields: Any) -> EmulatedCluster:
        """Change fields of a cluster at once, whatever its status and whether or not a client could."""
        with self._present() as (world, now):
            since = {"status_since": now} if "status" in fields else {}
            changed = replace(world.clusters[number], **({"updated_at": now} | since | fields))
            effects.apply_cluster(world, changed, at=now)
            return world.clusters[number]

    def end_cluster(self, number: int) -> EmulatedCluster:
        """Let a cluster be `terminated` from now on; what runs on it is stopped."""
        with self._present() as (world, now):
            effects.apply_cluster(world, clusters.ended(world.clusters[number], at=now), at=now)
            return world.clusters[number]

    def fail_cluster(self, number: int) -> EmulatedCluster:
        """Let a cluster be in `error` from now on; what runs on it fails."""
        with self._present() as (world, now):
            effects.apply_cluster(world, clusters.broken(world.clusters[number], at=now), at=now)
            return world.clusters[number]

    def fail_next_clusters(self, count: int = 1) -> None:
        """Let the next `count` clusters that are created end in `error` instead of becoming available."""
        with self._present() as (world, _):
            world.clusters_to_fail = count

    def complete_job(self, number: int) -> EmulatedJob:
        """Let a job be `completed` from now on."""
        return self._end_job(number, "completed")

    def stop_job(self, number: int) -> EmulatedJob:
        """Let a job be `stopped` from now on, as if somebody had stopped it."""
        return self._end_job(number, "stopped")

    def fail_job(self, number: int, errors: str = "Package failed to execute.") -> EmulatedJob:
        """Let a job be `failed` from now on, with this error text."""
        return self._end_job(number, "failed", errors=errors)

    def _end_job(self, number: int, status: str, *, errors: str | None = None) -> EmulatedJob:
        with self._present() as (world, now):
            ended = replace(jobs.finished(world.jobs[number], status, at=now), errors=errors)
            effects.apply_job(world, ended, at=now)
            return world.jobs[number]

    def delete_record(self, kind: KindName, number: int) -> None:
        """Remove a record without a trace: reading it is a 404 and it shows in no list; its id is not used again."""
        with self._present() as (world, now):
            world.remove(_KINDS[kind], number)
            if kind == "cluster":
                effects.fail_jobs(world, number, CLUSTER_IN_ERROR, at=now)

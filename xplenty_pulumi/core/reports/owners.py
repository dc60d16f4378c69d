"""Whose clusters and job runs are, and which failed runs of a stack have a completed run in their place; pure."""

from collections.abc import Iterator, Mapping, Sequence

from xplenty_pulumi.client import Job
from xplenty_pulumi.core.kinds import marker
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, run_key_of, without_key
from xplenty_pulumi.core.kinds.kind import Phase

UNMANAGED = "unmanaged"
"""The owner of what carries no marker; no scope can be called so, because each ends in a hash."""


def owner_of(description: str | None) -> str:
    """Return the scope of the marker in a cluster's description, or `unmanaged`."""
    found = marker.read(description)
    return found.scope if found else UNMANAGED


def owner_of_job(job: Job, owners: Mapping[int, str]) -> str | None:
    """Return the owner of its cluster, which the service may embed in the record with all its fields, or with a few.

    `owners` are those of the clusters that are known, by id.
    """
    embedded = job.cluster or {}
    if "description" in embedded:
        description = embedded["description"]
        return owner_of(description if isinstance(description, str) else None)
    return owners.get(job.cluster_id or 0)


def may_be_replaced(job: Job, owners: Mapping[int, str]) -> bool:
    """Return whether it is a failed run of a stack, by its key or its cluster, so that another may be in its place."""
    if JOB_RUN.phase(job.status) is not Phase.FAILED:
        return False
    return run_key_of(job) is not None or owner_of_job(job, owners) not in (None, UNMANAGED)


def replaced_runs(jobs: Sequence[Job], owners: Mapping[int, str]) -> Mapping[int, int]:
    """Return the ids of the failed runs that were replaced, each with that of the run in its place.

    A run is replaced by one that was submitted after it failed and has completed. Both carry the key of the same
    resource, or are of the same stack and package with the same variables. `owners` are those of the clusters that are
    known.
    """
    completed: dict[object, list[Job]] = {}
    for job in jobs:
        if JOB_RUN.phase(job.status) is Phase.SUCCEEDED:
            for way in _ways_to(job, owners):
                completed.setdefault(way, []).append(job)
    found: dict[int, int] = {}
    for job in jobs:
        if may_be_replaced(job, owners):
            same = (one for way in _ways_to(job, owners) for one in completed.get(way, ()))
            later = [one.id for one in same if _is_in_place_of(job, one, owners)]
            found |= {job.id: min(later)} if later else {}
    return found


def _ways_to(job: Job, owners: Mapping[int, str]) -> Iterator[object]:
    """Yield by what a run in place of another is looked up: its stack and package, and the resource of its key."""
    yield owner_of_job(job, owners), job.package_id
    if key := run_key_of(job):
        yield key.whose


def _is_in_place_of(job: Job, later: Job, owners: Mapping[int, str]) -> bool:
    ended = job.completed_at or job.failed_at
    if not (ended and later.created_at and later.created_at >= ended):
        return False
    mine, other = run_key_of(job), run_key_of(later)
    if mine and other:
        return mine.whose == other.whose
    is_of_same_work = (owner_of_job(job, owners), job.package_id) == (owner_of_job(later, owners), later.package_id)
    return is_of_same_work and _variables(job) == _variables(later)


def _variables(job: Job) -> tuple[object, object]:
    return without_key(job.variables) or {}, without_key(job.dynamic_variables) or {}

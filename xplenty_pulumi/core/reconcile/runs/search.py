"""Which job is whose: a run carries no name, so it is known by what it runs and when it appeared.

Whoever starts a run watches it (documented), and of a run that has ended there is nothing more to be told. So a run
that a resource lets go is taken off that list, which says to every later process that it was not lost: an equal one
that is declared anew is run anew.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.marker import Owner
from xplenty_pulumi.core.kinds.ownership import ADOPTION_WINDOW
from xplenty_pulumi.core.reading.usual import usual
from xplenty_pulumi.core.reconcile.runs.goals import has_succeeded
from xplenty_pulumi.errors import NotFoundError, UnsureError, XplentyError

_SKEW = timedelta(minutes=2)
_NEWEST = 100


@dataclass(frozen=True)
class RunShape:
    """What a run is known by: its cluster, its package and the variables it was given."""

    cluster_id: str
    package_id: str
    variables: Mapping[str, str] = field(repr=False)
    dynamic_variables: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, inputs: Mapping[str, object]) -> "RunShape":
        """Return the shape of the run that these checked inputs ask for."""
        return cls(
            str(inputs["cluster_id"]),
            str(inputs["package_id"]),
            _texts(inputs.get("variables")),
            _texts(inputs.get("dynamic_variables")),
        )

    def fits(self, job: Job) -> bool:
        """Return whether `job` can be a run of this shape.

        No source says whether a record shows dynamic variables apart, among the others or not at all, so each counts.
        """
        shown, apart = _texts(job.variables), _texts(job.dynamic_variables)
        return (
            (str(job.cluster_id), str(job.package_id)) == (self.cluster_id, self.package_id)
            and shown in (self.variables, {**self.variables, **self.dynamic_variables})
            and apart in ({}, self.dynamic_variables)
        )

    def agrees(self, job: Job) -> bool:
        """Return whether `job` can be the answer to a start of this shape, which may leave the variables out."""
        return self.fits(job if job.variables is not None else job.model_copy(update={"variables": self.variables}))

    def key(self) -> tuple[object, ...]:
        """Return a value that is equal for equal shapes and can be looked up by."""
        pairs = (frozenset(self.variables.items()), frozenset(self.dynamic_variables.items()))
        return (self.cluster_id, self.package_id, *pairs)


@dataclass(frozen=True)
class StartedRun:
    """A run that this process started: its id, what it is known by, and which runs were there before."""

    job_id: int
    shape: RunShape
    before: Collection[int]

    def doubled(self, job: Job) -> bool:
        """Return whether `job` appeared since, and is equal to the run."""
        return job.id != self.job_id and job.id not in self.before and self.shape.fits(job)


class KnownRuns:
    """The job runs this process knows by id, so that none of them is mistaken for a lost one; thread-safe.

    `holds_cluster` tells whether the engine's state is known to hold the cluster of this id.
    """

    def __init__(self, client: Client, clock: Clock, *, holds_cluster: Callable[[int], bool]) -> None:
        self._client = client
        self._clock = clock
        self.holds_cluster = holds_cluster
        self._lock = threading.Lock()
        self._held: set[int] = set()
        self._holders: dict[int, set[Owner | None]] = {}
        self._starts: list[StartedRun] = []
        self._turns: dict[tuple[object, ...], threading.Lock] = {}

    def hold(self, job_id: int) -> None:
        """Remember that the engine's state holds this run, or did until it was let go; it is not a lost one."""
        with self._lock:
            self._held.add(job_id)

    def release(self, job_id: int) -> None:
        """Remember that the state lets go of this run, because the service says that it does not know it."""
        with self._lock:
            self._held.discard(job_id)
            self._holders.pop(job_id, None)

    def claim(self, job_id: int, owner: Owner | None) -> None:
        """Remember that this resource has the run, so that to any other owner it is not a lost one."""
        with self._lock:
            self._holders.setdefault(job_id, set()).add(owner)

    def started(self, start: StartedRun) -> None:
        """Remember a run that this process has started."""
        with self._lock:
            self._starts.append(start)

    def starts(self) -> tuple[StartedRun, ...]:
        """Return the runs that this process has started."""
        with self._lock:
            return tuple(self._starts)

    @contextmanager
    def turn(self, shape: RunShape) -> Iterator[None]:
        """Let one start at a time look for, submit and claim a run of this shape."""
        with self._lock:
            turn = self._turns.setdefault(shape.key(), threading.Lock())
        with turn:
            yield

    def oldest(self) -> datetime:
        """Return since when a run may be one whose answer was lost."""
        return self._clock.now() - ADOPTION_WINDOW - _SKEW

    def newest(self, shape: RunShape) -> list[Job]:
        """Return the package's newest runs, newest first: a hundred, or all of the last hour if that is more."""
        oldest = self.oldest()
        found: list[Job] = []
        for job in self._client.jobs.list(package_id=int(shape.package_id), sort="created", direction="desc"):
            if len(found) >= _NEWEST and job.created_at is not None and job.created_at < oldest:
                break
            found.append(job)
        return found

    def let_go(self, job_id: int) -> None:
        """Note at the service that no resource holds this ended run any more.

        Raises:
            XplentyError: the service did not take the note.
        """
        try:
            self._client.jobs.unwatch(job_id)
        except NotFoundError:
            return

    def appeared(self, shape: RunShape, before: list[Job]) -> Job | None:
        """Return the fitting run that is there now and was not among `before`, whatever the two clocks say.

        Raises:
            UnsureError: there are several.
        """
        seen = {job.id for job in before}
        fresh = [job for job in self.newest(shape) if job.id not in seen and job.id not in self._held]
        return _only([job for job in fresh if shape.fits(job) and not self.is_of_another_user(job)])

    def is_free(self, job_id: int, owner: Owner | None) -> bool:
        """Return whether no other resource of this process holds the run, as far as it has seen the state."""
        with self._lock:
            return job_id not in self._held and self._holders.get(job_id, set()) <= {owner}

    def give_up(self, job_id: int, owner: Owner | None) -> Owner | None:
        """Note that `owner` does not hold the run any more, and return who else of this process does, if anybody."""
        with self._lock:
            holders = self._holders.get(job_id, set())
            holders.discard(owner)
            return next(iter(holders), None) if owner else None

    def is_of_another_user(self, job: Job) -> bool:
        """Return whether a schedule or another user than that of the key is known to have started the run."""
        return _is_scheduled(job) or (None not in (starter_of(job), self.user()) and starter_of(job) != self.user())

    def is_of_this_user(self, job: Job) -> bool:
        """Return whether the user of the key is known to have started the run."""
        return not _is_scheduled(job) and starter_of(job) is not None and starter_of(job) == self.user()

    def user(self) -> int | None:
        """Return the id of the key's user, None where that cannot be read."""
        try:
            return self._client.user_id()
        except XplentyError:
            return None


def starter_of(job: Job) -> int | None:
    """Return the id of the user who started the run, None where it is not shown."""
    return job.creator.id if job.creator and job.creator.id is not None else job.owner_id


def _is_scheduled(job: Job) -> bool:
    return job.creator is not None and job.creator.type == "Schedule"


def usual_seconds(runs: Iterable[Job]) -> float | None:
    """Return how long those of the `runs` that have succeeded took from their submission on, None without any."""
    return usual((one.created_at, one.completed_at) for one in runs if has_succeeded(one))


def _only(candidates: list[Job]) -> Job | None:
    if len(candidates) > 1:
        ids = [str(job.id) for job in candidates]
        raise UnsureError(
            f"jobs {', '.join(ids)} have appeared since the run was to be started, and each looks like it",
            candidates=ids,
            advice="Stop or wait for the ones you do not want, change a variable, and run `pulumi up` again",
        )
    return candidates[0] if candidates else None


def _texts(variables: object) -> dict[str, str]:
    pairs = variables.items() if isinstance(variables, Mapping) else ()
    return {str(name): str(value) for name, value in pairs}

"""Which job is whose: a run carries no name, so it is known by what it runs and when it appeared.

Whoever starts a run watches it (documented), and of a run that has ended there is nothing more to be told. So a run
that a resource lets go is taken off that list, which says to every later process that it was not lost: an equal one
that is declared anew is run anew.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds import JOB_RUN
from xplenty_pulumi.core.reconcile.ownership import ADOPTION_WINDOW
from xplenty_pulumi.core.reconcile.run_goals import has_succeeded
from xplenty_pulumi.core.reconcile.run_watching import lost_or_let_go
from xplenty_pulumi.core.usual import usual
from xplenty_pulumi.errors import NotFoundError, UnsureError, XplentyError

_SKEW = timedelta(minutes=2)
_NEWEST = 100


@dataclass(frozen=True)
class Shape:
    """What a run is known by: its cluster, its package and the variables it was given."""

    cluster_id: str
    package_id: str
    variables: Mapping[str, str] = field(repr=False)
    dynamic_variables: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, inputs: Mapping[str, object]) -> "Shape":
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

    def key(self) -> tuple[object, ...]:
        """Return a value that is equal for equal shapes and can be looked up by."""
        pairs = (frozenset(self.variables.items()), frozenset(self.dynamic_variables.items()))
        return (self.cluster_id, self.package_id, *pairs)


class Runs:
    """The job runs this process knows by id, so that none of them is mistaken for a lost one; thread-safe."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._held: set[int] = set()
        self._claimed: dict[int, str] = {}
        self._turns: dict[tuple[object, ...], threading.Lock] = {}

    def hold(self, job_id: int) -> None:
        """Remember that the engine's state holds this run, or did until it was let go; it is not a lost one."""
        with self._lock:
            self._held.add(job_id)

    def release(self, job_id: int) -> None:
        """Remember that the state lets go of this run, because the service says that it does not know it."""
        with self._lock:
            self._held.discard(job_id)

    def claim(self, job_id: int, owner: str) -> None:
        """Remember whose run this process has started or taken up; to any other owner it is not a lost one."""
        with self._lock:
            self._claimed[job_id] = owner

    @contextmanager
    def turn(self, shape: Shape) -> Iterator[None]:
        """Let one start at a time look for, submit and claim a run of this shape."""
        with self._lock:
            turn = self._turns.setdefault(shape.key(), threading.Lock())
        with turn:
            yield

    def newest(self, shape: Shape) -> list[Job]:
        """Return the package's newest runs, newest first: a hundred, or all of the last hour if that is more."""
        oldest = self._clock.now() - ADOPTION_WINDOW - _SKEW
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

    def left_behind(self, shape: Shape, newest: list[Job], *, owner: str, is_told: bool = True) -> Job | None:
        """Return the run among `newest` that an earlier attempt may have started and lost, or None.

        It fits the shape, was created within the last hour, has not failed, was not started by a schedule, was not let
        go, and is neither in the engine's state, as far as this process has seen that, nor claimed by another `owner`.

        Raises:
            UnsureError: there are several, or one that was created earlier is still active, or (unless the run
                `is_told` of) one that nobody watches may be lost as well as let go.
        """
        oldest = self._clock.now() - ADOPTION_WINDOW - _SKEW
        fitting = [job for job in newest if self._fits(shape, job) and self._claimed.get(job.id, owner) == owner]
        recent = [job for job in fitting if job.created_at is None or job.created_at >= oldest]
        for job in fitting:
            if job not in recent and JOB_RUN.is_living(job.status):
                raise _too_old(job)
        unfailed = [job for job in recent if JOB_RUN.is_living(job.status) or has_succeeded(job)]
        let_go = [job for job in unfailed if self._was_let_go(job)]
        candidates = [job for job in unfailed if job not in let_go]
        if not is_told and not candidates:
            lost_or_let_go(let_go)
        return _only(candidates)

    def active(self, shape: Shape, newest: Sequence[Job], *, owner: str) -> list[Job]:
        """Return the active runs of this shape among `newest`, whoever began them, that no other resource holds."""
        free = [job for job in newest if job.id not in self._held and self._claimed.get(job.id, owner) == owner]
        return [job for job in free if is_active(job) and shape.fits(job)]

    def appeared(self, shape: Shape, before: list[Job]) -> Job | None:
        """Return the fitting run that is there now and was not among `before`, whatever the two clocks say."""
        seen = {job.id for job in before}
        return _only([job for job in self.newest(shape) if job.id not in seen and self._fits(shape, job)])

    def _was_let_go(self, job: Job) -> bool:
        if not has_succeeded(job):
            return False
        watching = {watcher.id for watcher in self._client.jobs.watchers(job.id)}
        return (job.creator.id if job.creator else job.owner_id) not in watching

    def _fits(self, shape: Shape, job: Job) -> bool:
        return job.id not in self._held and shape.fits(job) and self._is_ours(job)

    def _is_ours(self, job: Job) -> bool:
        """Whether the user of this key started it: not a schedule, and nobody else."""
        if job.creator is not None and job.creator.type == "Schedule":
            return False
        starter = job.creator.id if job.creator else job.owner_id
        me = self._me()
        return starter is None or me is None or starter == me

    def _me(self) -> int | None:
        try:
            return self._client.user_id()
        except XplentyError:
            return None


def is_active(job: Job) -> bool:
    """Return whether the run is under way, or waits for its turn."""
    return JOB_RUN.is_living(job.status)


def usual_seconds(runs: Iterable[Job]) -> float | None:
    """Return how long those of the `runs` that have succeeded took from their submission on, None without any."""
    return usual((one.created_at, one.completed_at) for one in runs if has_succeeded(one))


def _too_old(job: Job) -> UnsureError:
    return UnsureError(
        f"job {job.id} has the same cluster, package and variables and is still {job.status}, but was started too long "
        "ago for a lost answer, so none was started now",
        candidates=[str(job.id)],
        advice="Wait for it or stop it, or set on_unsure to 'rerun' to start another one beside it",
    )


def _only(candidates: list[Job]) -> Job | None:
    if len(candidates) > 1:
        ids = [str(job.id) for job in candidates]
        raise UnsureError(
            f"jobs {', '.join(ids)} all look like the run that an earlier attempt started, so none was started now",
            candidates=ids,
            advice="Stop or wait for the ones you do not want, change a variable, and run `pulumi up` again",
        )
    return candidates[0] if candidates else None


def _texts(variables: object) -> dict[str, str]:
    pairs = variables.items() if isinstance(variables, Mapping) else ()
    return {str(name): str(value) for name, value in pairs}

"""Which job is whose: a run carries no name, so it is known by what it runs and when it appeared.

Whoever starts a run watches it (documented), and a run that has ended causes no more notices. So a run that a resource
lets go is unwatched, which says to every later process that it was not lost: an equal one that is declared anew is run
anew.

A run of a package that declares the variable `RUN_KEY` says in it whose it is: then neither its age nor its cluster
matters.
"""

import html
import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.job_run import is_task, run_key_of, without_key
from xplenty_pulumi.core.kinds.kind import Key
from xplenty_pulumi.core.kinds.marker import Marker, Owner, marker_of
from xplenty_pulumi.core.kinds.ownership import ADOPTION_WINDOW, UNKNOWN, Origin, is_another, is_scheduled, taken_over
from xplenty_pulumi.core.reading.pages import PagedList, newest_first
from xplenty_pulumi.core.reconcile.held_ids import HeldIds
from xplenty_pulumi.core.reconcile.known import user_of
from xplenty_pulumi.core.reconcile.runs.desired import has_succeeded
from xplenty_pulumi.core.waiting.patience import usual
from xplenty_pulumi.errors import UnsureError

_SKEW = timedelta(minutes=2)
_QUOTING = re.compile(r"[\s'\"\\]+")
_MASKED = re.compile(r"([*\u2022.])\1{2,}")


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
        variables, dynamic_variables = _texts(inputs.get("variables")), _texts(inputs.get("dynamic_variables"))
        return cls(str(inputs["cluster_id"]), str(inputs["package_id"]), variables, dynamic_variables)

    def __str__(self) -> str:
        return f"package {self.package_id} on cluster {self.cluster_id}"

    def fits(self, job: Job) -> bool:
        """Return whether `job` can be a run of this shape.

        No source says whether a record shows dynamic variables apart, among the others or not at all, so each counts.
        """
        shown, apart = _texts(without_key(job.variables)), _texts(without_key(job.dynamic_variables))
        return (
            self._is_placed_as(job)
            and shown in (self.variables, {**self.variables, **self.dynamic_variables})
            and apart in ({}, self.dynamic_variables)
        )

    def agrees(self, job: Job) -> bool:
        """Return whether `job` can be the answer to a start of this shape.

        Such an answer may leave the variables out, spell their values otherwise or mask them, or show what the service
        adds to them.
        """
        shown, apart = _texts(job.variables), _texts(job.dynamic_variables)
        return (
            self._is_placed_as(job)
            and (job.variables is None or _shows(shown, self.variables))
            and (not apart or _shows(apart, self.dynamic_variables))
        )

    def _is_placed_as(self, job: Job) -> bool:
        return (str(job.cluster_id), str(job.package_id)) == (self.cluster_id, self.package_id)

    def key(self) -> tuple[object, ...]:
        """Return a value that is equal for equal shapes and can be looked up by."""
        pairs = (frozenset(self.variables.items()), frozenset(self.dynamic_variables.items()))
        return (self.cluster_id, self.package_id, *pairs)


@dataclass(frozen=True)
class StartedRun:
    """A run that this process started: its id, what it is known by, which runs were there before, and its own key."""

    job_id: int
    shape: RunShape
    before: Collection[int]
    key: Marker | None = None

    def doubled(self, job: Job) -> bool:
        """Return whether `job` appeared since, and is equal to the run."""
        is_equal = self.shape.fits(job) and (self.key is None or run_key_of(job) in (self.key, None))
        return job.id != self.job_id and job.id not in self.before and is_equal


class KnownRuns(HeldIds):
    """The job runs of which this process has seen the id, so that none is mistaken for a lost one; thread-safe.

    `holds_cluster` returns whether the state is known to hold the cluster of this id; `starts` are the runs that this
    process has started.
    """

    def __init__(
        self, client: Client, clock: Clock, *, holds_cluster: Callable[[int], bool], random: Random | None = None
    ) -> None:
        super().__init__()
        self._client = client
        self._clock = clock
        self._random = random or Random()  # noqa: S311 - a key tells starts apart; nothing secret depends on it
        self.holds_cluster = holds_cluster
        self._holders: dict[Key, set[tuple[Owner | None, Origin]]] = {}
        self.starts: list[StartedRun] = []
        self._turns: dict[tuple[object, ...], threading.Lock] = {}

    def hold(self, key: Key, owner: Owner | None = None, *, made: Origin = UNKNOWN) -> None:
        """Remember that the state holds this run for `owner`, or did until it was let go; it is not a lost one."""
        super().hold(key, made=made)
        if owner:
            self.claim(key, owner, made=made)

    def lose(self, key: Key, *, made: Origin = UNKNOWN) -> None:
        """Remember that the state lets go of the run that was `made` then, because the service does not know it."""
        super().lose(key, made=made)
        with self._lock:
            self._holders[key] = {one for one in self._holders.pop(key, ()) if is_another(one[1], made)}

    def claim(self, key: Key, owner: Owner | None, *, made: Origin = UNKNOWN) -> None:
        """Remember that this resource has the run, so that to any other owner it is not a lost one."""
        with self._lock:
            self._holders.setdefault(key, set()).add((owner, made))

    @contextmanager
    def turn(self, shape: RunShape) -> Iterator[None]:
        """Let one start at a time look for, submit and claim a run of this shape."""
        with self._lock:
            turn = self._turns.setdefault(shape.key(), threading.Lock())
        with turn:
            yield

    def drawn(self, owner: Owner) -> Marker:
        """Return the key of a run of this owner that is started now."""
        return marker_of(owner).drawn(self._clock.now(), self._random).held

    def oldest(self) -> datetime:
        """Return since when, by the clock of the service, a run may be one whose answer was lost."""
        return self._clock.now() - timedelta(seconds=self._client.clock_ahead or 0.0) - ADOPTION_WINDOW - _SKEW

    def oldest_by_any_clock(self) -> datetime:
        """Return since when a run may be that where the clock here is right and the service's is not."""
        return min(self.oldest(), self._clock.now() - ADOPTION_WINDOW - _SKEW)

    def newest(self, package_id: int) -> list[Job]:
        """Return the package's newest runs, newest first: a hundred, or all of the last hour if that is more.

        What a task of a workflow has started is left out: nobody can have lost it.
        """
        oldest = self.oldest_by_any_clock()
        jobs: PagedList[Job] = PagedList(newest_first(self._client, "jobs", package_id=package_id))
        while page := jobs.more():
            if any(job.created_at is not None and job.created_at < oldest for job in page.values()):
                break
        return [job for job in jobs.found.values() if not is_task(job)]

    def appeared(self, shape: RunShape, before: Iterable[Job], *, key: Marker | None = None) -> Job | None:
        """Return the fitting run that is there now and was not among `before`, whatever the two clocks say.

        Of those with the `key` it is the oldest, since it was drawn for this call alone, whatever else they show: what
        the same call has started besides is reported later.

        Raises:
            UnsureError: there are several.
        """
        seen = {job.id for job in before}
        fresh = [job for job in self.newest(int(shape.package_id)) if job.id not in seen and not self.holds(job)]
        if key is not None and (keyed := [job for job in fresh if run_key_of(job) == key]):
            return min(keyed, key=lambda job: job.id)
        found = [job for job in fresh if shape.fits(job) and not self.is_of_another_user(job)]
        found = [job for job in found if key is None or run_key_of(job) is None]
        if len(found) > 1:
            ids = [str(job.id) for job in found]
            raise UnsureError(
                f"jobs {', '.join(ids)} have appeared since the run was to be started, and each looks like it",
                candidates=ids,
                advice="Stop or wait for the ones you do not want, change a variable, and run `pulumi up` again",
            )
        return found[0] if found else None

    def is_free(self, job: Job, owner: Owner | None) -> bool:
        """Return whether no other resource of this process holds the run, as far as it has seen the state."""
        with self._lock:
            holders = tuple(self._holders.get(job.id, ()))
        return not self.holds(job) and {one for one, made in holders if not taken_over(job, made)} <= {owner}

    def give_up(self, job_id: int, owner: Owner | None, *, made: Origin) -> Owner | None:
        """Note that `owner` does not hold the run any more, and return who else of this process does, if anybody."""
        with self._lock:
            holders = self._holders.get(job_id, set())
            holders -= {one for one in holders if one[0] == owner}
            others = (one for one, then in holders if not is_another(made, then))
            return next(others, None) if owner else None

    def is_of_another_user(self, job: Job) -> bool:
        """Return whether a schedule or another user than that of the key is known to have started the run."""
        starter, user = starter_of(job), user_of(self._client)
        return is_scheduled(job) or (None not in (starter, user) and starter != user)

    def is_of_this_user(self, job: Job) -> bool:
        """Return whether the user of the key is known to have started the run."""
        starter = starter_of(job)
        return not is_scheduled(job) and starter is not None and starter == user_of(self._client)


def starter_of(job: Job) -> int | None:
    """Return the id of the user who started the run, None where it is not shown."""
    return job.creator.id if job.creator and job.creator.id is not None else job.owner_id


def usual_seconds(runs: Iterable[Job]) -> float | None:
    """Return how long those of the `runs` that have succeeded took from their start on, None without any.

    How long one was queued says nothing about the next one.
    """
    return usual((one.started_at or one.created_at, one.completed_at) for one in runs if has_succeeded(one))


def _shows(shown: Mapping[str, str], sent: Mapping[str, str]) -> bool:
    """Whether all that was sent is shown: as it is, without its quotes, as in HTML, or masked."""
    return all(
        name in shown and (_unquoted(shown[name]) == _unquoted(value) or _MASKED.fullmatch(shown[name]) is not None)
        for name, value in sent.items()
    )


def _unquoted(value: str) -> str:
    return _QUOTING.sub("", html.unescape(value))


def _texts(variables: object) -> dict[str, str]:
    pairs = variables.items() if isinstance(variables, Mapping) else ()
    return {str(name): str(value) for name, value in pairs}

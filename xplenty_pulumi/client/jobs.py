"""Jobs: run a package on a cluster, follow the run, stop it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from xplenty_pulumi.client.arguments import checked_body, checked_id, include_query, list_query
from xplenty_pulumi.client.http.calls import ApiCall, Caller
from xplenty_pulumi.client.http.outcomes import Answered, HttpRequest
from xplenty_pulumi.client.http.retry import CallKind
from xplenty_pulumi.client.models import Job, JobLog, Watcher
from xplenty_pulumi.client.paging import Listed, Listing
from xplenty_pulumi.client.parsing import Unreadable, read_mapping
from xplenty_pulumi.client.whose import Collection
from xplenty_pulumi.text import label


class Jobs:
    """The job runs of an account; every method raises an XplentyError when it cannot return what it promises."""

    def __init__(self, caller: Caller, *, base: str) -> None:
        self._caller = caller
        self._at = Collection(base, "jobs")

    def run(
        self,
        *,
        cluster_id: int,
        package_id: int,
        variables: Mapping[str, object] | None = None,
        dynamic_variables: Mapping[str, object] | None = None,
    ) -> Job:
        """Start a run of the package on the cluster and return it; a cluster that is still being built is allowed.

        UnsureError means that the run may have started: look for it before starting it again.
        """
        fields = {
            "cluster_id": checked_id(cluster_id, field="cluster_id"),
            "package_id": checked_id(package_id, field="package_id"),
            "variables": None if variables is None else dict(variables),
            "dynamic_variables": None if dynamic_variables is None else dict(dynamic_variables),
        }
        body = checked_body({name: value for name, value in fields.items() if value is not None})
        request = HttpRequest("POST", self._at.path, body=body)
        resource = f"new run of package {package_id} on cluster {cluster_id}"
        read = partial(self._read_new, cluster_id=cluster_id, package_id=package_id)
        return self._caller.run(ApiCall(CallKind.CREATE, request, resource, read))

    def get(self, job_id: int, *, include: Sequence[str] = ()) -> Job:
        """Return the job as it is now; `include` may ask for `log_summary`, `package` and `cluster`."""
        request = HttpRequest("GET", self._path_of(job_id), include_query(include))
        read = partial(self._at.read_one, Job, number=job_id)
        return self._caller.run(ApiCall(CallKind.READ, request, label("job", job_id), read))

    def list(
        self,
        *,
        status: str = "all",
        package_id: int | None = None,
        sort: str | None = None,
        direction: str | None = None,
        since: datetime | None = None,
        include: Sequence[str] = (),
        page_size: int = 100,
    ) -> Listed[Job]:
        """Yield jobs, the newest first unless `sort` (`created`, `updated`) and `direction` say otherwise.

        `since` leaves out what was not updated since then. A page of `page_size` (1 to 100) is fetched when it is
        needed, so a caller that stops early saves calls.
        """
        query = list_query(
            status=status,
            sort=sort,
            direction=direction,
            since=since,
            include=include,
            page_size=page_size,
            package_id=None if package_id is None else checked_id(package_id, field="package_id"),
        )
        return Listing(Job, self._at, query).items(self._caller)

    def stop(self, job_id: int) -> Job:
        """Ask for the end of an active job and return it as `pending_stoppage`; InvalidError if it has ended."""
        request = HttpRequest("DELETE", self._path_of(job_id))
        read = partial(self._at.read_one, Job, number=job_id)
        return self._caller.run(ApiCall(CallKind.WRITE, request, label("job", job_id), read))

    def variables(self, job_id: int) -> dict[str, object]:
        """Return the variables in effect at run time, those of the package and the account included."""
        request = HttpRequest("GET", f"{self._path_of(job_id)}/variables")
        return self._caller.run(ApiCall(CallKind.READ, request, f"variables of job {job_id}", read_mapping))

    def log(self, job_id: int) -> JobLog:
        """Return what the job wrote to its log."""
        request = HttpRequest("GET", f"{self._path_of(job_id)}/log")
        read = partial(self._at.read_part, JobLog, number=job_id)
        return self._caller.run(ApiCall(CallKind.READ, request, f"log of job {job_id}", read))

    def watchers(self, job_id: int) -> tuple[Watcher, ...]:
        """Return the users who are told what becomes of the job; who started it is one of them (documented)."""
        request = HttpRequest("GET", f"{self._path_of(job_id)}/watchers")
        read = partial(self._at.read_parts, Watcher, number=job_id)
        return self._caller.run(ApiCall(CallKind.READ, request, f"watchers of job {job_id}", read))

    def watch(self, job_id: int) -> None:
        """Have the user of this key told what becomes of the job; doing it twice is fine."""
        request = HttpRequest("POST", f"{self._path_of(job_id)}/watchers")
        read = partial(self._at.check_owner, number=job_id)
        self._caller.run(ApiCall(CallKind.WRITE, request, f"watchers of job {job_id}", read))

    def unwatch(self, job_id: int) -> None:
        """Take the user of this key from the job's watchers; doing it twice is fine."""
        request = HttpRequest("DELETE", f"{self._path_of(job_id)}/watchers")
        read = partial(self._at.check_owner, number=job_id)
        self._caller.run(ApiCall(CallKind.WRITE, request, f"watchers of job {job_id}", read))

    def _read_new(self, answer: Answered, *, cluster_id: int, package_id: int) -> Job:
        job = self._at.read_one(Job, answer)
        if job.cluster_id not in (None, cluster_id) or job.package_id not in (None, package_id):
            raise Unreadable("with a run of another package or on another cluster")
        return job

    def _path_of(self, job_id: int) -> str:
        return f"{self._at.path}/{checked_id(job_id, field='job_id')}"

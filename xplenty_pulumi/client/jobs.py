"""Jobs: run a package on a cluster, follow the run, stop it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from xplenty_pulumi.client.collection import WatchedCollection, checked_id
from xplenty_pulumi.client.http.calls import ApiCall
from xplenty_pulumi.client.http.outcomes import CallKind, HttpRequest
from xplenty_pulumi.client.models import Job, JobLog
from xplenty_pulumi.client.paging import Listed, include_query, list_query
from xplenty_pulumi.client.parsing import Unreadable, read_mapping, read_record


class Jobs(WatchedCollection[Job]):
    """The job runs of an account; every method raises an XplentyError when it cannot return what it promises."""

    _name = "jobs"
    _model = Job

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
        body: dict[str, object] = {
            "cluster_id": checked_id(cluster_id, field="cluster_id"),
            "package_id": checked_id(package_id, field="package_id"),
        }
        for name, values in (("variables", variables), ("dynamic_variables", dynamic_variables)):
            if values is not None:
                body[name] = dict(values)

        def check(job: Job) -> None:
            if job.cluster_id not in (None, cluster_id) or job.package_id not in (None, package_id):
                raise Unreadable("with a run of another package or on another cluster")

        resource = f"new run of package {package_id} on cluster {cluster_id}"
        return self._create(body, resource=resource, check=check)

    def get(self, job_id: int, *, include: Sequence[str] = ()) -> Job:
        """Return the job as it is now; `include` may ask for `log_summary`, `package` and `cluster`."""
        return self._one("GET", job_id, query=include_query(include))

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
        return self._list(query)

    def children(
        self,
        job_id: int,
        *,
        status: str = "all",
        sort: str | None = None,
        direction: str | None = None,
        since: datetime | None = None,
        page_size: int = 100,
    ) -> Listed[Job]:
        """Yield the jobs that the tasks of a workflow's job have started; `component` names the task of each.

        The newest comes first unless `sort` (`created`, `updated`) and `direction` say otherwise. A job of another
        package has none.
        """
        query = list_query(status=status, sort=sort, direction=direction, since=since, page_size=page_size)
        return self._list_part(job_id, "children", query, read_all=self._read_all)

    def stop(self, job_id: int) -> Job:
        """Ask for the end of an active job and return it as `pending_stoppage`; InvalidError if it has ended."""
        return self._one("DELETE", job_id)

    def variables(self, job_id: int) -> dict[str, object]:
        """Return the variables in effect at run time, those of the package and the account included."""
        request = HttpRequest("GET", f"{self._path_of(job_id)}/variables")
        return self._caller.run(ApiCall(CallKind.READ, request, f"variables of job {job_id}", read_mapping))

    def log(self, job_id: int) -> JobLog:
        """Return what the job wrote to its log."""
        return self._part("GET", job_id, "log", read=partial(read_record, JobLog))

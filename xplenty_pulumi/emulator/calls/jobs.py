"""The calls on jobs."""

from collections.abc import Iterator, Mapping
from typing import Any

from xplenty_pulumi.emulator.calls import clusters
from xplenty_pulumi.emulator.calls.call import Call, answer_list
from xplenty_pulumi.emulator.calls.package_views import package_json
from xplenty_pulumi.emulator.calls.views import job_json, log_text
from xplenty_pulumi.emulator.life import clusters as life
from xplenty_pulumi.emulator.life import jobs, runs, workflows
from xplenty_pulumi.emulator.life.packages import EmulatedPackage
from xplenty_pulumi.emulator.life.records import (
    ENDED,
    FINAL,
    JOB_STATUSES,
    STOPPING,
    EmulatedJob,
)
from xplenty_pulumi.emulator.wire import values
from xplenty_pulumi.emulator.wire.lists import Filter, ListRules
from xplenty_pulumi.emulator.wire.messages import Answer, Json, Refusal, invalid

_KNOWN = frozenset(values.JOB_FIELDS) | {"job_id"}
_RULES: ListRules[EmulatedJob] = ListRules({"status": Filter(lambda job: job.status, JOB_STATUSES)})


def view(call: Call, job: EmulatedJob) -> Json:
    """Return a job as JSON, with its package, its cluster and the parts that `include=` asks for."""
    parts: dict[str, Json] = {}
    if (package := call.world.packages.get(job.package_id)) is not None:
        parts["package"] = package_json(package, links=call.links)
    if (cluster := call.world.clusters.get(job.cluster_id)) is not None:
        parts["cluster"] = clusters.view(call, cluster)
    return job_json(job, parts=parts, includes=call.includes, now=call.now, links=call.links, knobs=call.knobs)


def list_jobs(call: Call) -> Answer:
    """GET jobs."""
    wanted = call.parameters.get("package_id")
    package_id = values.whole("package_id", wanted) if wanted not in (None, "") else None
    found = [*call.world.jobs.values(), *(_all_children(call) if call.knobs.children_in_lists else ())]
    kept = [job for job in found if package_id in (None, job.package_id)]
    return answer_list(call, kept, rules=_RULES, path="jobs", view=lambda job: view(call, job))


def get_job(call: Call) -> Answer:
    """GET jobs/{id}."""
    return Answer(view(call, find(call)))


def find(call: Call) -> EmulatedJob:
    """Return the job that the path names, which may be one of a workflow's task; raises the 404 refusal."""
    if call.ids[0] in call.world.jobs:
        return call.world.jobs[call.ids[0]]
    return call.find({child.id: child for child in _all_children(call)})


def _all_children(call: Call) -> Iterator[EmulatedJob]:
    return (child for job in call.world.jobs.values() for child in workflows.children(job, now=call.now))


def list_children(call: Call) -> Answer:
    """GET jobs/{id}/children: the jobs of a workflow's tasks, and none of another job."""
    job = find(call)
    if not call.knobs.job_children:
        raise call.not_found()
    children = workflows.children(job, now=call.now)
    path = f"jobs/{job.id}/children"
    return answer_list(call, children, rules=_RULES, path=path, view=lambda one: view(call, one))


def run_job(call: Call) -> Answer:
    """POST jobs."""
    parameters = call.parameters
    values.check_unknown(parameters, known=_KNOWN, knobs=call.knobs)
    if "package_id" not in parameters and "job_id" in parameters:
        parameters = {**parameters, "package_id": parameters["job_id"]}  # version 1 of the API called a package a job
    fields = values.read_fields(parameters, values.JOB_FIELDS)
    for name in ("cluster_id", "package_id"):
        if name not in fields:
            raise invalid(name, "is required")
    package = _runnable(call, fields["package_id"])
    _check_cluster(call, fields["cluster_id"])
    _check_variables(call, package, fields)
    given = {name: value for name, value in fields.items() if name != "package_id"}
    job = runs.new_run(call.world, package, at=call.now, **given)
    call.world.put(job)
    call.world.put(life.busy(call.world.clusters[job.cluster_id], at=call.now))
    return Answer(view(call, job), status=201)


def _runnable(call: Call, number: int) -> EmulatedPackage:
    package = call.world.packages.get(number)
    if package is None:
        raise _unknown(call, "package_id", number)
    if package.status == "archived" and call.knobs.archived_package_on_run != 201:
        raise Refusal(call.knobs.archived_package_on_run, f"Package {number} is archived")
    return package


def _check_cluster(call: Call, number: int) -> None:
    cluster = call.world.clusters.get(number)
    if cluster is None:
        raise _unknown(call, "cluster_id", number)
    if clusters.is_forgotten(call, cluster):
        raise call.not_found()
    if cluster.status in ENDED:
        message = f"Cluster {number} is {cluster.status} and takes no jobs"
        raise Refusal(call.knobs.ended_cluster_on_run, message)


def _unknown(call: Call, field: str, number: int) -> Refusal:
    return call.not_found() if call.knobs.unknown_id_on_run == 404 else invalid(field, f"{number} does not exist")


def _check_variables(call: Call, package: EmulatedPackage, fields: Mapping[str, Any]) -> None:
    """Names that begin with an underscore are the system's own and always known."""
    if call.knobs.unknown_job_variables == "accept":
        return
    for kind in ("variables", "dynamic_variables"):
        for name in fields.get(kind, {}):
            if name not in package.variables and not name.startswith("_"):
                raise invalid(kind, f"has the variable {values.shown(name)}, which package {package.id} does not")


def stop_job(call: Call) -> Answer:
    """DELETE jobs/{id}."""
    job = call.find(call.world.jobs)
    refused = job.status == "failed" or (job.status in FINAL and call.knobs.delete_final_job == 422)
    if refused or (job.status in STOPPING and call.knobs.delete_stopping_job == 422):
        raise Refusal(422, f"Job {job.id} cannot be stopped while it is {job.status}")
    if job.status not in FINAL:
        job = jobs.stop_requested(job, at=call.now)
        call.world.put(job)
    return Answer(view(call, job))


def get_variables(call: Call) -> Answer:
    """GET jobs/{id}/variables: the package's, overlaid by those of the run."""
    job = find(call)
    package = call.world.packages.get(job.package_id)
    return Answer({**(package.variables if package else {}), **job.variables, **job.dynamic_variables})


def get_log(call: Call) -> Answer:
    """GET jobs/{id}/log."""
    job = find(call)
    return Answer({"body": log_text(job), "url": call.links.api(f"jobs/{job.id}/log")})


def preview_output(call: Call) -> Answer:
    """GET jobs/{id}/outputs/{id}/preview: there is one once the job has completed."""
    job = call.find(call.world.jobs)
    for output in job.outputs:
        if output.id == call.ids[1] and job.status == "completed":
            url = call.links.api(f"jobs/{job.id}/outputs/{output.id}/preview")
            return Answer({"preview": f"{output.name}\t{output.records_count}", "url": url})
    raise call.not_found()

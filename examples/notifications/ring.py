"""Run by `xplenty-pulumi listen --exec` for each event: reads the run, and prints how it ended and what it wrote."""

import os

from xplenty_pulumi import get_job

if os.environ["XPLENTY_EVENT_KIND"] == "job":
    job = get_job(os.environ["XPLENTY_EVENT_ID"])
    written = ", ".join(f"{output.records_count} records to {output.name}" for output in job.outputs or ())
    print(f"job {job.id} {job.status} after {job.runtime_in_seconds} s: {job.errors or written}", flush=True)

"""What differs for schedules."""

from xplenty_pulumi.client import Schedule
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, is_active
from xplenty_pulumi.core.kinds.kind import LIVING, Key
from xplenty_pulumi.core.kinds.schedule import SCHEDULE, is_started_by
from xplenty_pulumi.core.reading.pages import listed_by_status
from xplenty_pulumi.core.reconcile.definitions.definition import Definition
from xplenty_pulumi.errors import XplentyError
from xplenty_pulumi.text import label


class ScheduleDefinition(Definition[Schedule]):
    """What they have started goes on without them."""

    kind = SCHEDULE

    def remains(self, key: Key) -> str:
        """Return which of its runs are active, if any: they are not ours to stop."""
        try:
            jobs = listed_by_status(self.client, JOB_RUN, JOB_RUN.statuses(*LIVING)).values()
            active = {one.id for one in jobs if is_active(one) and is_started_by(one, key)}
        except XplentyError as failed:
            return f"whether runs of it are still active could not be read: {failed.message}"
        names = ", ".join(label("job", number) for number in sorted(active))
        return f"what it has started goes on: {names}" if active else ""

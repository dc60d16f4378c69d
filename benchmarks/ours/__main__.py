"""As many clusters as `BENCH_COUNT` says, or schedules where `BENCH_KIND` asks for these."""

import os

from xplenty_pulumi import Cluster, Schedule

for number in range(int(os.environ["BENCH_COUNT"])):
    if os.environ.get("BENCH_KIND") == "schedule":
        Schedule(f"schedule-{number}", packages=[{"package_id": 101}], every="1 day", enabled=False)
    else:
        Cluster(f"cluster-{number}", nodes=2)

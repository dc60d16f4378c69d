"""As many clusters as `BENCH_COUNT` says."""

import os

from xplenty_pulumi import Cluster

for number in range(int(os.environ["BENCH_COUNT"])):
    Cluster(f"cluster-{number}", nodes=2)

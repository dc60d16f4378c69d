"""As many clusters as `BENCH_COUNT` says, by a dynamic provider written the ordinary way."""

import os

from benchmarks.plain.provider import PlainCluster

for number in range(int(os.environ["BENCH_COUNT"])):
    PlainCluster(f"cluster-{number}", nodes=2)

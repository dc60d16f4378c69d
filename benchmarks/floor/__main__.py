"""As many resources that do nothing as `BENCH_COUNT` says, each with `BENCH_OUTPUTS` outputs: the engine's own cost."""

import os

from benchmarks.floor.provider import Nothing

for number in range(int(os.environ["BENCH_COUNT"])):
    Nothing(f"nothing-{number}", nodes=2, outputs=int(os.environ.get("BENCH_OUTPUTS", "0")))

"""`python recorded.py WORDS`: the command line of ours, which adds each call to the file that `BENCH_LOG` names."""

import os
import runpy
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from xplenty_pulumi.client.http.transport import Transport

_send = Transport.send


def _noted(self: Transport, request: Any, *, timeout: float) -> Any:
    with Path(os.environ["BENCH_LOG"]).open("a") as log:
        log.write(f"{request.path}?{urlencode(request.query)}\n")
    return _send(self, request, timeout=timeout)


setattr(Transport, "send", _noted)  # noqa: B010 - a method is not assigned to
runpy.run_module("xplenty_pulumi.cli", run_name="__main__", alter_sys=True)

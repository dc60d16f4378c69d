"""One request and its outcome: sent, refused, repeated, understood; the one place that uses httpx.

- `address`: where the service is, checked before the key is sent there, and the proxy on the way to it.
- `answers`: from a complete HTTP answer to an outcome.
- `calls`: the one place of the client where calls are repeated; a create that may have arrived never is.
- `connection`: the connections to the service, direct or through its proxy, on which a whole call has a deadline.
- `explain`: from the last outcome of a call to the error that the caller gets: one paragraph, with advice, without
  secrets.
- `facts`: what an event says of a call.
- `limits`: what a client may still send: counted calls, retries, and the state of its key.
- `outcomes`: one request, the three things that can become of it, and what to do next.
- `throttle`: the pauses that the service asks for, and the pace of the calls after them.
- `transport`: the one door to HTTP: a request goes in, one of three outcomes comes out, and no foreign exception ever
  does.
"""

import sys
from typing import Any, cast

# Where click and rich are installed, httpx loads a command line of its own with them: half of the time of its import,
# and 4 MB of memory. Nothing here runs it.
sys.modules.setdefault("httpx._main", cast("Any", None))

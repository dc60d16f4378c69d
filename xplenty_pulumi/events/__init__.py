"""What happens, as events: a line in the file that XPLENTY_EVENTS names, and a span of OpenTelemetry.

A call, a wait, an adoption and the outcome of an operation are one event each. Whoever watches them never changes what
they watch: a file that cannot be written and a collector that is away cost one warning in each process.

- `fields`: what an event says, field by field.
- `log`: the file, written to by several processes and threads at once.
- `observer`: reporting an event, and the operation that it belongs to.
- `spans`: the same events as spans, by the extra `otel`.
"""

from xplenty_pulumi.events.observer import Facts, failed_with, flush, happened, observed, operation, warn_by

__all__ = ["Facts", "failed_with", "flush", "happened", "observed", "operation", "warn_by"]

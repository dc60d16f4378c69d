"""The format of the log of events as a page."""

from collections.abc import Mapping

from tools.pages.source import NOTE, code, table
from xplenty_pulumi.events.fields import COMMON, OWN

_OPENING = """\
# Event log

Set `XPLENTY_EVENTS` to the path of a file, and every call, wait, adoption and outcome is appended to it as one line of
JSON: by the providers during `pulumi preview`, `up`, `refresh` and `destroy`, and by the commands of `xplenty-pulumi`.

```console
export XPLENTY_EVENTS="$PWD/events.jsonl"
pulumi up
jq -r 'select(.event == "wait") | [.name, .goal, .seconds] | @tsv' events.jsonl
```

- An event is written when it ends. Those of an operation share its `trace`, and `parent` says what each is a part of.
- Several processes and threads may write to the same file. Each line is one write at its end. The file grows without a
  limit: move it away between two operations.
- A file that cannot be written costs one warning of each process that writes to it: the program and the provider are
  two. What was to be written is lost, and the operation goes on.
- No event has variables, settings of connections or hooks, or any other body or query of a call. Secrets in texts are
  masked as in all messages. The file names resources, accounts and ids, so only its owner may read a new one.
- A poll that several resources share is an event of the one that made it.
- A relative path is relative to the folder of the program, or to that in which the command runs."""


_SPANS = """\
## As spans of OpenTelemetry

The same events are sent to a collector as spans, by OTLP over gRPC, with the extra `otel`:

```console
pip install "xplenty-pulumi[otel]"
export OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317
pulumi up
```

- The standard variables apply, such as `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`,
  `OTEL_TRACES_EXPORTER` and `OTEL_SDK_DISABLED`. Without an endpoint nothing is loaded and nothing is sent.
- `TRACEPARENT` makes the spans a part of the trace that it names, for example that of a CI job.
- Each field is an attribute, such as `xplenty.urn`. A call has `http.request.method`, `http.response.status_code` and
  `url.path` too. What failed has the status of an error.
- Spans are sent in the background. The end of an operation waits for the last ones for less than a second. A collector
  that is away costs one warning of each process, and its spans are lost."""


def pages() -> dict[str, str]:
    """Return the page by its path in the reference."""
    parts = [_OPENING, NOTE, "## Every event", _fields(COMMON)]
    for name, fields in sorted(OWN.items()):
        parts += [f"## {name.capitalize()}", _fields(fields)]
    return {"events.md": "\n\n".join([*parts, _CLOSING, f"{_SPANS}\n"])}


def _fields(fields: Mapping[str, str]) -> str:
    return table(("field", "meaning"), [(code(name), text) for name, text in fields.items()])


_CLOSING = """\
A field that is not known is left out. New fields may be added; a field that changes its meaning raises `version`. The
file `schema/events.schema.json` of the repository describes a line as JSON Schema."""

"""A collector of OpenTelemetry on loopback, which keeps the spans that it is sent."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """What a collector has received; while `answers` is not set it takes each call and gives no answer."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.services: set[str] = set()
        self.address = ""
        self.answers = threading.Event()
        self.answers.set()

    def Export(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        self.answers.wait(30)
        for group in request.resource_spans:
            given = {one.key: one.value.string_value for one in group.resource.attributes}
            self.services.add(given["service.name"])
            self.spans += [span for scope in group.scope_spans for span in scope.spans]
        return trace_service_pb2.ExportTraceServiceResponse()

    def named(self, name: str) -> Any:
        """Return the one span with this name."""
        (found,) = (span for span in self.spans if span.name == name)
        return found


def nobody() -> str:
    """Return the address of a collector that is away."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@contextmanager
def collecting() -> Iterator[Collector]:
    """Serve a collector; its `address` is what OTEL_EXPORTER_OTLP_ENDPOINT is to be."""
    collector, server = Collector(), grpc.server(ThreadPoolExecutor(4))
    add: Any = trace_service_pb2_grpc.add_TraceServiceServicer_to_server
    add(collector, server)
    collector.address = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield collector
    finally:
        collector.answers.set()
        server.stop(None).wait()

"""The SDK's host of dynamic providers as a process of its own, spoken to as the engine does."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from benchmarks.stack import ROOT
from tests.dynamic.host import engine, struct

_LONGEST_END = 20.0
_MEBIBYTE = 1024.0


@dataclass(frozen=True)
class ProviderProcess:
    """A provider process: its number and a stub of its service."""

    pid: int
    stub: Any

    def create(self, provider: ResourceProvider, urn: str, properties: Mapping[str, Any]) -> Any:
        """Ask for a resource, and return the future of the answer."""
        sent = struct({**properties, "__provider": serialize_provider(provider)})
        return self.stub.Create.future(provider_pb2.CreateRequest(urn=urn, properties=sent))

    def configure(self) -> None:
        """Do what the engine does first."""
        self.stub.Configure(provider_pb2.ConfigureRequest(args=struct({})), timeout=60)

    def mebibytes(self) -> float:
        """Return the most memory that it has had resident until now (Linux only)."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / _MEBIBYTE

    def threads(self) -> int:
        """Return how many threads it has (Linux only)."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Threads:"))


@contextmanager
def provider_process(environment: Mapping[str, str]) -> Iterator[ProviderProcess]:
    """Run a provider process for as long as the block does."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI", "XPLENTY"))}
    with engine() as (_told, address):
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.dynamic", address],
            stdout=subprocess.PIPE,
            env={**own, "PYTHONPATH": str(ROOT), **environment},
        )
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield ProviderProcess(process.pid, provider_pb2_grpc.ResourceProviderStub(channel))
        finally:
            process.kill()
            process.communicate(timeout=_LONGEST_END)

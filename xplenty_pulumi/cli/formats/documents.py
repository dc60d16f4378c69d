"""The document of each command that takes `--json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xplenty_pulumi.cli.formats.account import (
    ClusterDocument,
    JobDocument,
    PackagesDocument,
    RegionsDocument,
    SchedulesDocument,
    StatusDocument,
    UsageDocument,
)
from xplenty_pulumi.cli.formats.stacks import BranchesDocument, DriftDocument


@dataclass(frozen=True, kw_only=True)
class EmulatorDocument:
    """An emulated account, printed on one line once it can be called."""

    url: str
    """The setting `apiUrl`."""
    account_id: str
    """The setting `accountId`."""
    api_key: str
    """The setting `apiKey`."""


FORMATS: Mapping[str, type] = MappingProxyType(
    {
        "status": StatusDocument,
        "status clusters": StatusDocument,
        "status jobs": StatusDocument,
        "status schedules": SchedulesDocument,
        "status cluster ID": ClusterDocument,
        "status job ID": JobDocument,
        "usage": UsageDocument,
        "packages": PackagesDocument,
        "regions": RegionsDocument,
        "drift": DriftDocument,
        "branch list": BranchesDocument,
        "emulator": EmulatorDocument,
    }
)
"""The document of each command that takes `--json`."""

"""The regions in which the clusters of an account can be."""

from functools import partial

from xplenty_pulumi.client.http.calls import ApiCall, Caller
from xplenty_pulumi.client.http.outcomes import CallKind, HttpRequest
from xplenty_pulumi.client.models import Record
from xplenty_pulumi.client.parsing import Lenient, read_records


class Region(Record):
    """A region; its `id`, such as `amazon-web-services::us-east-1`, is what a cluster names as its `region`."""

    shown_fields = ("id",)

    id: str
    name: Lenient[str] = None
    group_name: Lenient[str] = None
    short_name: Lenient[str] = None


class Regions:
    """The regions of an account; every method raises an XplentyError when it cannot return what it promises."""

    def __init__(self, caller: Caller, *, base: str) -> None:
        self._caller = caller
        self._base = base

    def list(self) -> tuple[Region, ...]:
        """Return the regions that the account may use, in the order of the service."""
        request = HttpRequest("GET", f"{self._base}/regions")
        return self._caller.run(ApiCall(CallKind.READ, request, "regions", partial(read_records, Region)))

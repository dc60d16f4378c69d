"""Packages, read only because they are made in the service's designer, and the plans of an account."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from xplenty_pulumi.client.collection import Collection
from xplenty_pulumi.client.http.calls import ApiCall, Caller
from xplenty_pulumi.client.http.outcomes import CallKind, HttpRequest
from xplenty_pulumi.client.models import Package, Plan, Subscription
from xplenty_pulumi.client.paging import Listed, include_query, list_query
from xplenty_pulumi.client.parsing import read_record, read_records


class Packages(Collection[Package]):
    """The packages of an account; every method raises an XplentyError when it cannot return what it promises."""

    _name = "packages"
    _model = Package

    def get(self, package_id: int, *, include: Sequence[str] = ()) -> Package:
        """Return the package; `include` may ask for `flow`."""
        return self._one("GET", package_id, query=include_query(include))

    def list(
        self,
        *,
        status: str = "active",
        flow_type: str = "all",
        sort: str | None = None,
        direction: str | None = None,
        since: datetime | None = None,
        include: Sequence[str] = (),
        page_size: int = 100,
    ) -> Listed[Package]:
        """Yield the `active` or the `archived` packages, never both, of one `flow_type` or `all`.

        `sort` is `created`, `updated` or `name`. `since` leaves out what was not updated since then. A page of
        `page_size` (1 to 100) is fetched when it is needed, so a caller that stops early saves calls.
        """
        query = list_query(
            status=status,
            flow_type=flow_type,
            sort=sort,
            direction=direction,
            since=since,
            include=include,
            page_size=page_size,
        )
        return self._list(query)


class Plans:
    """The plans of an account; every method raises an XplentyError when it cannot return what it promises.

    Members of an account may not be allowed to see them (403): they are part of its billing.
    """

    def __init__(self, caller: Caller, *, base: str) -> None:
        self._caller = caller
        self._base = base

    def list(self) -> tuple[Plan, ...]:
        """Return the plans that the account may have."""
        request = HttpRequest("GET", f"{self._base}/plans")
        return self._caller.run(ApiCall(CallKind.READ, request, "plans", partial(read_records, Plan)))

    def subscription(self) -> Subscription:
        """Return which of them it has."""
        request = HttpRequest("GET", f"{self._base}/subscription")
        return self._caller.run(ApiCall(CallKind.READ, request, "subscription", partial(read_record, Subscription)))

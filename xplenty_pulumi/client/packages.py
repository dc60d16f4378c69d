"""Packages: read only, because they are made in the service's designer."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from xplenty_pulumi.client.arguments import checked_id, include_query, list_query
from xplenty_pulumi.client.http.calls import ApiCall, Caller
from xplenty_pulumi.client.http.outcomes import HttpRequest
from xplenty_pulumi.client.http.retry import CallKind
from xplenty_pulumi.client.models import Package, Plan, Subscription
from xplenty_pulumi.client.paging import Listed, Listing
from xplenty_pulumi.client.parsing import read_record, read_records
from xplenty_pulumi.client.whose import Collection
from xplenty_pulumi.text import label


class Packages:
    """The packages of an account; every method raises an XplentyError when it cannot return what it promises."""

    def __init__(self, caller: Caller, *, base: str) -> None:
        self._caller = caller
        self._at = Collection(base, "packages")

    def get(self, package_id: int, *, include: Sequence[str] = ()) -> Package:
        """Return the package; `include` may ask for `flow`."""
        path = f"{self._at.path}/{checked_id(package_id, field='package_id')}"
        request = HttpRequest("GET", path, include_query(include))
        read = partial(self._at.read_one, Package, number=package_id)
        return self._caller.run(ApiCall(CallKind.READ, request, label("package", package_id), read))

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
        return Listing(Package, self._at, query).items(self._caller)


_read_plans = partial(read_records, Plan)
_read_subscription = partial(read_record, Subscription)


class Plans:
    """The plans of an account; every method raises an XplentyError when it cannot return what it promises.

    Members of an account may not be allowed to see them (403): they are part of its billing.
    """

    def __init__(self, caller: Caller, *, base: str) -> None:
        self._caller = caller
        self._base = base

    def list(self) -> tuple[Plan, ...]:
        """Return the plans that the account may have."""
        return self._caller.run(ApiCall(CallKind.READ, HttpRequest("GET", f"{self._base}/plans"), "plans", _read_plans))

    def subscription(self) -> Subscription:
        """Return which of them it has."""
        request = HttpRequest("GET", f"{self._base}/subscription")
        return self._caller.run(ApiCall(CallKind.READ, request, "subscription", _read_subscription))

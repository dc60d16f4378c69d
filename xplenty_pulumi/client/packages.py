"""Packages, what the service finds wrong with them, and the plans of an account."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from xplenty_pulumi.client.collection import Collection, checked_id
from xplenty_pulumi.client.http.calls import ApiCall, Caller
from xplenty_pulumi.client.http.outcomes import Answered, CallKind, HttpRequest
from xplenty_pulumi.client.models import Package, Plan, Subscription
from xplenty_pulumi.client.paging import Listed, include_query, list_query
from xplenty_pulumi.client.parsing import Unreadable, read_mapping, read_record, read_records
from xplenty_pulumi.client.validations import Validation


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

    def create(self, fields: Mapping[str, object]) -> Package:
        """Make a package and return it, without its flow.

        `fields` are the documented parameters, none of which is required, or the document of an export. With
        `source_package_id` it is a copy of that package. UnsureError means that the package may exist: look for it
        before making it again.
        """
        flow_type = fields.get("flow_type")

        def check(package: Package) -> None:
            if package.flow_type not in (None, flow_type or package.flow_type):
                raise Unreadable("with a package of another type")

        return self._create(fields, resource="new package", check=check)

    def update(self, package_id: int, fields: Mapping[str, object]) -> Package:
        """Set `name`, `description`, `variables`, `data_flow_json` or `flow_version`, and return the package.

        The document of an export overwrites the package. Whether variables that are left out among others stay is not
        documented, so give all of them. The type cannot be changed. UnsureError means: read it and compare.
        """
        return self._one("PUT", package_id, body=fields)

    def delete(self, package_id: int) -> Package:
        """Archive the package and return it as `archived`; the list of active packages does not show it any more."""
        return self._one("DELETE", package_id)

    def export(self, package_id: int) -> dict[str, object]:
        """Return the package as a document that `create` and `update` take; its keys are not documented."""
        return self._part("GET", package_id, "export", read=read_mapping)

    def validate(self, package_id: int) -> Validation:
        """Check the package and return the finished validation, `completed` or `failed`.

        The service answers when it is over, which may take longer than the client waits for an answer:
        `start_validation` and `validation` take any time. Services before December 2025 answer NotFoundError.
        """
        return self._validation("POST", package_id, "validate")

    def start_validation(self, package_id: int) -> Validation:
        """Begin to check the package and return the `running` validation.

        UnsureError means that it may be running; to begin another one does no harm.
        """
        return self._validation("POST", package_id, "validations")

    def validation(self, package_id: int, validation_id: int) -> Validation:
        """Return a validation of the package as it is now."""
        number = checked_id(validation_id, field="validation_id")
        return self._validation("GET", package_id, f"validations/{number}", number=number)

    def validations(
        self,
        package_id: int,
        *,
        status: str = "all",
        sort: str | None = None,
        direction: str | None = None,
        since: datetime | None = None,
        page_size: int = 100,
    ) -> Listed[Validation]:
        """Yield the validations of the package, the newest first unless `sort` (`created`, `updated`) says otherwise.

        `since` leaves out what was not updated since then. A page of `page_size` (1 to 100) is fetched when it is
        needed, so a caller that stops early saves calls.
        """
        query = list_query(status=status, sort=sort, direction=direction, since=since, page_size=page_size)

        def read_all(answer: Answered) -> tuple[Validation, ...]:
            return tuple(self._of_package(one, package_id) for one in read_records(Validation, answer))

        return self._list_part(package_id, "validations", query, read_all=read_all)

    def _validation(self, method: str, package_id: int, part: str, *, number: int | None = None) -> Validation:
        def read(answer: Answered) -> Validation:
            validation = self._of_package(read_record(Validation, answer), package_id)
            if number not in (None, validation.id):
                raise Unreadable("with another Validation than the one asked for")
            return validation

        return self._part(method, package_id, part, read=read)

    def _of_package(self, validation: Validation, package_id: int) -> Validation:
        """Return a validation of this package; raises Unreadable for one of another."""
        if validation.package_id not in (None, package_id):
            raise Unreadable("with a validation of another package")
        self._require_own_address(validation.url, key=package_id, is_part=True)
        return validation


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

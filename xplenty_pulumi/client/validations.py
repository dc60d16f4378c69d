"""Validations: what the service finds when it checks a package."""

from xplenty_pulumi.client.models import Identified, Record
from xplenty_pulumi.client.parsing import Lenient, Moment, Several, Status


class ValidationProblem(Record):
    """One thing that is wrong with a package; that `component_id` says where in the flow is observed only."""

    shown_fields = ("component_id",)

    message: Lenient[str] = None
    component_id: Lenient[str] = None


class Validation(Identified):
    """A check of a package: `running`, then `completed` or `failed` with its `errors`."""

    shown_fields = ("id", "package_id", "status")

    status: Status
    status_message: Lenient[str] = None
    account_id: Lenient[int] = None
    owner_id: Lenient[int] = None
    package_id: Lenient[int] = None
    runtime: Lenient[int | float] = None
    errors: Several[ValidationProblem] = None
    created_at: Lenient[Moment] = None
    updated_at: Lenient[Moment] = None
    url: Lenient[str] = None

"""What the account has subscribed to, and what the plans allow; read only."""

from functools import partial

from xplenty_pulumi.client.calls import Call, Caller
from xplenty_pulumi.client.outcomes import Request
from xplenty_pulumi.client.parsing import read_record, read_records
from xplenty_pulumi.client.plan_models import Plan, Subscription
from xplenty_pulumi.client.retry import CallKind

_read_plans = partial(read_records, Plan)
_read_subscription = partial(read_record, Subscription)


class Plans:
    """The plans of an account; every method raises an XplentyError when it can not return what it promises.

    Members of an account may not be allowed to see them (403): they are part of its billing.
    """

    def __init__(self, caller: Caller, *, base: str) -> None:
        self._caller = caller
        self._base = base

    def list(self) -> tuple[Plan, ...]:
        """Return the plans that the account may have."""
        return self._caller.run(Call(CallKind.READ, Request("GET", f"{self._base}/plans"), "plans", _read_plans))

    def subscription(self) -> Subscription:
        """Return which of them it has."""
        request = Request("GET", f"{self._base}/subscription")
        return self._caller.run(Call(CallKind.READ, request, "subscription", _read_subscription))

"""What a later version of the service adds to its records, at any depth."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.support.simulation.program import DECLARED
from xplenty_pulumi.client import Client
from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.compare import differences
from xplenty_pulumi.core.kinds.kind import Change
from xplenty_pulumi.core.kinds.registry import MARKED
from xplenty_pulumi.emulator import Emulator

ACTIONS = [{"script_path": "s3://scripts/setup.sh", "args": ["x"]}, {"script_path": "s3://scripts/more.sh"}]
INPUTS: Mapping[str, Mapping[str, Any]] = {
    **DECLARED,
    "cluster": {"nodes": 2, "bootstrap_actions": ACTIONS},
}
"""Each kind whose record shows objects of its inputs; those of a job run are free."""
FREE = frozenset({"variables", "settings"})
"""Objects whose members are a user's own."""


def with_additions(value: Any) -> Any:
    """Return the value with one more field in each object that is not free."""
    if isinstance(value, list):
        return [with_additions(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: one if name in FREE else with_additions(one) for name, one in value.items()} | {"later": [1]}


@pytest.mark.parametrize("name", MARKED)
def test_what_the_service_adds_is_no_difference(name: str) -> None:
    """Neither in a record nor in what is inside it, so that no update or replacement is planned for it."""
    kind, inputs = MARKED[name], check(MARKED[name], INPUTS[name]).inputs
    sent = {field: value for field, value in inputs.items() if field not in kind.names(Change.LOCAL)}
    with Emulator() as account:
        with Client(api_key=account.api_key, account_id=account.account_id, base_url=account.url) as client:
            calls = getattr(client, kind.collection)
            made = calls.create(kind.body({**sent, **(INPUTS[name]["settings"] if name == "connection" else {})}))
        path = f"{kind.collection}/{made.key}"
        shown = httpx.get(f"{account.url}/{account.account_id}/api/{path}", auth=(account.api_key, "")).json()

    def seen(body: Any) -> list[str]:
        view = kind.view(type(made).model_validate(body), inputs)
        return [one.field for one in differences(kind, sent, view)]

    assert seen(with_additions(shown)) == seen(shown)

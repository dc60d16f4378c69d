"""Secret inputs are masked where a record shows them, and nowhere else."""

from typing import Any

import pytest

from xplenty_pulumi.dynamic.secrets import secret_values, without_secrets
from xplenty_pulumi.dynamic.state import SECRETS
from xplenty_pulumi.redact import Secret

ACTIONS: list[dict[str, Any]] = [
    {"script_path": "s3://b/one.sh", "args": ["--token", "abc"]},
    {"script_path": "s3://b/two.sh"},
]


def test_a_whole_input_is_masked() -> None:
    """All that it holds goes, and nothing else."""
    view = {"description": "abc", "bootstrap_actions": ACTIONS, "name": "abc"}
    seen = without_secrets(view, {**view, SECRETS: ["/bootstrap_actions", "/description"]})
    assert seen == {"description": "***", "bootstrap_actions": "***", "name": "abc"}


def test_an_element_is_masked() -> None:
    """What stands beside it is as clear as the program has it."""
    given = {"bootstrap_actions": ACTIONS, SECRETS: ["/bootstrap_actions/0/args/1"]}
    seen = without_secrets({"bootstrap_actions": ACTIONS}, given)
    assert seen == {"bootstrap_actions": [{**ACTIONS[0], "args": ["--token", "***"]}, ACTIONS[1]]}
    assert secret_values(given) == ["abc"]


def test_two_elements_of_a_list_are_masked_and_no_third() -> None:
    """A mask that is there already makes the list no other one."""
    one = {"script_path": "s3://b/one.sh", "args": ["--token", "abc", "--salt", "xyz"]}
    given = {"bootstrap_actions": [one, {"script_path": "s3://b/two.sh", "args": ["plain", "abc"]}]}
    ways = ["/bootstrap_actions/0/args/1", "/bootstrap_actions/0/args/3", "/bootstrap_actions/1/args/1"]
    seen = without_secrets(given, {**given, SECRETS: ways})["bootstrap_actions"]
    assert [action["args"] for action in seen] == [["--token", "***", "--salt", "***"], ["plain", "***"]]


def test_a_list_in_another_order_is_masked_in_all_items() -> None:
    """Which of them is the secret one is not known then."""
    seen = without_secrets(
        {"bootstrap_actions": ACTIONS[::-1]}, {"bootstrap_actions": ACTIONS, SECRETS: ["/bootstrap_actions/0/args/1"]}
    )
    assert seen["bootstrap_actions"][1]["args"] == ["***", "***"]


def test_variables_are_masked_in_every_group() -> None:
    """Plain names are those of variables, as earlier versions wrote them; the effective ones repeat them."""
    given = {"variables": {"day": "2026", "path": "x"}, SECRETS: ["day"]}
    view = {**given, "effective_variables": {"day": "2026", "own": "2026"}, "created_at": "2026-11-29T10:00:00Z"}
    seen = without_secrets(view, given)
    assert (seen["variables"], seen["effective_variables"]) == (
        {"day": "***", "path": "x"},
        {"day": "***", "own": "2026"},
    )
    assert seen["created_at"] == "2026-11-29T10:00:00Z"


def test_all_variables_are_masked_where_the_mapping_is_secret() -> None:
    """Of the effective ones those that were given."""
    given = {"variables": {"day": "2026"}, SECRETS: ["*"]}
    seen = without_secrets({"variables": {"day": "2026"}, "effective_variables": {"day": "2026", "own": "1"}}, given)
    assert seen == {"variables": "***", "effective_variables": {"day": "***", "own": "1"}}


def test_the_service_repeats_an_input_elsewhere() -> None:
    """A run shows its package's name in the package, and the id of its cluster in the cluster."""
    given = {"package": "sales", "cluster_id": "501", SECRETS: ["/cluster_id", "/package"]}
    seen = without_secrets({"package": {"id": 101, "name": "sales"}, "cluster": {"id": 501}, "cluster_id": 501}, given)
    assert seen == {"package": "***", "cluster": {"id": "***"}, "cluster_id": "***"}


@pytest.mark.parametrize("field", ["errors", "log_summary", "message"])
def test_texts_of_the_service_are_searched(field: str) -> None:
    """They may repeat any value, and the process's own key."""
    given = {"description": "hush hush", SECRETS: ["/description"]}
    told = {"body": "it read hush hush with key-0123", "id": 7}
    seen = without_secrets({field: told}, given, known=[Secret("key-0123")])
    assert seen == {field: {"body": "it read *** with ***", "id": 7}}


def test_all_else_is_not_searched() -> None:
    """What happens to be equal to a secret stays, since only its place tells a secret."""
    given = {"variables": {"a": "failed", "b": "https"}, SECRETS: ["a", "b"]}
    view = {"status": "failed", "url": "https://api.example.test/jobs/1", "outputs": [{"name": "failed"}]}
    assert without_secrets(view, given) == view

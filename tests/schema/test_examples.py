"""The answers that the documentation shows, in our own values and with their oddities, fit the description."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.openapi import load_document, tighten
from tests.support.openapi_contract import Contract

EXAMPLES = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("examples/*")
}
OF_A_TYPE = {
    *("create-connection", "delete-connection", "get-connection", "list-connections", "test-connection-failed"),
    "update-connection",
}
"""Answers with fields that depend on a type."""
HEADERS = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4999", "Content-Type": "application/vnd.xplenty+json"}


@pytest.fixture(scope="module")
def known() -> Contract:
    """Return the description with known values and fields only, though published examples may lack expected fields."""
    return Contract(tighten(load_document(), complete=False))


def answer_problems(contract: Contract, example: Any, answer: Any) -> list[str]:
    body = json.dumps(answer).encode() if "answer" in example else b""
    call = (example["method"], example["path"])
    return contract.response_problems(*call, status=example["status"], headers=HEADERS, body=body)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_answer_fits(known: Contract, name: str) -> None:
    """The answer fits the description of its call and status, and no field of it is left undescribed."""
    assert answer_problems(known, EXAMPLES[name], EXAMPLES[name].get("answer")) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_request_fits(known: Contract, name: str) -> None:
    """The parameters and the body fit the description of their call."""
    example = EXAMPLES[name]
    query, body = example.get("query", {}), example.get("request")
    assert known.request_problems(example["method"], example["path"], query=query, body=body) == []


def test_every_call_has_an_example(known: Contract) -> None:
    """No call is without an example of its success."""
    found = [known.find(each["method"], each["path"]) for each in EXAMPLES.values() if each["status"] < 400]
    described = {operation.name for entries in known.operations.values() for _, operation in entries}
    assert {operation.name for operation in found if operation is not None} == described


@pytest.mark.parametrize(
    "name", [name for name, each in EXAMPLES.items() if isinstance(each.get("answer"), dict | list)]
)
def test_an_invented_field_is_noticed(known: Contract, name: str) -> None:
    """An example with one field nobody described does not fit, unless its object is free in its names."""
    example = EXAMPLES[name]
    answer = example["answer"]
    spoilt = [{**answer[0], "invented": []}] if isinstance(answer, list) else {**answer, "invented": []}
    free = name.startswith("error-") or name in OF_A_TYPE
    assert bool(answer_problems(known, example, spoilt)) is not free


@pytest.mark.parametrize(
    ("name", "has"),
    [
        ("create-cluster", '"time_to_idol":'),
        ("list-clusters", '"vanila-everest"'),
        ("list-clusters", '"white-everest"'),
        ("list-clusters", '"plan_id": "starter"'),
        ("list-clusters", '"plan_id": 7'),
        ("list-clusters", '"nodes": 0'),
        ("update-cluster", '"terminate_on_idle": 1'),
        ("list-schedules", '"package_id": "97"'),
        ("list-schedules", '"package_id": 98'),
        ("watch-cluster", "+03:00"),
        ("list-jobs", '"failed_at": null'),
        ("list-jobs", '"errors": ""'),
    ],
)
def test_the_oddities_of_the_documentation_are_kept(name: str, has: str) -> None:
    """The examples hold what makes real answers hard to read."""
    assert has in json.dumps(EXAMPLES[name])

"""Requests made up from the description, right ones and wrong ones, never lead the emulator out of it."""

import base64
import copy
import io
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.openapi import load_document, tighten
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator.account import Account
from xplenty_pulumi.emulator.life.seed import Seed
from xplenty_pulumi.emulator.wire.messages import Request

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("schema_watch")]
KEY = "a-key-for-tests"
ACCOUNT_ID = Seed().account_id
HEADERS = {
    "Authorization": f"Basic {base64.b64encode(f'{KEY}:'.encode()).decode()}",
    "Accept": "application/vnd.xplenty+json; version=2",
}
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
RIGHT_CASES, WRONG_CASES = 40, 30
QUICK = settings(
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class InhabitedAccount:
    """An account with two clusters, a completed job, a connection, a hook and a validation, as a WSGI application."""

    def __init__(self) -> None:
        clock = ManualClock()
        self.account = Account(Seed(api_key=KEY), clock=clock)
        ready = self._create("clusters", b'{"nodes": 2}')
        clock.advance(300)
        job = self._create("jobs", b'{"cluster_id": %d, "package_id": 101}' % ready)
        clock.advance(100)
        pending = self._create("clusters", b'{"nodes": 2}')
        settings = b'{"url": "http://127.0.0.1:9/", "basic_auth_data": "YTpi"}'
        hook = self._create("hooks", b'{"type": "web", "events": ["job"], "settings": %s}' % settings)
        validation = self._create("packages/101/validations", b"")
        bucket = self._create("connections/s3", b'{"name": "quay", "username": "quay", "password": "tide"}')
        self.clusters = [ready, pending]
        self.ids = {
            "account_id": ACCOUNT_ID,
            "cluster_id": ready,
            "connection_id": bucket,
            "connection_type": "s3",
            "hook_id": hook,
            "job_id": job,
            "output_id": job * 10,
            "package_id": 101,
            "validation_id": validation,
            "schedule_id": 301,
        }

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        headers["Content-Type"] = environ.get("CONTENT_TYPE", "")
        body: io.BytesIO = environ["wsgi.input"]
        response = self.account.handle(
            Request(
                environ["REQUEST_METHOD"],
                environ["PATH_INFO"].encode("latin-1").decode(),
                environ["QUERY_STRING"],
                headers,
                body.read(int(environ.get("CONTENT_LENGTH") or 0)),
            )
        )
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", list(response.headers.items()))
        return [response.body]

    def _create(self, path: str, body: bytes) -> int:
        request = Request(
            "POST", f"/{ACCOUNT_ID}/api/{path}", "", {**HEADERS, "Content-Type": "application/json"}, body
        )
        return int(self.account.handle(request).json()["id"])


LIKELY: dict[str, dict[str, dict[str, Any]]] = {
    "ClusterCreate": {
        "nodes": {"enum": [1, 2, 3, 20, 500]},
        "region": {"enum": ["gcloud::us-central1", "amazon-web-services::us-east-1", "moon::tycho"]},
        "time_to_idle": {"minimum": -1},
        "master_spot_price": {"minimum": -1},
        "slave_spot_price": {"minimum": -1},
    },
    "ClusterUpdate": {"nodes": {"enum": [1, 2, 3, 20, 500]}, "time_to_idle": {"minimum": -1}},
    "HookSettings": {"url": {"enum": ["http://127.0.0.1:9/", "https://192.0.2.1/a", "ftp://a", "", "http://[::1"]}},
    "NewTask": {"nodes": {"enum": [1, 2, 3, 20, 500]}},
    "ScheduledPackage": {"package_id": {"enum": ["101", "102", 102, "105", "999999"]}},
    "JobRun": {
        "cluster_id": {"enum": InhabitedAccount().clusters},
        "package_id": {"enum": [101, 102, 103, 104, 105, 999_999]},
    },
    "PackageCreate": {
        "source_package_id": {"enum": [101, 105, 999_999]},
        "data_flow_json": {"enum": ["{}", '{"components": [{"id": "a", "fails_validation": "b"}]}', "{"]},
    },
    "PackageUpdate": {"data_flow_json": {"enum": ["{}", '{"components": []}', "{"]}},
}
"""Bounds within which a made-up value has a fair chance to be accepted."""


def description() -> Any:
    """Return the strict form within likely bounds; the key is always sent, so it is left out here."""
    document = copy.deepcopy(tighten(load_document()))
    del document["security"]
    for schema, bounds in LIKELY.items():
        for name, bound in bounds.items():
            document["components"]["schemas"][schema]["properties"][name].update(bound)
    return document


SCHEMA = schemathesis.openapi.from_dict(description())
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)}
HAS_INPUT = [label for label, each in OPERATIONS.items() if each.query or each.body]


def cases(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode) -> st.SearchStrategy[Case[Any]]:
    """Return calls of an operation: on things that exist, and now and then on any number."""
    known = operation.as_strategy(mode, path_parameters=InhabitedAccount().ids)
    return known | known | operation.as_strategy(mode, path_parameters={"account_id": ACCOUNT_ID})


def answer_fits(case: Case[Any]) -> None:
    response = case.call(app=InhabitedAccount(), headers=HEADERS)
    case.validate_response(response, checks=CHECKS)


@pytest.mark.parametrize("label", OPERATIONS)
def test_right_requests_get_described_answers(label: str) -> None:
    """Requests within the description are answered within it."""

    @settings(QUICK, max_examples=RIGHT_CASES)
    @given(cases(OPERATIONS[label], GenerationMode.POSITIVE))
    def run(case: Case[Any]) -> None:
        answer_fits(case)

    run()


@pytest.mark.parametrize("label", HAS_INPUT)
def test_wrong_requests_get_described_answers(label: str) -> None:
    """Requests with parameters or bodies out of bounds are answered within the description all the same."""

    @settings(QUICK, max_examples=WRONG_CASES)
    @given(cases(OPERATIONS[label], GenerationMode.NEGATIVE))
    def run(case: Case[Any]) -> None:
        answer_fits(case)

    run()

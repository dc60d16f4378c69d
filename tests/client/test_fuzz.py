"""Whatever the service answers, a caller gets a value or one of our errors, and soon."""

import json
from collections.abc import Mapping

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.client.http.test_answers import OPERATIONS
from tests.client.test_models import DOCUMENTED_CLUSTER, DOCUMENTED_JOB
from tests.support.faults.script import Script, client_on
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.errors import XplentyError

DEADLINE = 120.0

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["", "1", "1e999", "\ud800"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def mutated_records(draw: st.DrawFn) -> object:
    """A documented record with some fields dropped and some replaced, alone or in a list."""
    record = dict(draw(st.sampled_from([DOCUMENTED_CLUSTER, DOCUMENTED_JOB])))
    for name in draw(st.sets(st.sampled_from(sorted(record)), max_size=4)):
        if draw(st.booleans()):
            del record[name]
        else:
            record[name] = draw(values)
    return draw(st.sampled_from([record, [record], [record, record], {"limits": record}]))


bodies = st.one_of(
    st.binary(max_size=60),
    st.one_of(values, mutated_records()).map(lambda value: json.dumps(value).encode()),
    st.integers(1, 20_000).map(lambda depth: b"[" * depth),
    st.integers(4000, 6000).map(lambda digits: b'{"id": ' + b"9" * digits + b', "status": "idle"}'),
)
lines = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
headers = st.dictionaries(
    st.sampled_from(
        [
            "Retry-After",
            "Link",
            "X-RateLimit-Limit",
            "X-RateLimit-Remaining",
            "X-Request-Id",
            "Date",
            "Content-Encoding",
        ]
    ),
    lines | st.sampled_from(["120", "-1", "Fri, 31 Dec 9999 23:59:59 GMT", "gzip", '<?offset=1>; rel="next"', "nan"]),
)
statuses = st.sampled_from([200, 200, 200, 201, 204, 206]) | st.integers(100, 999)


@settings(max_examples=400, deadline=None)
@given(operation=st.sampled_from(sorted(OPERATIONS)), status=statuses, headers=headers, body=bodies)
def test_any_answer(operation: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """No answer makes a foreign exception leave, keeps a call beyond its deadline, or breaks the text of the error."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers=dict(headers), stream=httpx.ByteStream(body))

    clock = ManualClock()
    script = Script(answer)
    with client_on(script, clock=clock, deadline=DEADLINE) as client:
        told = ""
        try:
            OPERATIONS[operation][1](client)
        except XplentyError as error:
            told = str(error)
    assert told.isprintable()
    assert len(told) < 1500
    assert clock.monotonic() <= DEADLINE
    assert 1 <= script.calls <= 200

"""Packed answers: the limit holds while they are unpacked, and only what was asked for is unpacked at all."""

import gzip
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from tests.client.http.test_wire_faults import answer, says, send
from xplenty_pulumi.client.http.answers import PIECE, Undecodable, unpacked
from xplenty_pulumi.client.http.outcomes import Answered, HttpRequest, Outcome, Unsure
from xplenty_pulumi.client.http.transport import LARGEST_BODY

BODY = b'{"id": 77, "status": "available"}'
MEGABYTE = 1024 * 1024
READ = HttpRequest("GET", "/acme/api/clusters/77")


def zipped(size: int, times: int = 1) -> bytes:
    """So many spaces, packed so many times."""
    data = gzip.compress(b" " * size)
    for _ in range(times - 1):
        data = gzip.compress(data)
    return data


NESTED = zipped(16 * MEGABYTE, times=3)


@contextmanager
def bounded_memory(most: int) -> Iterator[None]:
    """Let what is done within need no more than so many bytes at once."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


def outcome_of(data: bytes, encoding: str) -> Outcome:
    return send(says(answer(data, f"Content-Encoding: {encoding}")), READ)


def test_a_body_that_unpacks_to_ten_times_the_limit() -> None:
    """Of a body that is packed well only the limit is unpacked, in little more memory than that."""
    data = zipped(10 * LARGEST_BODY)
    with bounded_memory(3 * LARGEST_BODY):
        outcome = outcome_of(data, "gzip")
    assert isinstance(outcome, Unsure)
    assert "larger than 10 MiB" in outcome.reason


@pytest.mark.parametrize(
    "encoding", ["gzip, gzip, gzip", "gzip,gzip", "deflate", "br", "gzip, identity", "x-gzip, gzip", "zstd"]
)
def test_other_encodings(encoding: str) -> None:
    """What is packed more than once or in another way is not unpacked at all, however large it would become."""
    with bounded_memory(4 * MEGABYTE):
        outcome = outcome_of(NESTED, encoding)
    assert isinstance(outcome, Unsure)
    assert (outcome.status, outcome.reason) == (200, "the answer is packed in a way that was not asked for")


@pytest.mark.parametrize("encoding", ["identity", "Identity", " "])
def test_not_packed(encoding: str) -> None:
    """A body that says that it is not packed is read as it is."""
    outcome = outcome_of(BODY, encoding)
    assert isinstance(outcome, Answered)


@pytest.mark.parametrize("encoding", ["gzip", "GZIP"])
def test_packed_once(encoding: str) -> None:
    """A body that is packed once is unpacked."""
    outcome = outcome_of(gzip.compress(BODY), encoding)
    assert isinstance(outcome, Answered)
    assert outcome.body == {"id": 77, "status": "available"}


def test_nothing_packed() -> None:
    """An empty body is empty, whatever it says."""
    outcome = outcome_of(b"", "gzip")
    assert isinstance(outcome, Answered)
    assert outcome.body is None


WHOLE = gzip.compress(BODY * 9000)


@pytest.mark.parametrize("step", [1, 7, 1000, len(WHOLE)])
def test_pieces(step: int) -> None:
    """However the packed bytes arrive, the whole comes out, in pieces of at most 64 KiB."""
    pieces = list(unpacked(cut(WHOLE, step), encoding="gzip"))
    assert b"".join(pieces) == BODY * 9000
    assert max(map(len, pieces)) <= PIECE


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (WHOLE[:-1], "not whole"),
        (WHOLE[:20], "not whole"),
        (WHOLE + b"x", "bytes behind"),
        (WHOLE + WHOLE, "bytes behind"),
        (WHOLE[:-8] + b"x" * 8, "not packed as it says"),
        (BODY, "not packed as it says"),
    ],
    ids=["a byte short", "cut", "a byte more", "twice", "wrong sum", "not packed"],
)
@pytest.mark.parametrize("step", [1, 10**6])
def test_what_is_not_one_packed_body(data: bytes, words: str, step: int) -> None:
    """A packed body that is cut, damaged, or followed by anything is none."""
    with pytest.raises(Undecodable, match=words):
        list(unpacked(cut(data, step), encoding="gzip"))


def cut(data: bytes, step: int) -> Iterable[bytes]:
    return [data[start : start + step] for start in range(0, len(data), step)]

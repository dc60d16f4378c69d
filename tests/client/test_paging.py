"""Lists: every item once, no more pages than needed, and an end in every case."""

from collections.abc import Callable

import httpx
import pytest

from tests.support.faults.script import Script, client_on

TOTAL = 250


def record(number: int) -> dict[str, object]:
    return {"id": number, "status": "terminated"}


def page(numbers: range, link: str = "") -> httpx.Response:
    return httpx.Response(200, json=[record(number) for number in numbers], headers={"Link": link} if link else {})


def offset_of(request: httpx.Request) -> int:
    return int(request.url.params["offset"])


def limit_of(request: httpx.Request) -> int:
    return int(request.url.params["limit"])


def plain(request: httpx.Request) -> httpx.Response:
    """A service without Link headers."""
    start = offset_of(request)
    return page(range(start + 1, min(start + limit_of(request), TOTAL) + 1))


def linking(request: httpx.Request) -> httpx.Response:
    """A service with Link headers, next only while there is more."""
    start, limit = offset_of(request), limit_of(request)
    more = f'<https://elsewhere.example/x?offset={start + limit}>; rel="next"' if start + limit < TOTAL else ""
    return page(range(start + 1, min(start + limit, TOTAL) + 1), more)


def always_linking(request: httpx.Request) -> httpx.Response:
    """A service whose last page has a next link too."""
    start, limit = offset_of(request), limit_of(request)
    return page(range(start + 1, min(start + limit, TOTAL) + 1), f'<?offset={start + limit}>; rel="next"')


def documented_arithmetic(request: httpx.Request) -> httpx.Response:
    """A service whose next link is one item further, as in the documented example."""
    start, limit = offset_of(request), limit_of(request)
    more = f'<?offset={start + 1}&limit={limit}>; rel="next"' if start + limit < TOTAL else ""
    return page(range(start + 1, min(start + limit, TOTAL) + 1), more)


def capping(request: httpx.Request) -> httpx.Response:
    """A service that gives at most 20 items, whatever was asked for, and links on."""
    start = offset_of(request)
    more = f'<?offset={start + 20}>; rel="next"' if start + 20 < TOTAL else ""
    return page(range(start + 1, min(start + 20, TOTAL) + 1), more)


@pytest.mark.parametrize(
    ("service", "calls"), [(plain, 3), (linking, 3), (always_linking, 4), (documented_arithmetic, 3), (capping, 13)]
)
def test_all_pages(service: Callable[[httpx.Request], httpx.Response], calls: int) -> None:
    """Every way to page gives every item once, in order."""
    script = Script(service)
    with client_on(script) as client:
        assert [cluster.id for cluster in client.clusters.list()] == list(range(1, TOTAL + 1))
    assert script.calls == calls
    assert {request.url.host for request in script.requests} == {"api.xplenty.com"}


def test_stopping_early() -> None:
    """A caller that stops in the first page costs one call, and one that never starts costs none."""
    script = Script(linking)
    with client_on(script) as client:
        client.clusters.list()
        assert script.calls == 0
        assert next(client.clusters.list()).id == 1
    assert script.calls == 1


def test_page_size() -> None:
    """The page size is what is asked for as limit."""
    script = Script(plain)
    with client_on(script) as client:
        assert len(list(client.jobs.list(page_size=50))) == TOTAL
    assert {limit_of(request) for request in script.requests} == {50}
    assert [offset_of(request) for request in script.requests] == [0, 50, 100, 150, 200, 250]


def test_list_that_grows_meanwhile() -> None:
    """Items pushed onto the next page by a new one are not given twice."""
    script = Script(page(range(1, 101)), page(range(100, 150)))
    with client_on(script) as client:
        assert [package.id for package in client.packages.list()] == list(range(1, 150))


def test_service_that_ignores_the_offset() -> None:
    """The same page again ends the list."""
    script = Script(page(range(1, 101)))
    with client_on(script) as client:
        assert len(list(client.clusters.list())) == 100
    assert script.calls == 2


def test_link_that_goes_round_in_circles() -> None:
    """A next link that leads back ends the list."""
    script = Script(page(range(1, 101), '<?offset=0>; rel="next"'))
    with client_on(script) as client:
        assert len(list(client.clusters.list())) == 100
    assert script.calls == 1


def test_list_without_an_end() -> None:
    """A list that goes on for ever ends after 200 pages."""

    def endless(request: httpx.Request) -> httpx.Response:
        start = offset_of(request)
        return page(range(start + 1, start + 3), f'<?offset={start + 2}>; rel="next"')

    script = Script(endless)
    with client_on(script) as client:
        assert len(list(client.clusters.list(page_size=2))) == 400
    assert script.calls == 200


def test_empty_list() -> None:
    """No items are no error."""
    script = Script(page(range(0)))
    with client_on(script) as client:
        assert list(client.jobs.list()) == []
    assert script.calls == 1


def ends_early(request: httpx.Request) -> httpx.Response:
    """A service whose next link leads back."""
    return page(range(1, 101), '<?offset=0>; rel="next"')


def endless(request: httpx.Request) -> httpx.Response:
    start = offset_of(request)
    return page(range(start + 1, start + 3), f'<?offset={start + 2}>; rel="next"')


def repeating(request: httpx.Request) -> httpx.Response:
    return page(range(1, 101))


@pytest.mark.parametrize("service", [plain, linking, always_linking, documented_arithmetic, capping])
def test_a_whole_list_is_complete(service: Callable[[httpx.Request], httpx.Response]) -> None:
    """A list is known to be complete when it is read to its end, and not before."""
    with client_on(Script(service)) as client:
        listed = client.clusters.list()
        for number in range(TOTAL):
            assert not listed.is_complete or number >= TOTAL - 100
            next(listed)
        assert list(listed) == []
        assert listed.is_complete
        assert client.cut_lists == ()


@pytest.mark.parametrize("service", [ends_early, endless, repeating])
def test_a_list_that_ends_here_is_not_complete(service: Callable[[httpx.Request], httpx.Response]) -> None:
    """What is not in a list that was cut, or that repeats itself, may exist all the same."""
    with client_on(Script(service)) as client:
        listed = client.clusters.list()
        assert len(list(listed)) >= 100
        assert not listed.is_complete
        assert client.within(5).cut_lists == client.cut_lists == ("clusters",)


def test_an_empty_list_is_complete() -> None:
    """No items are all there is."""
    with client_on(Script(page(range(0)))) as client:
        listed = client.jobs.list()
        assert (list(listed), listed.is_complete) == ([], True)

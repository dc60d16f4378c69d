"""Behaviours of a service that is not of one mind, and of a balancer that sends things twice."""

import httpx

from tests.support.core_bench import Behaviour, Exchange


def hiding(number: int) -> Behaviour:
    """Let a list lack the record with this id."""
    return lambda exchange: httpx.Response(200, json=[one for one in exchange.forward().json() if one["id"] != number])


def doubled(exchange: Exchange) -> httpx.Response:
    """Forward the request twice; the second answer is the one that is given."""
    exchange.forward()
    return exchange.forward()


def doubled_late(seconds: float) -> Behaviour:
    """Answer at once, and forward the request a second time `seconds` later."""

    def behave(exchange: Exchange) -> httpx.Response:
        exchange.postpone(seconds)
        return exchange.forward()

    return behave

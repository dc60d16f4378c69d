"""Broken answers break in the same way without a socket and on one."""

import pytest

from tests.support.faults.sockets import RawServer, SkippingClock, serving
from tests.support.faults.transport import in_process
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.client.http.address import Address, parse_address
from xplenty_pulumi.client.http.outcomes import HttpRequest, NotSent, Outcome, Unsure
from xplenty_pulumi.client.http.transport import Transport
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Breakage, Effect, Emulator, FaultRule, Faults, Seed, lost
from xplenty_pulumi.redact import Secret

KEY = "key-of-the-fronts"
UNSENT = {
    Breakage.NO_SUCH_HOST,
    Breakage.REFUSED,
    Breakage.NO_CONNECTION,
    Breakage.BAD_CERTIFICATE,
    Breakage.NO_FREE_CONNECTION,
}


def broken(how: Breakage) -> Emulator:
    """Return an account on which every call breaks so."""
    effect = Effect.UNSENT if how in UNSENT else Effect.DONE
    return Emulator(Seed(api_key=KEY), gates=[Faults(FaultRule("* *", lost(how, effect)))])


def ask(transport: Transport) -> Outcome:
    try:
        return transport.send(HttpRequest("GET", "/emulated-account/api/clusters"), timeout=1.0)
    finally:
        transport.close()


@pytest.mark.parametrize("how", Breakage)
def test_without_a_socket(how: Breakage, schema_watch: SchemaWatch) -> None:
    """What never left is not sent, and everything else is unsure, as the client sees it."""
    schema_watch.look_away()
    clock = ManualClock()
    front = in_process(broken(how).account, clock)
    outcome = ask(Transport(Address("http", "127.0.0.1"), Secret(KEY), clock=clock, http=front))
    assert isinstance(outcome, NotSent if how in UNSENT else Unsure)


@pytest.mark.parametrize("how", [one for one in Breakage if one not in UNSENT])
def test_on_a_socket(how: Breakage, schema_watch: SchemaWatch) -> None:
    """The same breakage of a real connection is unsure too."""
    schema_watch.look_away()
    with RawServer(serving(broken(how).account)) as server:
        transport = Transport(parse_address(server.url), Secret(KEY), clock=SkippingClock(), read_timeout=0.3)
        assert isinstance(ask(transport), Unsure)

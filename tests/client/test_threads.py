"""One client, many threads."""

import threading
from concurrent.futures import ThreadPoolExecutor

from tests.support.faults.sockets import RawServer, ServedConnection
from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.connection import MOST_CONNECTIONS
from xplenty_pulumi.clock import ManualClock

BODY = b'{"id": 7, "status": "available"}'


class Crowd:
    """Counts how many connections are open at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = 0
        self.most = 0

    def __call__(self, connection: ServedConnection) -> None:
        with self._lock:
            self._open += 1
            self.most = max(self.most, self._open)
        connection.read_request()
        connection.drip(b"H", pause=0.02)
        with self._lock:
            self._open -= 1
        connection.send(b"TTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY)


def test_number_of_connections() -> None:
    """Sixteen threads together open no more connections than the pool allows, and all get their answers."""
    crowd = Crowd()
    with (
        RawServer(crowd) as server,
        Client(api_key="a-key", account_id="acme", base_url=server.url, clock=ManualClock()) as client,
        ThreadPoolExecutor(16) as threads,
    ):
        found = list(threads.map(lambda _: client.clusters.get(7).id, range(64)))
    assert found == [7] * 64
    assert 2 <= crowd.most <= MOST_CONNECTIONS

"""Counting the connections of a server."""

import socket
import sys
from contextlib import ExitStack

import pytest

from benchmarks.sockets import Peak, established
from tests.support.engine.ran import eventually

TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   1: 0100007F:1F90 0100007F:A0B0 01 00000000:00000000 00:00000000 00000000     0        0 2 1
   2: 0100007F:A0B0 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 3 1
   3: 0100007F:1F90 0100007F:A0B2 06 00000000:00000000 00:00000000 00000000     0        0 0 3
   4: 0100007F:1F91 0100007F:A0B4 01 00000000:00000000 00:00000000 00000000     0        0 4 1
"""


def test_only_open_connections_to_the_port_count() -> None:
    """The listening socket, the client's end, what is closed already and other ports do not count."""
    assert established(8080, TABLE) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps /proc/net/tcp")
def test_peak_is_remembered() -> None:
    """The most connections at once are told also after they are closed."""
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as clients:
        port = server.getsockname()[1]
        with Peak(port) as peak:
            for _ in range(3):
                clients.enter_context(socket.create_connection(("127.0.0.1", port)))
                clients.enter_context(server.accept()[0])
            eventually(lambda: peak.value == 3 or None, seconds=20)
            clients.close()
        assert peak.value == 3

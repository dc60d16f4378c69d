"""Keeps the keys of the test stacks' secrets as a HashiCorp Vault does, but for anybody and without encrypting them.

From a passphrase the engine derives the key of a stack anew in each operation, in a million rounds, which takes more of
a processor than all else that it does. It is started with no words, prints its address, and ends when its stdin does.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_MARK = "vault:v1:"


class _Vault(BaseHTTPRequestHandler):
    """Answers the two calls that the engine makes: to encrypt a key, and to decrypt it."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        """Give back the key in the form that is asked for."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_plain = "plaintext" in asked
        found = {"ciphertext": _MARK + asked["plaintext"]} if is_plain else {"plaintext": _key_of(asked["ciphertext"])}
        text = json.dumps({"data": found}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def _key_of(ciphertext: str) -> str:
    return ciphertext.removeprefix(_MARK)


def main() -> None:
    """Serve until stdin ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Vault) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()

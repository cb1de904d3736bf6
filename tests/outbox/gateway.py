"""A gateway on this machine that answers as it is told to: late, never, twice, half, or with a lie."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Gateway:
    """What it was handed, and how it behaves, by the number or address it goes to (`*`: all)."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self.behaves: dict[str, Any] = {}
        self.url = ""
        self.stopping = threading.Event()

    def takes(self, to: str) -> Any:
        """How it behaves for this number: (status, body), seconds of silence, or a word."""
        return self.behaves.get(to, self.behaves.get("*", (202, b"{}")))


class _Handler(BaseHTTPRequestHandler):
    gateway: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = json.loads(body)
        self.gateway.bodies.append(body)
        self.gateway.asked.append(said)
        self.gateway.paths.append(self.path)
        self.gateway.headers.append(dict(self.headers))
        self._answer(self.gateway.takes(said.get("to") or said.get("message", {}).get("to", "")))

    do_GET = do_POST

    def _answer(self, how: Any) -> None:
        if isinstance(how, (int, float)):
            self.gateway.stopping.wait(how)
            how = (202, b"{}")
        if how == "drops":
            self.close_connection = True
            self.connection.close()
            return
        if how == "dribbles":
            self._dribble()
            return
        half = how == "half"
        status, body = (202, b'{"well": ') if half else how
        self.send_response(status)
        if status in (301, 302, 307):
            self.send_header("Location", self.gateway.url + "/elsewhere")
        self.send_header("Content-Length", str(len(body) + (100 if half else 0)))
        self.end_headers()
        self.wfile.write(body)

    def _dribble(self) -> None:
        for letter in b"HTTP/1.1 202 Accepted\r\nX: " + b"x" * 100:
            if self.gateway.stopping.wait(0.1):
                return
            try:
                self.wfile.write(bytes([letter]))
            except OSError:
                return

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def serving(port: int = 0) -> Iterator[Gateway]:
    """A gateway that listens until the block ends."""
    gateway = Gateway()
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"gateway": gateway}))
    server.daemon_threads = True
    gateway.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        gateway.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()

"""Services on the loopback that take messages, and can be out of order."""

import json
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class Receiver:
    """What a service has taken. While it is `out` it refuses."""

    port: int = 0
    out: bool = False
    asked: int = 0
    taken: list[Any] = field(default_factory=list)

    @property
    def texts(self) -> str:
        """All that came, as one text."""
        return "\n".join(str(one) for one in self.taken)


@contextmanager
def http() -> Iterator[Receiver]:
    """A service that takes JSON by HTTP."""
    receiver = Receiver()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.asked += 1
            if not receiver.out:
                receiver.taken.append(json.loads(body))
            self.send_response(503 if receiver.out else 200)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Hook), receiver):
        yield receiver


@contextmanager
def smtp() -> Iterator[Receiver]:
    """A mail server: what came is a list of (recipients, text)."""
    receiver = Receiver()

    class Mailbox(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say(220)
            to: list[str] = []
            while line := self.rfile.readline().decode().strip():
                verb = line[:4].upper()
                if verb == "RCPT":
                    refused = receiver.out or "nobody" in line
                    to.append(line.split("<")[1].split(">")[0])
                    self._say(550 if refused else 250)
                elif verb == "DATA":
                    self._say(354)
                    lines = list(iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), "."))
                    receiver.taken.append((tuple(to), "\n".join(lines)))
                    self._say(250)
                else:
                    self._say(221 if verb == "QUIT" else 250)

        def _say(self, code: int) -> None:
            self.wfile.write(f"{code} ok\r\n".encode())

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox), receiver):
        yield receiver


@contextmanager
def _serving(server: Any, receiver: Receiver) -> Iterator[None]:
    server.daemon_threads = True
    receiver.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

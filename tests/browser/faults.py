"""A proxy of the test's own between the tablet and the server, with all that goes wrong there.

Faults befall /api/ only, because a person meets a broken page with the eyes; but while it is
"down", nothing comes through at all.
"""

import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any, Final

OURS: Final = '{"error": {"code": "%s", "sentence": "injected"}}'
JSON: Final = "application/json"
HTML: Final = "text/html; charset=utf-8"

REPLIES: Final[dict[str, tuple[int, str, str]]] = {
    "500": (500, HTML, "<h1>Internal Server Error</h1>"),
    "503": (503, HTML, "<h1>Service Unavailable</h1>"),
    "403": (403, HTML, "<h1>Forbidden</h1>"),
    "403 ours": (403, JSON, OURS % "permission.denied"),
    "401": (401, HTML, "<h1>Unauthorized</h1>"),
    "401 ours": (401, JSON, OURS % "sign_in.needed"),
    "redirect": (302, HTML, ""),
    "portal": (200, HTML, "<h1>Welcome to the guest network</h1>"),
    "portal json": (200, JSON, '{"login": "https://portal.example"}'),
}
"""What the server never sees, and what the tablet is told instead."""

FAULTS: Final = (*REPLIES, "slow", "cut before", "cut after", "cut within")
WEATHERS: Final = ("clear", "clear", "down", "down", "storm", "storm", *FAULTS)
"""clear, down, storm (each request meets a fault of its own, or none), or one fault for all."""

HOPS: Final = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Faults(ThreadingHTTPServer):
    """Listens on a free port of the loopback and hands on to the server, as far as it is let."""

    daemon_threads = True

    def __init__(self, server_port: int) -> None:
        super().__init__(("127.0.0.1", 0), Relay)
        self.server_port_behind = server_port
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.lock = threading.Lock()
        self.reset(0)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def reset(self, seed: int | str) -> None:
        """Clear weather, chance anew, counters at nought."""
        with self.lock:
            self.weather = "clear"
            self.chance = Random(seed)  # noqa: S311 - no secret
            self.met: Counter[str] = Counter()

    def fault(self, path: str) -> tuple[str, float]:
        """What befalls a request, and a delay in seconds for a slow one."""
        with self.lock:
            fault = self.weather
            if fault != "down" and not path.startswith("/api/"):
                return "clear", 0
            if fault == "storm":
                fault = self.chance.choice(("clear", *FAULTS))
            self.met[fault] += 1
            return fault, self.chance.triangular(0.3, 3, 0.3)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that the tablet gave up is nothing to report."""


class Relay(BaseHTTPRequestHandler):
    """One connection of the tablet."""

    protocol_version = "HTTP/1.1"
    server: Faults

    def relay(self) -> None:
        """One request: refused, answered, delayed, cut, or simply handed on."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault, delay = self.server.fault(self.path)
        if fault in REPLIES:
            self._reply(*REPLIES[fault])
        elif fault in {"down", "cut before"}:
            self._cut()
        else:
            time.sleep(delay if fault == "slow" else 0)
            self._hand_on(body, fault)

    do_GET = do_HEAD = do_POST = do_PUT = relay  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _reply(self, status: int, kind: str, text: str) -> None:
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/sign-in?next=/")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def _cut(self) -> None:
        self.close_connection = True

    def _hand_on(self, body: bytes, fault: str) -> None:
        behind = HTTPConnection("127.0.0.1", self.server.server_port_behind, timeout=60)
        headers = {key: value for key, value in self.headers.items() if key.lower() not in HOPS}
        try:
            behind.request(self.command, self.path, body or None, headers)
            answer = behind.getresponse()
            data = answer.read()
        except (OSError, HTTPException):
            return self._cut()  # the server is dead, or died over it
        finally:
            behind.close()
        if fault == "cut after":
            return self._cut()
        self.send_response_only(answer.status)
        for key, value in answer.getheaders():
            if key.lower() not in HOPS:
                self.send_header(key, value)
        if answer.status != 304 and self.command != "HEAD":
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if fault == "cut within":
            data = data[: len(data) // 2]
            self._cut()
        self.wfile.write(data)
        return None

"""How much may be sent at once, and how often: one table of sizes, one of rates."""

import math
import time
from typing import Final

from flask import Flask, request, session
from flask_limiter import Limit, Limiter
from flask_limiter.errors import RateLimitExceeded
from werkzeug.wrappers import Response

from inspector.problems import Problem
from inspector.web import problem_answer

MB: Final = 1024 * 1024
FORM: Final = 1 * MB
"""What a form without files may weigh: its longest text is 2,000 characters."""

BODIES: Final = {
    "offline.put_blob": 25 * MB,  # one photo: images.MAX_BYTES
    "offline.ops": 8 * MB,  # 250 entries with the longest notes
    "papers.check": 32 * MB,  # a paper, from a stranger: it is read, not kept
    "imports.create": 8 * MB,  # a spreadsheet: uploads.MOST_BYTES, and a sentence of its own
    "figures.create": 8 * MB,
    "reports.create": 128 * MB,  # twenty photos of a phone
    "side_roads.file_appeal": 128 * MB,
    "unsent.take_in_file": 128 * MB,  # a tablet's week
}
"""Where more than a form comes in, and how much at most. MAX_CONTENT_LENGTH is above all."""

RATES: Final = {
    "reading": "3000/minute",  # a page with photos is a hundred requests
    "writing": "240/minute",
    "drawing": "60/minute",
    "tablet": "9000/minute",  # a day's work in batches and photos, as fast as the line is
    "checking": "60/minute",
    "stranger": "600/minute",
    "proving": "60/minute",  # beside the lockout, which counts what fails (people/lockout.py)
}
"""Each kind of request, counted for each person, and for each address where nobody is signed in:
behind one address may sit a whole branch."""

DRAWING: Final = frozenset(
    {
        "notices.pdf",
        "notices.warning",
        "papers.feedback",
        "ledger.print_",
        "ledger.table",
        "imports.export",
    }
)
"""What may take seconds to draw."""

PROVING: Final = frozenset({"people.sign_in", "people.second_step", "people.password"})
"""Where somebody says who they are; each try costs the time of a slow hash."""

UNCOUNTED: Final = frozenset(
    {"static", "health", "manifest", "launch.service_worker", "launch.offline"}
)
"""What costs nothing; and /health must answer a proxy that asks every second."""


def init_app(app: Flask) -> None:
    """Bound the size of bodies, and count requests. Called first: what reads a form comes later."""
    app.before_request(_bound_the_body)
    if not app.config["RATES"]:
        return
    limiter = Limiter(
        _who,
        default_limits=[Limit(_rate, scope=lambda _: _kind(), shared=True)],
        request_identifier=lambda: request.endpoint or "nowhere",
        storage_uri=app.config["RATE_STORAGE"],
        in_memory_fallback_enabled=True,  # a Redis that is down must not close the house
    )
    limiter.request_filter(lambda: request.endpoint in UNCOUNTED)
    limiter.init_app(app)

    def too_many(_error: RateLimitExceeded) -> Response:
        limit = limiter.current_limit
        seconds = max(1, math.ceil(limit.reset_at - time.time())) if limit else 60
        answer = problem_answer(Problem("rate.exceeded", seconds=seconds))
        answer.headers["Retry-After"] = str(seconds)
        return answer

    app.register_error_handler(RateLimitExceeded, too_many)


def _bound_the_body() -> None:
    own = BODIES.get(request.endpoint or "", FORM)
    above_all = request.max_content_length
    request.max_content_length = own if above_all is None else min(own, above_all)


def _who() -> str:
    # As the cookie says, which only we can sign: a flood must not reach the database.
    return session.get("_user_id") or request.remote_addr or "nobody"


def _rate() -> str:
    return RATES[_kind()]


def _kind() -> str:
    if request.endpoint == "papers.check":
        return "checking"
    if request.endpoint in PROVING and request.method == "POST":
        return "proving"
    if "_user_id" not in session:
        return "stranger"
    if request.path.startswith("/api/"):
        return "tablet"
    if request.endpoint in DRAWING:
        return "drawing"
    return "reading" if request.method in {"GET", "HEAD", "OPTIONS"} else "writing"

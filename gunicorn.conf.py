"""How gunicorn serves Inspector: it reads this by itself when it is started in this folder. What is
said on the command line, or in GUNICORN_CMD_ARGS, comes before it."""

import gc
import re
from typing import Any

from gunicorn.glogging import Logger

worker_class = "gthread"
workers = 4
"""One for each core."""
threads = 4
"""More would only wait for each other: a request computes more than it waits for the database."""
worker_connections = threads
keepalive = 0
# Who waits stands in one queue, and the next free worker serves them. A worker that kept
# connections, or took more than it has threads for, would let some wait while others are idle.


access_log_format = '%(h)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(b)s %(L)s'
"""Neither query nor referrer. Written only with --access-logfile."""


class DiscreetLogger(Logger):  # type: ignore[misc]
    """Leaves out of addresses what lets in whoever has it: the token of a one-time link, or of a
    calendar's."""

    SECRET = re.compile(r"(?<=/)(?=[^/]*[^0-9a-f/-])[\w-]{32,}(?=/|\.ics|$)", re.ASCII)

    def atoms(self, *args: Any) -> dict[str, Any]:
        """What a line of the log is made of."""
        atoms: dict[str, Any] = super().atoms(*args)
        return atoms | {"U": self.SECRET.sub("…", str(atoms["U"]))}


logger_class = DiscreetLogger


def post_worker_init(_worker: Any) -> None:
    """Look less for garbage: a batch of a tablet makes thousands of things and leaves none of them
    in a circle, and to look through all that the application consists of takes 0.14 seconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def post_request(worker: Any, _request: Any, _environ: Any, _response: Any) -> None:
    """Look for garbage once the answer is out: that takes a millisecond. Left until there is much
    of it, it takes forty, inside of some request; and few of those grow old."""
    gc.collect(2 if worker.nr % 200 == 0 else 1)

"""How gunicorn serves Inspector: it reads this by itself when it is started in this folder. What is
said on the command line, or in GUNICORN_CMD_ARGS, comes before it."""

import gc
from typing import Any

worker_class = "gthread"
workers = 4
"""One for each core."""
threads = 4
"""More would only wait for each other: a request computes more than it waits for the database."""
worker_connections = threads
keepalive = 0
# Who waits stands in one queue, and the next free worker serves them. A worker that kept
# connections, or took more than it has threads for, would let some wait while others are idle.


def post_worker_init(_worker: Any) -> None:
    """Leave what the application consists of alone from now on: to look through it for garbage
    takes a seventh of a second each time, and there is none in it."""
    gc.collect()
    gc.freeze()

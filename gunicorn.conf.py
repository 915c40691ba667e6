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
    """Look less for garbage: a batch of a tablet makes thousands of things and leaves none of them
    in a circle, and to look through all that the application consists of takes 0.14 seconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)

"""Work that no request waits for: a request puts it here, and `flask --app inspector work` does it.
The only file that imports huey.

It lies beside the database: in a file next to an SQLite database, in the schema `queue` of a
PostgreSQL database, which any number of workers may share. It is a messenger, not a memory: a
worker can be killed with work in its hands. So what is asked and how far it is stands in a row of
the feature's own, which looks every minute for what was forgotten (`often`).
"""

import logging
import sqlite3
from collections.abc import Callable
from functools import cached_property
from threading import Lock
from typing import Any, cast

import psycopg
from flask import Flask, current_app
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer
from sqlalchemy import URL, make_url

LOCK = 20261124
"""An arbitrary number that nothing else locks: of two who begin at once one makes the tables."""


class Queue:
    """The work of one application. Nothing is opened before the first use, and nothing stays open
    after putting: a process that forks must not share a connection with its children."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._kinds: dict[str, Callable[[str], None]] = {}
        self._often: list[Callable[[], None]] = []
        self._putting = Lock()

    def learn(self, name: str, work: Callable[[str], None]) -> None:
        """Say how `name` is done, given the key that it is put with."""
        self._kinds[name] = work

    def often(self, work: Callable[[], None]) -> None:
        """Have something done when a worker starts, and every minute from then on."""
        self._often.append(work)

    def put(self, name: str, key: str) -> None:
        """Have `name` done with `key`, soon. That the queue cannot be reached is no reason to fail:
        what is asked stands in its row, and is found within a minute of a worker's start."""
        try:
            with self._putting:  # all threads share one connection, and each would close it
                huey, do = self._opened
                try:
                    do(name, key)
                finally:
                    huey.storage.close()  # a connection that failed must not be met again
        except (sqlite3.Error, psycopg.Error):
            logging.getLogger(__name__).exception("the queue cannot be reached")

    def work(self, threads: int) -> None:
        """Do what comes, until the process is told to end: by SIGINT when what is in hand is done,
        by SIGTERM at once."""
        huey, _do = self._opened
        huey.on_startup(name="look")(self._look)
        # Idle, it looks each second: people watch the progress.
        huey.create_consumer(workers=threads, worker_type="thread", max_delay=1.0).run()

    @cached_property
    def _opened(self) -> tuple[Huey, Callable[[str, str], object]]:
        url = make_url(self._app.config["SQLALCHEMY_DATABASE_URI"])
        # What lies in the queue is unpickled: only what we have put there.
        sealed = SignedSerializer(secret=self._app.config["SECRET_KEY"])
        huey = _open(url, name="inspector", results=False, serializer=sealed)

        def do(name: str, key: str) -> None:
            with self._app.app_context():
                self._kinds[name](key)

        huey.periodic_task(crontab(), name="often")(self._look)
        return huey, huey.task()(do)

    def _look(self) -> None:
        with self._app.app_context():
            for work in self._often:
                work()


def queue() -> Queue:
    """The queue of the running application."""
    return cast(Queue, current_app.extensions["queue"])


def _open(url: URL, **settings: Any) -> Huey:
    if url.get_backend_name() == "sqlite":
        assert url.database  # a database in memory has no neighbour
        return SqliteHuey(filename=f"{url.database.removesuffix('.sqlite3')}.queue", **settings)
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))  # until it is closed
        # Asked first: a role that may use the schema need not have the right to make one.
        there = connection.execute("SELECT to_regnamespace('queue') IS NOT NULL").fetchone()
        if there != (True,):
            connection.execute("CREATE SCHEMA queue")
        return PostgresHuey(dsn=dsn, options="-c search_path=queue", **settings)

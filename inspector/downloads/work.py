"""The worker's side: take a download up, make it, say how far it is, put it into the storage.

No transaction is open while papers are read and merged: each sign of life is one statement of its
own, which also says whether the work is still wanted and still ours.
"""

import contextlib
import errno
import logging
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_babel import force_locale
from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from inspector import clock
from inspector.db import after_commit, changed, db
from inspector.downloads import ledger, zipped
from inspector.downloads.cover import CoverSheet, lines_of
from inspector.downloads.lifecycle import SILENT_AFTER, TRIES, Form, Outcome
from inspector.downloads.merged import write_pdf
from inspector.downloads.models import Download
from inspector.downloads.pieces import pieces_of
from inspector.downloads.queries import kept_since
from inspector.downloads.wording import title_of
from inspector.notices.papers.drawing import draw
from inspector.problems import Problem
from inspector.queue import queue
from inspector.storage import storage

MAKE = "downloads.make"
EVERY = 0.5
"""Seconds between two numbers of what is done: people look every other second."""
BEAT = 5.0
"""Seconds between two signs of life, while a long cover sheet is drawn or a gigabyte is written."""


class _Lost(Exception):
    """Called off, deleted, or in other hands: nothing is left to do."""


def make(key: str) -> None:
    """Make the download of that key, unless it is done, not wanted, or in other hands. What goes
    wrong is written into its row, in words."""
    hand = _Hand(uuid.UUID(key))
    if not hand.take():
        return
    try:
        with hand.beating():
            _make(hand)
    except _Lost:
        return
    except Problem as problem:
        hand.fail(problem)
    except Exception as error:
        logging.getLogger(__name__).exception("download %s", key)
        full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
        hand.fail(Problem("download.full" if full else "server.broken"))


def look_for_forgotten() -> None:
    """Put into the queue again what nobody works at; give up what broke off again and again; and
    remove what was kept long enough. Harmless at any time, in any number."""
    now = clock.now()
    broken_off = and_(Download.ended_at.is_(None), Download.beat_at < now - SILENT_AFTER)
    failure = {"code": "download.interrupted", "details": {"tries": TRIES}}
    changed(
        update(Download)
        .where(broken_off, Download.tries >= TRIES)
        .values(outcome=Outcome.FAILED, ended_at=now, failure=failure, claim=None, beat_at=None)
    )
    waits = and_(Download.ended_at.is_(None), Download.beat_at.is_(None))
    forgotten = db.session.scalars(select(Download.id).where(or_(waits, broken_off))).all()
    old = select(Download.id).where(
        Download.asked_at < kept_since(now, current_app.config["DOWNLOAD_DAYS"])
    )
    outworn = db.session.scalars(old).all()
    db.session.rollback()
    for key in forgotten:
        queue().put(MAKE, str(key))
    for key in outworn:
        remove(key)
        db.session.commit()


def remove(key: uuid.UUID) -> None:
    """Delete a download, and its bytes after the commit, unless another one has the same."""
    sha256 = db.session.scalar(
        delete(Download).where(Download.id == key).returning(Download.sha256)
    )
    others = select(Download.id).where(Download.sha256 == sha256)
    if sha256 and db.session.scalar(others.limit(1)) is None:
        stored = storage()
        after_commit(lambda: stored.remove(sha256))


def _make(hand: "_Hand") -> None:
    download = hand.read()
    with tempfile.TemporaryDirectory(prefix="inspector-download-") as folder:
        target = Path(folder) / "download"
        if (filters := ledger.filters_of(download.scope)) is not None:
            with force_locale("zh_CN"):
                parts = ledger.read(filters, download.person, target.parent)
            db.session.rollback()
            hand.total = parts.rows
            ledger.write_pdf(parts, target, hand.step)
        else:
            _gather(hand, download, target)
        hand.step(hand.total, now=True)
        with target.open("rb") as file:
            sha256 = storage().put_file(file)
        hand.finish(sha256, target.stat().st_size)


def _gather(hand: "_Hand", download: Download, target: Path) -> None:
    """The papers of notices, as ZIP or behind a cover sheet."""
    pieces = pieces_of(hand.key)
    with force_locale("zh_CN"):
        form, what = download.form, title_of(download.scope, download.person, "zh_CN")
    asked_by, asked_at = download.person.name, download.asked_at
    db.session.rollback()
    hand.total = len(pieces)

    def cover(pages: Any, length: int) -> tuple[bytes, Any]:
        lines = lines_of(pieces, pages, length)
        sheet = CoverSheet(
            issuer=current_app.config["ISSUER"],
            system_code=hand.key.hex[:12].upper(),
            what=what,
            asked_by=asked_by,
            asked_at=asked_at,
            pages=length + sum(pages),
            lines=lines,
        )
        return draw(sheet), lines

    if form == Form.ZIP:
        zipped.write_zip(pieces, target, hand.step)
    else:
        write_pdf(pieces, cover, target, hand.step)


class _Hand:
    """A worker's hold on a download. Whoever takes it up later, when this one fell silent, takes
    the hold away; then nothing that this one does counts any more."""

    def __init__(self, key: uuid.UUID) -> None:
        self.key = key
        self.total = 0
        self._claim = uuid.uuid4()
        self._next = 0.0

    def take(self) -> bool:
        """Take the download up; False when there is nothing to do."""
        now = clock.now()
        free = or_(Download.beat_at.is_(None), Download.beat_at < now - SILENT_AFTER)
        return changed(
            update(Download)
            .where(Download.id == self.key, Download.ended_at.is_(None), free)
            .where(Download.tries < TRIES)
            .values(claim=self._claim, beat_at=now, tries=Download.tries + 1, done=0)
        )

    def read(self) -> Download:
        """The row. Raises `_Lost` when it is no longer there."""
        download = db.session.get(Download, self.key)
        if download is None:
            raise _Lost
        return download

    @contextlib.contextmanager
    def beating(self) -> Iterator[None]:
        """Show that the process lives, whatever it is busy with."""
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        over = threading.Event()

        def beat() -> None:
            while not over.wait(BEAT):
                with app.app_context(), contextlib.suppress(_Lost, SQLAlchemyError):
                    self._write(beat_at=clock.now())

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def step(self, done: int, *, now: bool = False) -> None:
        """Give a sign of life: so many papers are done. Raises `_Lost` when nobody wants them."""
        if time.monotonic() < self._next and done != self.total and not now:
            return
        self._next = time.monotonic() + EVERY
        self._write(done=done, total=self.total, beat_at=clock.now())

    def finish(self, sha256: str, size: int) -> None:
        """It is made; if nobody wants it any more, its bytes are given up."""
        try:
            self._end(Outcome.READY, sha256=sha256, size=size, done=self.total)
        except _Lost:
            if db.session.scalar(select(Download.id).where(Download.sha256 == sha256)) is None:
                storage().remove(sha256)
            db.session.rollback()
            raise

    def fail(self, problem: Problem) -> None:
        """It cannot be made, and why."""
        db.session.rollback()
        failure = {"code": problem.code, "details": problem.details}
        with contextlib.suppress(_Lost):
            self._end(Outcome.FAILED, failure=failure)

    def _end(self, outcome: Outcome, **values: Any) -> None:
        self._write(outcome=outcome, ended_at=clock.now(), claim=None, beat_at=None, **values)

    def _write(self, **values: Any) -> None:
        ours = update(Download).where(Download.id == self.key, Download.claim == self._claim)
        if not changed(ours.values(**values)):
            raise _Lost

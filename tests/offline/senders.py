"""Tablets that send on their own to a real server, and what must have become of what they sent."""

import base64
import io
import json
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, TypeAlias

from PIL import Image
from sqlalchemy import select

from inspector.db import db
from inspector.offline.models import Operation
from inspector.photos.models import Picture
from inspector.storage import storage
from inspector.visits.models import Answer, Photo
from tests.offline.tablet import Entry, Tablet
from tests.server import Server

SENDER = Path(__file__).with_name("send.py")
STEPS = 400
"""More than are ever sent."""

Receipts: TypeAlias = list[dict[str, Any]]


class Sender:
    """One tablet that sends on its own, and the receipts it got."""

    def __init__(self, tablet: Tablet, server: Server, folder: Path, chance: Random) -> None:
        steps = a_day(tablet, chance)
        self.visit, self.stream = tablet.visit, uuid.UUID(tablet.stream)
        self.entries = {entry["op_id"]: entry for step in steps for entry in step.get("ops", ())}
        cookie = tablet.client.get_cookie("session")
        assert cookie is not None
        folder.mkdir()
        self._receipts, self._errors = folder / "receipts", folder / "errors"
        (folder / "steps").write_text("".join(f"{json.dumps(step)}\n" for step in steps))
        command = [sys.executable, "-I", str(SENDER), f"127.0.0.1:{server.port}", cookie.value]
        with self._errors.open("w") as errors:
            self._process = subprocess.Popen(
                [*command, str(folder / "steps"), str(self._receipts)], stderr=errors
            )

    @property
    def receipts(self) -> Receipts:
        """All so far, but one that is being written."""
        lines = self._receipts.read_text().splitlines(True) if self._receipts.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def assert_sending(self) -> None:
        """It was not refused, and has not come to its end."""
        assert self._process.poll() is None, f"stopped sending: {self._errors.read_text()}"

    def kill(self) -> None:
        """Let it send nothing more."""
        self._process.kill()
        self._process.wait()


class Senders(list[Sender]):
    """All tablets of a test; they end with it."""

    def __init__(self, tablets: Sequence[Tablet], server: Server, folder: Path, chance: Random):
        super().__init__(
            Sender(tablet, server, folder / f"tablet{n}", chance)
            for n, tablet in enumerate(tablets)
        )
        db.session.commit()  # a test that has read of SQLite locks it until then

    def __enter__(self) -> "Senders":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for sender in self:
            sender.kill()

    def wait_for(self, more: int) -> None:
        """Until they have so many receipts more."""
        enough = self._received() + more
        while self._received() < enough:
            for sender in self:
                sender.assert_sending()
            time.sleep(0.01)

    def _received(self) -> int:
        return sum(len(sender.receipts) for sender in self)


def a_day(tablet: Tablet, chance: Random) -> list[dict[str, Any]]:
    """Batches of answers to a few items, and photos, each with bytes of its own."""
    steps: list[dict[str, Any]] = []
    revision = Counter[str]()
    for _ in range(STEPS):
        ops = []
        for item in chance.sample(tablet.items[:12], chance.randrange(1, 6)):
            value = chance.choice(["yes", "no"]) if item.type == "yesno" else "0"
            ops.append(tablet.answer(item.code, value, base=revision[item.code]))
            revision[item.code] += 1
        if chance.random() < 0.5:
            data = noise(chance)
            ops.append(photo := tablet.photo(tablet.items[0].code, data))
            sha256 = photo["payload"]["sha256"]
            steps.append({"photo": base64.b64encode(data).decode(), "sha256": sha256})
        steps.append({"stream": tablet.stream, "ops": ops})
    return steps


def noise(chance: Random) -> bytes:
    """A photo that no other is like."""
    out = io.BytesIO()
    Image.frombytes("RGB", (24, 18), chance.randbytes(24 * 18 * 3)).save(out, "JPEG")
    return out.getvalue()


def assert_received(sender: Sender, receipts: Receipts) -> None:
    """What the receipts name is there, whole and once, and nothing else is there by halves."""
    rows = _kept(sender)
    for receipt in receipts:
        for result in receipt.get("results", ()):
            row = rows[result["op_id"]]
            assert row.said == sender.entries[result["op_id"]]["payload"]
            assert result["status"] == row.result["status"] == "applied"
    photos = [receipt["sha256"] for receipt in receipts if "sha256" in receipt]
    assert len(photos) == len(set(photos))
    for sha256 in photos:
        picture = db.session.get_one(Picture, sha256)
        for name in (picture.jpeg, picture.thumb):
            Image.open(io.BytesIO(storage().get(name))).load()
    _assert_applied_once(sender, [sender.entries[op_id] for op_id in rows])


def _kept(sender: Sender) -> dict[str, Operation]:
    """All entries of its stream, of which none is missing before the last."""
    kept = select(Operation).where(Operation.stream_id == sender.stream).order_by(Operation.seq)
    rows = {str(row.op_id): row for row in db.session.scalars(kept)}
    assert [row.seq for row in rows.values()] == list(range(1, len(rows) + 1))
    return rows


def _assert_applied_once(sender: Sender, kept: list[Entry]) -> None:
    """An answer has as many revisions as entries about it are kept; a photo has one row."""
    times = Counter(e["payload"]["item"] for e in kept if e["kind"] == "answer.set")
    answers = db.session.scalars(select(Answer).where(Answer.visit_id == sender.visit))
    assert {answer.item.code: answer.rev for answer in answers} == times
    taken = sorted(e["payload"]["photo"] for e in kept if e["kind"] == "photo.add")
    photos = db.session.scalars(select(Photo.id).where(Photo.visit_id == sender.visit))
    assert sorted(map(str, photos)) == taken

"""How fast the receiving end is: what bin/bench receive runs and prints as `name value unit`.

Four processes of the real server on PostgreSQL, set as for real; tablets that send batches of 250
answers, each for a visit of its own, and photos of 2 MB. What the tablets send is made before the
clock starts.
"""

import argparse
import hashlib
import io
import json
import os
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier

import flask_migrate
from flask import Flask
from PIL import Image
from sqlalchemy import NullPool, create_engine, make_url, text

from inspector.checklists.models import Checklist, Item, Section, Version
from inspector.db import db, insert_many
from inspector.visits.models import Visit
from tests import cast as make
from tests.cast import MONDAY, Cast
from tests.conftest import POSTGRES, new_app
from tests.server import Server
from tests.signed_in import sign_in_as

ANSWERS = 250
PHOTO_BYTES = 2_000_000
Send = Callable[[HTTPConnection, int], None]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8, help="of each measurement")
    parser.add_argument("--only", default="", help="answers or photos")
    asked = parser.parse_args()
    print(f"load_before {os.getloadavg()[0]:.2f} processes")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for app in an_app(folder):
            server = Server(app, folder, proxied=True)
            server.start()
            try:
                bench = Bench(app, server, asked.seconds)
                if asked.only != "photos":
                    for clients in (1, 8, 64):
                        bench.answers(clients)
                if asked.only != "answers":
                    bench.photos(8)
            finally:
                server.stop()
    print(f"load_after {os.getloadavg()[0]:.2f} processes")


def an_app(folder: Path) -> Iterator[Flask]:
    """The app on a PostgreSQL database of its own, with a checklist of 250 items."""
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = f"bench_{uuid.uuid4().hex}"
    with engine.connect() as server:
        server.execute(text(f"CREATE DATABASE {name}"))
        url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
        app = new_app(url, folder)
        with app.app_context():
            flask_migrate.upgrade()
            make.load_library("offsite")
            make.people_of_the_cast()
            a_long_checklist()
            db.session.commit()
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        server.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def a_long_checklist() -> None:
    """A version of 250 yes-or-no items."""
    checklist = Checklist(code="LONG", kind="onsite")
    version = Version(
        checklist=checklist,
        version="1.0",
        title_zh="长表",
        title_en="Long",
        item_count=ANSWERS,
        total_points=ANSWERS,
        digest="0" * 64,
        published_at=MONDAY,
    )
    section = Section(version=version, position=0, code="ALL", title_zh="全部", title_en="All")
    db.session.add_all([checklist, version, section])
    db.session.flush()
    for n in range(ANSWERS):
        section.items.append(
            Item(
                version_id=version.id,
                position=n,
                code=f"LO-ALL-{n:03}",
                issue="ALL.ANY",
                text_zh="是",
                text_en="Yes",
                type="yesno",
                points=1,
                severity="minor",
                critical=False,
                effect="score",
                na_allowed=True,
                photo_on_fail=False,
                rectify_days=3,
                ref="—",
            )
        )


class Bench:
    """One server and its tablets."""

    def __init__(self, app: Flask, server: Server, seconds: float) -> None:
        self.app, self.server, self.seconds = app, server, seconds
        with app.app_context():
            self.cast = Cast.now()
            self.inspector = self.cast.inspector.id
            client = app.test_client()
            sign_in_as(client, self.cast.inspector)
            cookie = client.get_cookie("session")
            assert cookie is not None
            db.session.remove()
        self.headers = {"Cookie": f"session={cookie.value}", "X-Inspector": "1"}

    def answers(self, clients: int) -> None:
        """Batches of 250 answers, as many as fit into the time."""
        each = max(24, int(self.seconds * 260 / clients))
        tablets = [self._batches(each) for _ in range(clients)]
        headers = {**self.headers, "Content-Type": "application/json"}

        def send(connection: HTTPConnection, tablet: int, n: int) -> None:
            connection.request("POST", "/api/ops", tablets[tablet][n], headers)
            response = connection.getresponse()
            body = response.read()
            assert response.status == 200, body
            assert body.count(b'"applied"') == ANSWERS, body[:500]

        self._measure(f"receive_answers_{clients}", clients, each, send)

    def photos(self, clients: int) -> None:
        """Photos of 2 MB, each another one."""
        each = max(8, int(self.seconds * 130 / clients))
        base = a_photo()
        hashed = hashlib.sha256(base)

        def send(connection: HTTPConnection, tablet: int, n: int) -> None:
            more = b"%d %d" % (tablet, n)  # after the end of the JPEG: another name
            name = hashed.copy()
            name.update(more)
            connection.request("PUT", f"/api/blobs/{name.hexdigest()}", base + more, self.headers)
            response = connection.getresponse()
            body = response.read()
            assert response.status == 200, body

        self._measure(f"receive_photo_{clients}", clients, each, send)

    def _batches(self, number: int) -> list[bytes]:
        """What one tablet sends: batch after batch of one stream, each for another visit."""
        stream, seq, batches = str(uuid.uuid4()), 0, []
        for visit in self._visits(number):
            ops = []
            for n in range(ANSWERS):
                seq += 1
                payload = {"item": f"LO-ALL-{n:03}", "value": "yes", "base": 0}
                ops.append(
                    {
                        "op_id": str(uuid.uuid4()),
                        "stream": stream,
                        "seq": seq,
                        "v": 1,
                        "kind": "answer.set",
                        "visit": str(visit),
                        "payload": payload,
                        "at": "2026-11-23T01:12:00.500Z",
                        "tz": -480,
                        "tpl": "LONG 1.0",
                    }
                )
            body = {"stream": stream, "ops": ops, "sent_at": "2026-11-23T01:12:03.500Z"}
            batches.append(json.dumps(body).encode())
        return batches

    def _visits(self, number: int) -> list[uuid.UUID]:
        with self.app.app_context():
            facts = {
                "branch_id": make.branch("YA0101").id,
                "kind": "onsite",
                "version_id": db.session.query(Version.id).filter_by(title_en="Long").scalar(),
                "inspector_id": self.inspector,
                "planned_on": MONDAY.date(),
                "planned_at": MONDAY,
                "planned_by_id": self.inspector,
            }
            visits = [uuid.uuid4() for _ in range(number)]
            insert_many(Visit, [{"id": key, **facts} for key in visits])
            db.session.commit()
        return visits

    def _measure(
        self, name: str, clients: int, each: int, send: Callable[[HTTPConnection, int, int], None]
    ) -> None:
        """Rate and times of what all tablets send, without what warms the four processes up."""
        first = max(2, 16 // clients)
        barrier = Barrier(clients)
        deadline = [0.0]

        def tablet(number: int) -> list[tuple[float, float]]:
            connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
            for n in range(first):
                send(connection, number, n)
            if barrier.wait() == 0:
                deadline[0] = time.perf_counter() + self.seconds
            barrier.wait()
            times = []
            for n in range(first, each):
                start = time.perf_counter()
                if start > deadline[0]:
                    break
                send(connection, number, n)
                times.append((start, time.perf_counter()))
            return times

        computed = self.server.cpu_seconds
        with ThreadPoolExecutor(clients) as tablets:
            per_tablet = list(tablets.map(tablet, range(clients)))
        computed = self.server.cpu_seconds - computed
        spans = [span for times in per_tablet for span in times]
        # Until the first tablet has nothing more to send: after that it is less than `clients`.
        end = min(times[-1][1] for times in per_tablet)
        start = min(start for start, _end in spans)
        inside = [(s, e) for s, e in spans if e <= end]
        took = sorted((e - s) * 1000 for s, e in inside)
        requests = len(spans) + first * clients
        print(f"{name}_clients_cpu {computed / requests * 1000:.1f} ms_per_request")
        print(f"{name}_clients_rate {len(inside) / (end - start):.1f} per_second")
        print(f"{name}_clients_p50 {statistics.median(took):.1f} ms")
        print(f"{name}_clients_p95 {took[int(len(took) * 0.95)]:.1f} ms", flush=True)


def a_photo() -> bytes:
    """A JPEG of 2 MB as large as tablets send them, 2048 px: soft noise, which compresses badly."""
    noise = random.Random(20261123)  # noqa: S311 - the same picture each time
    small = Image.frombytes("RGB", (1024, 768), noise.randbytes(1024 * 768 * 3))
    picture = small.resize((2048, 1536), Image.Resampling.BICUBIC)
    for quality in range(95, 20, -1):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        if len(out.getvalue()) <= PHOTO_BYTES:
            break
    data = out.getvalue()
    return data + b"\0" * (PHOTO_BYTES - len(data))


if __name__ == "__main__":
    main()

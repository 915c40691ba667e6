"""The server is killed under load, as in a power cut, again and again: what a tablet was answered
with a receipt is there, whole and once."""

import time
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from inspector.db import db
from inspector.storage import Folder, storage
from tests.offline.conftest import TabletOf
from tests.offline.senders import Senders, assert_received
from tests.server import Server

TABLETS, KILLS = 4, 4


@pytest.fixture(autouse=True)
def own_storage(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that nobody else has damaged: other tests do so on purpose."""
    folder = tmp_path / "bytes"
    monkeypatch.setitem(app.config, "STORAGE", str(folder))
    monkeypatch.setitem(app.extensions, "storage", Folder(folder))


@pytest.mark.timeout(300)
def test_what_was_received_outlives_a_server_that_is_killed_under_load(
    app: Flask, tablet_of: TabletOf, tmp_path: Path
) -> None:
    chance = Random(20261128)  # noqa: S311
    server = Server(app, tmp_path, workers=3, threads=4)
    with Senders([tablet_of() for _ in range(TABLETS)], server, tmp_path, chance) as senders:
        for _ in range(KILLS):
            server.start()
            try:
                senders.wait_for(chance.randrange(10, 60))
                time.sleep(chance.random() / 20)
            finally:
                server.kill()
            assert_bytes_are_whole()  # before anybody sends them again
    db.session.rollback()
    db.session.expire_all()
    for sender in senders:
        assert_received(sender, sender.receipts)


def assert_bytes_are_whole() -> None:
    """Under each SHA-256 there is what has it."""
    for name in storage().names():
        storage().get(name)  # raises Damaged

"""The whole way, with a worker that is a process of its own: asked, made, killed, taken up."""

import os
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.downloads.models import Download
from inspector.storage import Folder, storage
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.downloads.papers import hashed, issued, listed, unzipped
from tests.downloads.worker import Worker


def the_download() -> Download:
    return db.session.scalars(select(Download)).one()


def test_what_a_killed_worker_had_in_hand_is_taken_up_again_and_made_once(
    app: Flask, cast: Cast, client_of: ClientOf, tmp_path: Path
) -> None:
    notices = issued(cast, 5)
    client = client_of(cast.channel)
    stuck = paper_of(notices[3].pdf_sha256)
    good = stuck.read_bytes()
    stuck.unlink()
    os.mkfifo(stuck)  # whoever reads it waits for ever
    assert client.post("/downloads", data={"of": "filter:open", "form": "zip"}).status_code == 303

    with Worker(app, tmp_path) as first:
        first.until(lambda: the_download().beat_at is not None)
    assert the_download().outcome is None
    assert "正在生成" in client.get("/downloads").text

    stuck.unlink()
    stuck.write_bytes(good)
    the_download().beat_at = clock.now() - timedelta(minutes=1)
    db.session.commit()
    assert "已中断" in client.get("/downloads").text
    with Worker(app, tmp_path) as second:
        second.until(lambda: the_download().outcome is not None)

    download = the_download()
    assert (download.outcome, download.done, download.total) == ("ready", 5, 5)
    assert download.tries == 2
    data = client.get(f"/downloads/{download.id}/file").data
    files = unzipped(data)
    assert (hashed(data), len(data)) == (download.sha256, download.size)
    assert len(files) == 6
    assert [hashed(files[row["文件名"]]) for row in listed(files)] == [
        notice.pdf_sha256 for notice in notices
    ]


def paper_of(sha256: str | None) -> Path:
    """Where a paper lies."""
    assert sha256 is not None
    folder = storage()
    assert isinstance(folder, Folder)
    return folder.root / sha256[:2] / sha256[2:4] / sha256

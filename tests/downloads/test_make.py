"""Making a download: what the ZIP and the merged PDF hold, and what may go wrong on the way."""

import io
from collections.abc import Callable
from datetime import timedelta
from zipfile import ZipFile

import pytest
from flask import Flask
from pypdf import PdfReader
from pypdf.generic import Destination
from sqlalchemy import func, select

from inspector import clock
from inspector.db import db
from inspector.downloads import work, zipped
from inspector.downloads.lifecycle import SILENT_AFTER, TRIES, Form
from inspector.downloads.models import Download, DownloadNotice
from inspector.downloads.queries import notices_of
from inspector.notices.models import Notice
from inspector.people.models import Person
from inspector.storage import storage
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.downloads.papers import hashed, issued, listed, unzipped
from tests.notices.paper import quiet_renderer
from tests.notices.test_warnings import a_warning

OUTLET = "吴起支行胜利路网点"


def asked(by: Person, form: str = "zip", of: str = "filter:all") -> Download:
    """A download that waits."""
    found = notices_of(of, by)
    download = Download.ask(scope=of, form=Form(form), notices=found, by=by, at=clock.now())
    db.session.commit()
    return download


def made(by: Person, form: str = "zip", of: str = "filter:all") -> Download:
    """A download that a worker has taken up, and left."""
    download = asked(by, form, of)
    work.make(str(download.id))
    db.session.refresh(download)
    return download


def bytes_of(download: Download) -> bytes:
    """The file of a download that is ready."""
    assert download.outcome == "ready", download.failure
    assert download.sha256 is not None
    data = storage().get(download.sha256)
    assert len(data) == download.size
    return data


def test_a_zip_holds_each_paper_under_its_number_and_outlet_and_a_list(cast: Cast) -> None:
    notices = issued(cast, 3)
    notices[1].document = {**(notices[1].document or {}), "outlet": '=cmd|"/c calc"!A0'}
    data = bytes_of(made(cast.channel))
    files = unzipped(data)
    assert list(files) == [
        "清单.csv",
        f"〔2026〕1号 {OUTLET}.pdf",
        "〔2026〕2号 =cmd___c calc_!A0.pdf",
        f"〔2026〕3号 {OUTLET}.pdf",
    ]
    assert files["清单.csv"].startswith(b"\xef\xbb\xbf")
    table = listed(files)
    assert [row["SHA-256"] for row in table] == [notice.pdf_sha256 for notice in notices]
    for row in table:
        assert hashed(files[row["文件名"]]) == row["SHA-256"]
    assert (table[0]["下发日期"], table[0]["整改期限"]) == ("2026-11-23", "2026-11-05")
    assert table[1]["网点"] == '\'=cmd|"/c calc"!A0', "no spreadsheet may run it"
    with ZipFile(io.BytesIO(data)) as archive:
        assert all(entry.flag_bits & 0x800 for entry in archive.infolist()), "names are UTF-8"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@A1", " =1", "\t=1", "\r=1", "＝1"])
def test_what_a_spreadsheet_would_run_is_text(cell: str) -> None:
    assert zipped._inert(cell) == f"'{cell}"
    assert zipped._inert("〔2026〕1号") == "〔2026〕1号"


def test_the_same_papers_give_the_same_zip_whoever_asks(cast: Cast) -> None:
    issued(cast, 3)
    first, second = made(cast.channel), made(cast.leader)
    assert first.sha256 == second.sha256


def test_one_pdf_holds_all_pages_behind_a_cover_sheet_that_lists_them(cast: Cast) -> None:
    notices = issued(cast, 5)
    rows.taken_back(notices[3], cast.channel)
    order = rows.a_warning(notices[4], cast.channel, 1)
    order.document = a_warning(doc_seq=1).to_json()
    order.pdf_sha256 = str(notices[0].pdf_sha256)
    db.session.commit()
    with quiet_renderer():
        data = bytes_of(made(cast.channel, "pdf", "quarter:2026Q4"))
    paper = PdfReader(io.BytesIO(data))
    text = "".join(paper.pages[0].extract_text().split())
    # Pages 1, 2, 3, (withdrawn: left out), 2, and the warning order's one.
    assert len(paper.pages) == 1 + 1 + 2 + 3 + 2 + 1
    for seq, page in ((1, 2), (2, 3), (3, 5), (5, 8)):
        assert f"〔2026〕{seq}号" in text
        assert f"{page}" in text
    assert "警〔2026〕1号" in text
    assert "〔2026〕4号" not in text
    assert f"由{cast.channel.name}于" in text
    assert "2026年第4季度" in text
    assert "收录文件5份" in text
    assert "共10页" in text
    for notice in (notices[0], notices[1], notices[2], notices[4]):
        assert str(notice.pdf_sha256) in text
    marks = [(str(m.title), paper.get_destination_page_number(m)) for m in marks_of(paper)]
    assert [page for _title, page in marks] == [1, 2, 4, 7, 9]
    assert marks[4][0].startswith("警〔2026〕1号")


def test_a_cover_sheet_of_several_pages_counts_itself(cast: Cast) -> None:
    issued(cast, 60)
    paper = PdfReader(io.BytesIO(bytes_of(made(cast.channel, "pdf"))))
    first = paper.get_destination_page_number(marks_of(paper)[0]) or 0
    assert first > 1
    assert len(paper.pages) == first + 120
    text = "".join("".join(page.extract_text().split()) for page in paper.pages[:first])
    assert f"连同本清单共{len(paper.pages)}页" in text
    assert "〔2026〕60号" in text


def test_progress_is_a_number_from_the_work_done(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued(cast, 4)
    monkeypatch.setattr(work, "EVERY", 0.0)
    download = asked(cast.channel)
    seen = watched(monkeypatch, lambda: download.done)
    work.make(str(download.id))
    assert seen == [0, 1, 2, 3]
    assert (download.done, download.total) == (4, 4)


@pytest.mark.parametrize("form", ["zip", "pdf"])
def test_what_is_called_off_or_deleted_in_the_middle_ends_there(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    issued(cast, 4)
    monkeypatch.setattr(work, "EVERY", 0.0)
    client = client_of(cast.channel)
    for what, left in (("cancellation", 1), ("deletion", 0)):
        download = asked(cast.channel, form)
        key = str(download.id)
        seen: list[int] = []

        def press(path: str = f"/downloads/{key}/{what}", seen: list[int] = seen) -> int:
            seen.append(client.post(path).status_code if len(seen) == 1 else 0)
            return 0

        with monkeypatch.context() as patch:
            watched(patch, press)
            work.make(key)
        assert seen == [0, 303], "it did not go on"
        assert db.session.scalar(select(func.count()).select_from(Download)) == left
        client.post(f"/downloads/{key}/deletion")
    assert db.session.scalar(select(func.count()).select_from(DownloadNotice)) == 0


@pytest.mark.parametrize(
    ("harm", "said"),
    [("remove", "存储中缺少〔2026〕2号"), ("change", "存储中〔2026〕2号的PDF原件已损坏")],
)
def test_a_paper_that_is_not_there_is_named_and_can_be_tried_again(
    cast: Cast, client_of: ClientOf, harm: str, said: str
) -> None:
    notice = issued(cast, 3)[1]
    good = storage().get(str(notice.pdf_sha256))
    path = storage()._path(str(notice.pdf_sha256))  # type: ignore[attr-defined]
    path.unlink() if harm == "remove" else path.write_bytes(b"%PDF-1.7 rotten")
    download = made(cast.channel)
    client = client_of(cast.channel)
    assert (download.outcome, download.sha256) == ("failed", None)
    assert said in client.get("/downloads").text
    storage().put(good)
    assert client.post(f"/downloads/{download.id}/retry").status_code == 303
    work.make(str(download.id))
    assert len(unzipped(bytes_of(download))) == 4


def test_what_cannot_be_merged_is_named(cast: Cast, client_of: ClientOf) -> None:
    notice = issued(cast, 3)[2]
    notice.pdf_sha256 = storage().put(b"no PDF at all")
    assert made(cast.channel, "pdf").outcome == "failed"
    assert "〔2026〕3号的PDF无法合并" in client_of(cast.channel).get("/downloads").text


def test_what_nobody_works_at_is_found_and_what_breaks_off_again_and_again_is_given_up(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued(cast, 2)
    put: list[str] = []
    monkeypatch.setattr("inspector.queue.Queue.put", lambda _self, _name, key: put.append(key))
    download = asked(cast.channel)
    for _ in range(TRIES):
        work.look_for_forgotten()
        hand = work._Hand(download.id)
        assert hand.take()
        assert not work._Hand(download.id).take(), "it is in other hands"
        work.look_for_forgotten()
        age(download, SILENT_AFTER)
    assert put == [str(download.id)] * TRIES
    work.look_for_forgotten()
    assert len(put) == TRIES
    assert "已中断3次" in client_of(cast.channel).get("/downloads").text
    with pytest.raises(work._Lost):
        hand.step(1, now=True)
    client_of(cast.channel).post(f"/downloads/{download.id}/retry")
    work.make(str(download.id))
    assert len(unzipped(bytes_of(download))) == 3


def test_a_worker_that_fell_silent_cannot_spoil_what_another_makes(cast: Cast) -> None:
    issued(cast, 2)
    download = asked(cast.channel)
    slow, quick = work._Hand(download.id), work._Hand(download.id)
    assert slow.take()
    age(download, SILENT_AFTER)
    assert quick.take()
    with pytest.raises(work._Lost):
        slow.step(2, now=True)
    with pytest.raises(work._Lost):
        slow.finish(storage().put(b"half of it"), 10)
    quick.finish(good := storage().put(b"all of it"), 9)
    db.session.refresh(download)
    assert download.sha256 == good
    assert not storage().has(hashed(b"half of it"))


def test_after_some_days_it_is_gone_with_its_bytes_unless_another_has_the_same(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    issued(cast, 2)
    old, young = made(cast.channel), made(cast.leader)
    sha256 = str(old.sha256)
    for download in (old, young):
        download.asked_at -= timedelta(days=app.config["DOWNLOAD_DAYS"], minutes=1)
        db.session.commit()
        key = download.id
        assert client_of(cast.channel).get(f"/downloads/{key}/file").status_code == 404
        work.look_for_forgotten()
        assert db.session.scalar(select(Download.id).where(Download.id == key)) is None
        assert storage().has(sha256) is (download is old)
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 2


def marks_of(paper: PdfReader) -> list[Destination]:
    """The bookmarks; none has others below it."""
    marks = [mark for mark in paper.outline if isinstance(mark, Destination)]
    assert len(marks) == len(paper.outline)
    return marks


def age(download: Download, by: timedelta) -> None:
    """So much time passes without a sign of life."""
    db.session.refresh(download)
    assert download.beat_at is not None
    download.beat_at -= by + timedelta(seconds=1)
    db.session.commit()


def watched(monkeypatch: pytest.MonkeyPatch, look: Callable[[], int]) -> list[int]:
    """What a look at each reading of a paper shows."""
    seen: list[int] = []
    read = type(storage()).get

    def reading(self: object, sha256: str) -> bytes:
        db.session.rollback()
        db.session.expire_all()
        seen.append(look())
        db.session.rollback()
        return read(self, sha256)  # type: ignore[arg-type]

    monkeypatch.setattr(type(storage()), "get", reading)
    return seen

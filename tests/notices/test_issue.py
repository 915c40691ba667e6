"""Issuing: number, due day, paper and hash, all or nothing (domain.md 3.4)."""

import hashlib
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from inspector.db import db
from inspector.findings.models import Finding
from inspector.history import Event
from inspector.notices import issuing
from inspector.notices.models import DocumentNumber, Notice
from inspector.storage import storage
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.together import at_once, request, statuses


def a_draft(cast: Cast, n: int = 0, kind: str = "offsite") -> Notice:
    """A draft without a photo, on a visit of its own."""
    return rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", kind=kind), n, "draft")


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def text_of(notice: Notice) -> str:
    assert notice.pdf_sha256
    pages = PdfReader(io.BytesIO(storage().get(notice.pdf_sha256))).pages
    return "".join(page.extract_text() for page in pages)


def test_an_issued_notice_has_number_due_day_and_frozen_paper(cast: Cast) -> None:
    notice = make.drafted(cast)
    issuing.issue(notice, by=cast.channel, at=MONDAY)
    assert (notice.stage, notice.number) == ("issued", "〔2026〕1号")
    assert (notice.issued_at, notice.issued_by) == (MONDAY, cast.channel)
    assert notice.due_on == notice.rectification.due_on == date(2026, 11, 24)
    assert notice.rectification.stage == "open"
    text = text_of(notice)
    assert "〔2026〕1号" in text
    assert notice.finding.item_code in text
    trace = db.session.scalars(select(Event).where(Event.subject_id == notice.id)).one()
    assert trace.detail == {"number": "〔2026〕1号", "pdf": notice.pdf_sha256}


@pytest.mark.parametrize(
    ("moment", "due_on", "number"),
    [
        ("2026-11-23 23:30", date(2026, 11, 27), "〔2026〕1号"),
        ("2026-12-31 16:00", date(2027, 1, 4), "〔2027〕1号"),
    ],
)
def test_day_and_year_are_those_at_the_bank(
    cast: Cast, moment: str, due_on: date, number: str
) -> None:
    notice = a_draft(cast)
    assert notice.finding.rectify_days == 3
    issuing.issue(notice, by=cast.channel, at=at(moment))
    assert (notice.due_on, notice.number) == (due_on, number)


def test_numbers_have_no_gap_and_begin_again_each_year(cast: Cast) -> None:
    moments = ("2026-12-30 01:00", "2027-01-02 01:00", "2026-12-31 01:00")
    notices = [a_draft(cast) for _ in moments]
    for notice, moment in zip(notices, moments, strict=True):
        issuing.issue(notice, by=cast.channel, at=at(moment))
        db.session.commit()
    numbers = [notice.number for notice in notices]
    assert numbers == ["〔2026〕1号", "〔2027〕1号", "〔2026〕2号"]


def test_when_the_paper_cannot_be_made_nothing_is_kept_and_the_number_stays_free(
    app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TESTING", False)  # so that a crash is answered as it is live
    visit = rows.a_visit_at(cast, "confirmed")
    photo = rows.a_photo(visit, 0, colour="#123456")
    broken, good = (rows.a_notice_at(cast, visit, n, "draft") for n in (0, 1))
    db.session.commit()
    assert photo.picture
    name = photo.picture.jpeg
    (Path(app.config["STORAGE"]) / name[:2] / name[2:4] / name).write_bytes(b"damaged")

    client = client_of(cast.channel)
    assert client.post(f"/notices/{broken.id}/issuance").status_code == 500
    assert (broken.stage, broken.number, broken.rectification.due_on) == ("draft", None, None)
    assert db.session.scalars(select(DocumentNumber)).all() == []
    assert client.post(f"/notices/{good.id}/issuance").status_code == 303
    assert good.doc_seq == 1


def test_issuing_twice_changes_nothing(cast: Cast, client_of: ClientOf) -> None:
    notice = a_draft(cast)
    client = client_of(cast.channel)
    client.post(f"/notices/{notice.id}/issuance")
    before = (notice.number, notice.pdf_sha256, notice.issued_at, notice.due_on)
    assert client.post(f"/notices/{notice.id}/issuance").status_code == 303
    assert (notice.number, notice.pdf_sha256, notice.issued_at, notice.due_on) == before
    assert db.session.scalars(select(DocumentNumber.last)).all() == [1]


def test_two_issued_at_once_get_numbers_in_a_row(cast: Cast, client_of: ClientOf) -> None:
    notices = [a_draft(cast) for _ in range(2)]
    client = client_of(cast.channel)
    calls = [request(client, f"/notices/{notice.id}/issuance") for notice in notices]
    assert statuses(at_once(*calls)) == [303, 303]
    assert {notice.doc_seq for notice in notices} == {1, 2}


def test_one_issued_twice_at_once_gets_one_number(cast: Cast, client_of: ClientOf) -> None:
    notice = a_draft(cast)
    calls = [request(client_of(cast.channel), f"/notices/{notice.id}/issuance")] * 2
    assert statuses(at_once(*calls)) == [303, 303]
    assert notice.doc_seq == 1
    assert db.session.scalars(select(DocumentNumber.last)).all() == [1]


def test_what_changes_later_does_not_change_the_paper(cast: Cast, client_of: ClientOf) -> None:
    notice = a_draft(cast)
    issuing.issue(notice, by=cast.channel, at=MONDAY)
    client = client_of(cast.channel)
    paper = client.get(f"/notices/{notice.id}/pdf").data
    assert hashlib.sha256(paper).hexdigest() == notice.pdf_sha256
    notice.finding.text_zh = "别的"
    notice.finding.visit.branch.name_zh = "改名网点"
    assert client.get(f"/notices/{notice.id}/pdf").data == paper


def test_a_mystery_notice_tells_neither_who_nor_which_day(cast: Cast) -> None:
    visit = rows.a_visit_at(cast, "published")
    visit.started_at = at("2026-10-17 03:00")
    rows.a_photo(visit, 0, taken_at=at("2026-10-17 03:21"))
    notice = rows.a_notice_at(cast, visit, 0, "draft")
    issuing.issue(notice, by=cast.channel, at=MONDAY)
    said = json.dumps(notice.document, ensure_ascii=False) + text_of(notice)
    assert notice.document
    assert notice.document["visited"] == "2026-10"
    for secret in (cast.shopper.name, cast.shopper.username, "10-17", "10月17日", "03:21", "11:21"):
        assert secret not in said


def test_htmx_gets_the_notice_in_its_new_state(cast: Cast, client_of: ClientOf) -> None:
    notice = a_draft(cast)
    headers = {"HX-Request": "true"}
    html = client_of(cast.channel).post(f"/notices/{notice.id}/issuance", headers=headers).text
    assert f'id="notice-{notice.id}"' in html
    assert str(notice.number) in html
    assert "/issuance" not in html


def test_all_drafts_of_a_visit_are_issued_in_the_order_of_the_checklist(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    for n in (2, 1):
        rows.a_notice_at(cast, visit, n, "draft")
    another = a_draft(cast)
    response = client_of(cast.channel).post("/notices/issuance", data={"visit": str(visit.id)})
    assert (response.status_code, response.location) == (303, f"/visits/{visit.id}")
    rows_found = select(Finding.position, Notice.doc_seq).join(Finding.rectification)
    issued = db.session.execute(
        rows_found.join(Notice).where(Finding.visit_id == visit.id).order_by(Finding.position)
    ).all()
    assert [tuple(row) for row in issued] == [(1, 1), (2, 2)]
    assert another.stage == "draft"


def test_all_drafts_there_are_can_be_issued(cast: Cast, client_of: ClientOf) -> None:
    drafts = [a_draft(cast) for _ in range(2)]
    response = client_of(cast.channel).post("/notices/issuance")
    assert response.location == "/notices?only=to_acknowledge"
    assert {notice.doc_seq for notice in drafts} == {1, 2}
    assert client_of(cast.channel).post("/notices/issuance").status_code == 303


def test_a_visit_that_cannot_be_read_never_means_all(cast: Cast, client_of: ClientOf) -> None:
    notice = a_draft(cast)
    response = client_of(cast.channel).post("/notices/issuance", data={"visit": "nonsense"})
    assert response.status_code == 404
    assert notice.stage == "draft"

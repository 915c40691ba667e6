"""The ledger as a download: all rows, in parts, for nobody but whoever may see them."""

import io
import re

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select

from inspector.db import db
from inspector.downloads import ledger, work
from inspector.downloads.models import Download
from inspector.ledger import queries
from inspector.ledger.filters import Filters
from inspector.people.models import Person
from inspector.storage import storage
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.downloads.test_make import marks_of
from tests.notices.paper import quiet_renderer

ALL = Filters(stage="all", sort="item")
SCOPE = f"ledger:{ALL.text}"


@pytest.fixture(autouse=True)
def _rows(cast: Cast) -> None:
    """Seven rows at one outlet, of which one was corrected on the spot; one at another."""
    visit = rows.a_visit_at(cast, "confirmed")
    for n, stage in enumerate(
        ("draft", "issued", "acknowledged", "reported", "returned", "closed")
    ):
        rows.a_notice_at(cast, visit, n, stage, seq=n + 1)
    rows.on_spot(rows.a_finding(visit, 6), cast.channel)
    elsewhere = rows.a_visit_at(cast, "confirmed", at="YA0102")
    rows.a_notice_at(cast, elsewhere, 7, "issued", seq=80)
    db.session.commit()


def asked(client_of: ClientOf, by: Person, of: str = SCOPE, form: str = "pdf") -> int:
    return client_of(by).post("/downloads", data={"of": of, "form": form}).status_code


def made(client_of: ClientOf, by: Person) -> Download:
    """The one download that this person has, and a worker has made."""
    assert asked(client_of, by) == 303
    download = db.session.scalars(select(Download).where(Download.person_id == by.id)).one()
    with quiet_renderer():
        work.make(str(download.id))
    db.session.refresh(download)
    assert download.outcome == "ready", download.failure
    return download


def paper_of(download: Download) -> PdfReader:
    return PdfReader(io.BytesIO(storage().get(str(download.sha256))))


def text_of(paper: PdfReader) -> list[str]:
    return ["".join(page.extract_text().split()) for page in paper.pages]


@pytest.mark.one_engine
def test_a_long_one_has_all_rows_in_parts(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "ROWS", 3)
    download = made(client_of, cast.channel)
    assert (download.total, download.done) == (8, 8)
    paper = paper_of(download)
    pages = text_of(paper)
    assert [re.findall("共8项，已销号2项|第.部分，共3部分第1页", page) for page in pages] == [
        ["共8项，已销号2项", f"第{n}部分，共3部分第1页"] for n in (1, 2, 3)
    ]
    assert re.findall("〔2026〕[0-9]+号|当场纠正|（待下发）", "".join(pages)) == [
        line.number or {"draft": "（待下发）", "on_spot": "当场纠正"}[line.stage]
        for line in queries.everything(cast.channel, ALL)
    ], "each row, once, in its order"
    marks = [(mark.title, paper.get_destination_page_number(mark)) for mark in marks_of(paper)]
    assert marks == [("1–3", 0), ("4–6", 1), ("7–8", 2)]
    assert paper.metadata is not None
    assert paper.metadata.title == "问题整改台账"


@pytest.mark.one_engine
def test_a_short_one_is_the_paper_that_one_waits_for(cast: Cast, client_of: ClientOf) -> None:
    background = text_of(paper_of(made(client_of, cast.channel)))
    with quiet_renderer():
        at_once = client_of(cast.channel).get(f"/ledger.pdf?{ALL.text}").data
    assert background == text_of(PdfReader(io.BytesIO(at_once)))
    assert "部分，共" not in background[0]


@pytest.mark.one_engine
def test_a_branch_gets_its_own_rows_and_a_file_that_says_what_it_is(
    cast: Cast, client_of: ClientOf
) -> None:
    download = made(client_of, cast.outlet)
    assert download.total == 6, "neither the draft nor another outlet's"
    text = "".join(text_of(paper_of(download)))
    assert make.branch("YA0302").name_zh in text
    assert make.branch("YA0102").name_zh not in text
    assert "待下发" not in text
    client = client_of(cast.outlet)
    assert (
        "问题整改台账" in client.get("/downloads").text or "台账" in client.get("/downloads").text
    )
    answer = client.get(f"/downloads/{download.id}/file")
    assert answer.status_code == 200
    assert "%E5%8F%B0%E8%B4%A6" in answer.headers["Content-Disposition"]


def test_whoever_has_become_somebody_else_gets_it_no_more(
    cast: Cast, client_of: ClientOf, app: Flask
) -> None:
    assert asked(client_of, cast.outlet) == 303
    download = db.session.scalars(select(Download)).one()
    path = f"/downloads/{download.id}/cancellation"
    cast.outlet.branch_id = make.branch("YA0102").id
    db.session.commit()
    assert client_of(cast.outlet).post(path).status_code == 404
    cast.outlet.branch_id = make.branch("YA0302").id
    db.session.commit()
    assert client_of(cast.outlet).post(path).status_code == 303


def test_asked_for_twice_it_is_made_once(cast: Cast, client_of: ClientOf) -> None:
    swapped = "ledger:sort=item&stage=all&kind="
    assert asked(client_of, cast.channel) == asked(client_of, cast.channel, swapped) == 303
    assert db.session.scalar(select(func.count()).select_from(Download)) == 1


@pytest.mark.parametrize(
    ("of", "form", "status"),
    [
        ("ledger:stage=never", "pdf", 404),
        ("ledger:late=x", "pdf", 404),
        (SCOPE, "zip", 404),
        ("ledger:stage=withdrawn", "pdf", 422),
    ],
)
def test_what_there_is_none_of_is_not_made(
    cast: Cast, client_of: ClientOf, of: str, form: str, status: int
) -> None:
    assert asked(client_of, cast.channel, of, form) == status
    assert db.session.scalars(select(Download.id)).all() == []


def test_the_page_offers_what_takes_long_in_the_background(
    cast: Cast, client_of: ClientOf, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(cast.channel)
    query = "stage=all&q=" + make.branch("YA0302").name_zh
    assert "ledger.pdf?" in client.get(f"/ledger?{query}").text
    monkeypatch.setitem(app.config, "LEDGER_PAPER_ROWS", 6)
    page = client.get(f"/ledger?{query}").text
    assert "ledger.pdf?" not in page
    of = re.search(r'name="of" value="([^"]*)"', page)
    assert of
    scope = of[1].replace("&amp;", "&")
    assert asked(client_of, cast.channel, scope) == 303
    download = db.session.scalars(select(Download)).one()
    assert download.total == 7
    assert ledger.filters_of(download.scope) == Filters.of(
        {"stage": "all", "q": make.branch("YA0302").name_zh}
    )

"""Receipt, report and closing form: made by the act they tell of, frozen with their SHA-256; and
the feedback sheet and the ledger, drawn from what is shown."""

import hashlib
from datetime import datetime, timedelta

import pytest
from flask import Flask

from inspector import clock
from inspector.checklists.models import Kind
from inspector.db import db
from inspector.findings.raising import submit
from inspector.notices import issuing
from inspector.notices.models import Notice
from inspector.notices.papers.current import feedback_of, feedback_pdf
from inspector.notices.papers.freezing import papers_of
from inspector.notices.papers.models import Paper
from inspector.notices.papers.receipt import AGREED
from inspector.photos.models import keep
from inspector.storage import storage
from inspector.visits.models import Photo, Practice
from inspector.visits.sheet import Stamp
from inspector.visits.signatures import Signature, facts, sign
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf, CountQueries
from tests.notices.paper import words

pytestmark = pytest.mark.one_engine


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Monday evening at the bank, after all that rows.py writes."""
    at = MONDAY + timedelta(hours=10)
    monkeypatch.setattr(clock, "now", lambda: at)
    return at


def text_of(paper: Paper) -> str:
    """What a frozen paper says; its bytes are those that its SHA-256 names."""
    data = storage().get(paper.pdf_sha256)
    assert hashlib.sha256(data).hexdigest() == paper.pdf_sha256
    return words(data)


def test_each_act_freezes_its_paper(cast: Cast, client_of: ClientOf, noon: datetime) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    notice = rows.a_notice_at(cast, visit, 0, "issued")
    rows.a_photo(visit)
    outlet, channel = client_of(cast.outlet), client_of(cast.channel)
    assert AGREED in outlet.get(f"/notices/{notice.id}").text
    for _ in range(2):  # pressed twice, there is one receipt
        outlet.post(f"/notices/{notice.id}/acknowledgement", data={"post": "duty_leader"})
    outlet.post(f"/notices/{notice.id}/reports", data=make.report_form(cause="没有专人负责"))
    first = notice.rectification.reports[0]
    channel.post(f"/reports/{first.id}/return", data={"remark": "照片看不清"})
    outlet.post(f"/notices/{notice.id}/reports", data=make.report_form())
    second = notice.rectification.reports[1]
    channel.post(f"/reports/{second.id}/closure")

    papers = papers_of(notice)
    rounds = {(kind, n) for kind in ("report", "closing") for n in (1, 2)}
    assert set(papers) == {("receipt", 0)} | rounds
    receipt = text_of(papers["receipt", 0])
    for said in (
        "〔2026〕1号",
        "坐班领导",
        "签收单位吴起支行胜利路网点",
        "签收账号outlet",
        AGREED,
        "按时签收",
    ):
        assert said in receipt
    report = text_of(papers["report", 1])
    for said in (
        "没有专人负责",
        "每周一逐格检查",
        "已全部撤换",
        "整改前1",
        "整改后1",
        "支行复核意见",
    ):
        assert said in report
    assert "退回原因照片看不清" in text_of(papers["closing", 1])
    closed = text_of(papers["closing", 2])
    assert "验收通过，予以销号" in closed
    assert "复查单位中国工商银行延安分行渠道部" in closed
    for person in vars(cast).values():
        assert not any(person.name in text for text in (receipt, report, closed))

    page = outlet.get(f"/notices/{notice.id}").text
    for paper in papers.values():
        assert f"/notices/{notice.id}/papers/{paper.id}" in page
    paper = papers["closing", 2]
    address = f"/notices/{notice.id}/papers/{paper.id}"
    assert client_of(cast.other_outlet).get(address).status_code == 404
    answer = outlet.get(address)
    assert answer.data == storage().get(paper.pdf_sha256)
    assert answer.headers["Content-Disposition"] == 'inline; filename="closing-2026-1-2.pdf"'


def test_an_act_whose_paper_cannot_be_made_does_not_take_place(
    cast: Cast, client_of: ClientOf, noon: datetime, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", kind="offsite"), 0, "issued")
    key = notice.id
    db.session.commit()

    def full(_: bytes) -> str:
        raise OSError("no space left")

    monkeypatch.setattr(storage(), "put", full)
    with pytest.raises(OSError, match="no space"):
        client_of(cast.outlet).post(f"/notices/{key}/acknowledgement", data={"post": "outlet_head"})
    db.session.rollback()
    assert db.session.get_one(Notice, key).acknowledgement is None


def test_a_paper_about_a_mystery_visit_tells_its_month_only(
    cast: Cast, client_of: ClientOf, noon: datetime
) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="mystery")
    notice = rows.a_notice_at(cast, visit, 0, "acknowledged")
    rows.a_photo(visit)
    client_of(cast.outlet).post(f"/notices/{notice.id}/reports", data=make.report_form())
    paper = papers_of(notice)["report", 1]
    text = text_of(paper)
    assert "2026年11月神秘人检查发现" in text
    assert "拍摄时间" not in text
    assert paper.document["case"]["visited"] == "2026-11"


def test_the_feedback_sheet_is_a_draft_until_the_visit_is_confirmed(
    cast: Cast, client_of: ClientOf, noon: datetime
) -> None:
    visit = make.submitted(cast, ("ON-RAK-02",), ("ON-SMP-01",))
    db.session.add(Practice(visit=visit, text="雨天主动撑伞", added_at=MONDAY))
    db.session.flush()
    inspector = client_of(cast.inspector)
    assert f"/visits/{visit.id}/feedback" in inspector.get(f"/visits/{visit.id}").text
    answer = inspector.get(f"/visits/{visit.id}/feedback")
    draft = words(answer.data)
    assert "feedback-YA0302-2026-11-23.pdf" in answer.headers["Content-Disposition"]
    for said in (
        "未经复核",
        "胜利路",
        "宣传资料架",
        "当场纠正",
        "雨天主动撑伞",
        "2项，其中当场纠正1项",
    ):
        assert said in draft
    assert cast.inspector.name not in draft

    client_of(cast.channel).post(f"/visits/{visit.id}/confirmation")
    rack = next(f for f in visit.findings if f.item_code == "ON-RAK-02")
    assert rack.rectification
    assert rack.rectification.notice
    rows.issued(rack.rectification.notice, cast.channel, 7)
    final = feedback_of(visit, on=clock.day(noon))
    assert not final.is_draft
    assert {f.item_code: f.notice for f in final.findings} == {
        "ON-RAK-02": "〔2026〕7号",
        "ON-SMP-01": "",
    }


def test_the_feedback_sheet_tells_what_the_outlet_has_signed_for(
    cast: Cast, noon: datetime
) -> None:
    visit = make.answered(make.a_visit(cast), ("ON-RAK-02",))
    stroke = make.picture_bytes("black")
    picture = keep(stroke, by=cast.inspector, at=MONDAY)
    photo = Photo(
        visit=visit, stage="signature", sha256=picture.sha256, taken_at=MONDAY, added_at=MONDAY
    )
    db.session.add(photo)
    signature = Signature(
        photo=photo, name="王芳", remark="情况属实", refusal="", seen=facts(visit), signed_at=MONDAY
    )
    sign(visit, signature, Stamp(cast.inspector, MONDAY, MONDAY))
    later = next(item for item in visit.version.items if item.code == "ON-RAK-03")
    make.answer(visit, (later.code, "value", "no"))
    make.a_photo(visit, later)
    submit(visit, by=cast.inspector, at=noon)
    db.session.flush()
    db.session.expire(visit, ["photos"])
    doc = feedback_of(visit, on=clock.day(noon))
    assert {f.item_code: f.signed_for for f in doc.findings} == {
        "ON-RAK-02": True,
        "ON-RAK-03": False,
    }
    assert doc.confirmation
    assert doc.confirmation.signature == picture.sha256
    text = words(feedback_pdf(visit, on=clock.day(noon)))
    assert "网点意见情况属实" in text
    assert "签字时未列示" in text
    assert "王芳" not in text


def test_what_was_rejected_is_not_on_the_feedback_sheet(cast: Cast, noon: datetime) -> None:
    visit = make.submitted(cast, ("ON-RAK-02", "ON-RAK-03"))
    visit.findings[0].reject(reason="证据不足", by=cast.channel, at=noon)
    doc = feedback_of(visit, on=clock.day(noon))
    assert [found.item_code for found in doc.findings] == ["ON-RAK-03"]


def test_english_stands_beneath_where_the_bank_wants_it(
    cast: Cast, app: Flask, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", kind="offsite"), 0, "issued")
    monkeypatch.setitem(app.config, "BILINGUAL_PAPER", True)
    paper = issuing.document_of(notice, on=clock.day(noon), seq=1)
    assert (paper.bilingual, paper.requirement_en) == (True, notice.finding.requirement_en)


def test_only_an_on_site_visit_has_a_feedback_sheet(cast: Cast, client_of: ClientOf) -> None:
    for kind in (Kind.OFFSITE, Kind.MYSTERY):
        visit = rows.a_visit_at(cast, "confirmed", kind=kind)
        channel = client_of(cast.channel)
        assert "/feedback" not in channel.get(f"/visits/{visit.id}").text
        assert channel.get(f"/visits/{visit.id}/feedback").status_code == 404


def test_a_paper_sends_no_more_statements_for_more_lines(
    cast: Cast, client_of: ClientOf, noon: datetime, count_queries: CountQueries
) -> None:
    few, many = rows.a_visit_at(cast, "confirmed"), rows.a_visit_at(cast, "confirmed")
    rows.a_notice_at(cast, few, 0, "reported")
    for n in range(5):
        rows.a_notice_at(cast, many, n, "closed", seq=n + 2)
    addresses = [f"/visits/{visit.id}/feedback" for visit in (few, many)]
    addresses += ["/ledger.pdf?stage=to_verify", "/ledger.pdf?stage=closed"]
    channel = client_of(cast.channel)
    db.session.commit()

    def statements(address: str) -> int:
        db.session.expunge_all()  # or what is in memory would not be asked for
        with count_queries() as sent:
            assert channel.get(address).status_code == 200
        return len(sent)

    one_finding, five_findings, one_notice, five_notices = map(statements, addresses)
    assert five_findings == one_finding
    assert five_notices == one_notice

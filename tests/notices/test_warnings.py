"""The warning order: due from the third time on, issued with its notice under a number of its own,
as paper without a warning of the renderer (domain.md 3.8 and 3.10, 8)."""

import hashlib
import re
from datetime import date

import pytest

from inspector.db import db
from inspector.findings.models import Finding
from inspector.notices import repeats, warnings
from inspector.notices.models import DocumentNumber, Notice
from inspector.notices.papers.drawing import draw
from inspector.notices.warning_paper import Time, WarningDocument
from inspector.problems import Problem
from inspector.storage import storage
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.notices.paper import opened, quiet_renderer, words
from tests.notices.test_repeats import confirmed, issued, noon, seen, struck_off

pytestmark = pytest.mark.one_engine


def the_nth(cast: Cast, n: int, *, kind: str = "offsite") -> Finding:
    """A finding confirmed for the n-th time: the first ones issued and struck off."""
    for month in range(2, n + 1):
        day = f"2026-0{month}-02"
        past = confirmed(cast, seen(cast, day, kind=kind, issue="RAK.EXPIRED"))
        rows.issued(notice_of(past), cast.channel, DocumentNumber.next(2026))
        struck_off(cast, past, day)
    return confirmed(cast, seen(cast, "2026-09-01", issue="RAK.EXPIRED"))


def notice_of(finding: Finding) -> Notice:
    assert finding.rectification
    assert finding.rectification.notice
    return finding.rectification.notice


def a_warning(**changes: object) -> WarningDocument:
    """A specimen: the third time, after a notice and a correction on the spot."""
    facts: dict[str, object] = {
        "issuer": "中国工商银行延安分行渠道部",
        "doc_code": "警",
        "doc_year": 2026,
        "doc_seq": 3,
        "system_code": "7KQ2-M9XD",
        "addressee": "吴起支行",
        "outlet": "吴起支行营业部",
        "section": "宣传资料架",
        "item_code": "ON-RAK-02",
        "item_text": "架上已过期、已停售或利率失效的资料品种数（逐格检查）。",
        "requirement": "应为0种；不超过1种得半分",
        "occurrence": 3,
        "look_back": "近一年内",
        "times": (
            Time("2026-03-02", "onsite", "〔2026〕3号", False, date(2026, 3, 4)),
            Time("2026-06", "mystery", "〔2026〕9号", False, date(2026, 6, 20)),
            Time("2026-10-20", "onsite", "〔2026〕17号", False, None),
        ),
        "notice": "〔2026〕17号",
        "issued_on": date(2026, 11, 2),
        "due_on": date(2026, 11, 5),
        "cc": ("分管副行长", "吴起支行行长"),
        "notice_url": "https://inspect.example/notices/7f9c2e1a",
    }
    return WarningDocument(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(("n", "numbers"), [(1, []), (2, []), (3, ["警〔2026〕1号"])])
def test_from_the_third_time_on_one_is_issued_with_the_notice(
    cast: Cast, client_of: ClientOf, n: int, numbers: list[str]
) -> None:
    notice = notice_of(the_nth(cast, n))
    client_of(cast.channel).post(f"/notices/{notice.id}/issuance")
    assert notice.issued_at
    assert [notice.warning.number] * bool(numbers) == numbers if notice.warning else not numbers


def test_issued_together_with_all_the_drafts_of_a_visit(cast: Cast, client_of: ClientOf) -> None:
    finding = the_nth(cast, 3)
    client_of(cast.channel).post("/notices/issuance", data={"visit": str(finding.visit_id)})
    warning = notice_of(finding).warning
    assert warning
    assert hashlib.sha256(storage().get(warning.pdf_sha256)).hexdigest() == warning.pdf_sha256
    text = words(storage().get(warning.pdf_sha256))
    assert "第三次发现" in text
    assert str(notice_of(finding).number) in text
    assert text.count("销号") >= 2


def test_its_numbers_count_apart_from_those_of_notices(cast: Cast, client_of: ClientOf) -> None:
    notice = notice_of(the_nth(cast, 3))
    client_of(cast.channel).post(f"/notices/{notice.id}/issuance")
    assert notice.doc_seq == 3
    assert notice.warning
    assert notice.warning.doc_seq == 1


def test_issuing_twice_makes_one(cast: Cast, client_of: ClientOf) -> None:
    notice = notice_of(the_nth(cast, 3))
    client = client_of(cast.channel)
    for address in ("issuance", "issuance", "warning"):
        assert client.post(f"/notices/{notice.id}/{address}").status_code == 303
    assert notice.warning
    assert notice.warning.doc_seq == 1


def test_before_its_notice_it_is_a_draft_for_the_desk(cast: Cast, client_of: ClientOf) -> None:
    notice = notice_of(the_nth(cast, 3))
    paper = client_of(cast.leader).get(f"/notices/{notice.id}/warning")
    assert "草稿" in words(paper.data)
    assert 'filename="warning-draft.pdf"' in paper.headers["Content-Disposition"]
    with pytest.raises(Problem, match="not_now"):
        warnings.warn(notice, by=cast.channel, at=noon("2026-09-02"))


def test_a_late_visit_makes_it_due_beside_a_notice_that_is_out(
    cast: Cast, client_of: ClientOf
) -> None:
    notice = notice_of(issued(cast, the_nth(cast, 2), "2026-09-02"))
    late = seen(cast, "2026-06-01", corrected_on_spot=True, issue="RAK.EXPIRED")
    confirmed(cast, late, day="2026-09-10")
    assert notice.finding.occurrence == 3
    client = client_of(cast.channel)
    assert "下发警告令" in client.get(f"/notices/{notice.id}").text
    assert client.post(f"/notices/{notice.id}/warning").status_code == 303
    assert notice.warning
    assert "下发警告令</button>" not in client.get(f"/notices/{notice.id}").text
    paper = client_of(cast.subbranch).get(f"/notices/{notice.id}/warning")
    assert "当场纠正" in words(paper.data)


def test_the_leader_finds_all_of_them_under_one_number(cast: Cast, client_of: ClientOf) -> None:
    draft = notice_of(the_nth(cast, 3))
    rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", kind="offsite"), 5, "draft")
    html = client_of(cast.leader).get("/notices?only=warned").text
    assert str(draft.id) in html
    assert len(set(re.findall(r'href="/notices/([0-9a-f-]{36})"', html))) == 1


def test_the_notice_of_a_repeat_says_the_time_and_goes_to_the_head_of_the_sub_branch(
    cast: Cast,
) -> None:
    notice = notice_of(issued(cast, the_nth(cast, 2), "2026-09-02"))
    assert notice.document
    assert notice.document["occurrence"] == 2
    assert notice.document["cc"] == ["吴起支行行长"]
    assert notice.pdf_sha256
    text = words(storage().get(notice.pdf_sha256))
    assert "为近一年内第二次出现" in text
    assert "抄送：吴起支行行长" in text


def test_a_mystery_visit_is_told_by_its_month(cast: Cast, client_of: ClientOf) -> None:
    notice = notice_of(the_nth(cast, 3, kind="mystery"))
    client_of(cast.channel).post(f"/notices/{notice.id}/issuance")
    assert notice.warning
    assert [time["visited"] for time in notice.warning.document["times"]] == [
        "2026-02",
        "2026-03",
        "2026-09-01",
    ]
    with pytest.raises(ValueError, match="month"):
        Time("2026-06-01", "mystery", "", False, None)


def test_the_paper_says_each_time_and_the_renderer_nothing() -> None:
    with quiet_renderer():
        paper = draw(a_warning())
    assert len(opened(paper).pages) == 2
    text = words(paper)
    for said in (
        "警〔2026〕3号",
        "吴起支行：",
        "2026年6月",
        "2026年3月4日销号",
        "抄送：分管副行长",
    ):
        assert said in text
    assert paper == draw(a_warning())


def test_many_times_and_long_words_still_fit(cast: Cast) -> None:
    many = a_warning(times=a_warning().times * 10, item_text="很长的检查项目" * 60)
    with quiet_renderer():
        paper = draw(many)
    assert len(opened(paper).pages) >= 3
    assert WarningDocument.from_json(many.to_json()) == many


def test_a_recount_below_three_leaves_the_issued_one(cast: Cast, client_of: ClientOf) -> None:
    finding = the_nth(cast, 3)
    notice = notice_of(finding)
    client_of(cast.channel).post(f"/notices/{notice.id}/issuance")
    db.session.execute(db.text("UPDATE finding SET issue = 'X' WHERE occurrence = 2"))
    db.session.expire_all()
    repeats.recount(finding.visit.branch, finding.issue, by=None, at=noon("2026-10-01"))
    assert finding.occurrence == 2
    assert notice.warning
    assert not warnings.is_due(notice)

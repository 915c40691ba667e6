"""Search: by number, outlet, item, what was seen, cause, measure and result, in either language."""

import uuid

import pytest

from inspector.db import db
from inspector.findings.models import Finding
from inspector.ledger import queries
from inspector.ledger.filters import Filters
from inspector.notices.models import Notice
from inspector.people.models import Person
from tests import cast as make
from tests import rows
from tests.cast import Cast


@pytest.fixture
def found(cast: Cast) -> dict[str, uuid.UUID]:
    """A notice that is struck off, with words of its own everywhere, and another one."""
    visit = rows.a_visit_at(cast, "confirmed")
    one = rows.a_notice_at(cast, visit, 0, "closed", seq=17)
    other = rows.a_notice_at(
        cast, rows.a_visit_at(cast, "confirmed", at="YA0102"), 1, "issued", seq=171
    )
    finding, report = one.finding, one.rectification.reports[0]
    finding.requirement_zh, finding.requirement_en = "无过期资料", "No expired brochures"
    finding.observed_zh, finding.observed_en = "过期资料三种", "Three expired kinds"
    finding.note, finding.place = "左侧第2格，100%_过期", "大堂东侧"
    report.cause, report.measure, report.result = "换季时未清理", "每周一逐格检查", "已全部撤换"
    other.finding.place = "填单台"
    db.session.flush()
    return {"one": one.id, "other": other.id}


def hits(person: Person, q: str) -> set[uuid.UUID]:
    return {line.key for line in queries.everything(person, Filters(stage="all", q=q))}


def test_a_row_is_found_by_each_of_its_texts(cast: Cast, found: dict[str, uuid.UUID]) -> None:
    one, both = {found["one"]}, set(found.values())
    item = db.session.get_one(Notice, found["one"]).finding.item
    for q, expected in {
        item.text_zh: one,
        item.text_en[:40].upper(): one,
        item.code: one,
        item.section.title_zh: both,
        "无过期": one,
        "期": one,
        "EXPIRED brochures": one,
        "三种": one,
        "第2格": one,
        "大堂东侧": one,
        "未清理": one,
        "逐格": one,
        "撤换": one,
        "过期 撤换": one,
        "过期 填单台": set(),
        "100%_": one,
        "100%x": set(),
        "_": one,
        "〔2026〕17号": one,
        "2026-17": one,
        "17号": one,
        "17": one,
        "2025-17": set(),
        "171": {found["other"]},
        make.branch("YA0302").name_zh: one,
        make.branch("YA0302").name_en.upper(): one,
        make.branch("YA03").name_zh: one,
        "YA": both,
        "没有这样的话": set(),
    }.items():
        assert hits(cast.channel, q) == expected, q


def test_nobody_finds_what_they_may_not_see(cast: Cast, found: dict[str, uuid.UUID]) -> None:
    secret = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", kind="mystery"), 2, "draft")
    secret.finding.note = "也无过期资料"
    db.session.flush()
    assert hits(cast.channel, "无过期") == {found["one"], secret.id}
    assert hits(cast.subbranch, "无过期") == hits(cast.outlet, "无过期") == {found["one"]}
    assert hits(cast.shopper, "无过期") == hits(cast.other_outlet, "无过期") == set()
    for name in (cast.shopper.name, cast.inspector.name):
        assert hits(cast.channel, name) == set(), "people are not searched for"


def test_what_is_removed_is_found_no_more(cast: Cast, found: dict[str, uuid.UUID]) -> None:
    assert hits(cast.channel, "左侧") == {found["one"]}
    line = next(iter(queries.everything(cast.channel, Filters(stage="closed"))))
    db.session.get_one(Finding, line.finding_id).note = ""
    db.session.flush()
    assert hits(cast.channel, "左侧") == set()

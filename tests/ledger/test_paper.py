"""The ledger's paper: what its lines say."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask

from inspector import clock
from inspector.ledger import paper, queries
from inspector.ledger.filters import Filters
from inspector.notices.models import Notice
from inspector.notices.papers.ledger import LedgerDocument
from inspector.people.models import Person
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf


def drawn_from(person: Person, on: date = rows.DUE, stage: str = "all") -> LedgerDocument:
    lines = queries.everything(person, Filters(stage=stage, sort="item"))
    return paper.document_of(lines, scope="全部", on=on)


def test_days_left_are_counted_while_the_branch_is_to_act(cast: Cast) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    stages = ("draft", "issued", "returned", "paused", "reported", "closed")
    at: dict[str, Notice] = {
        stage: rows.a_notice_at(cast, visit, n, stage) for n, stage in enumerate(stages)
    }
    lines = {
        line.item_code: line for line in drawn_from(cast.channel, rows.DUE + timedelta(2)).lines
    }
    said = {stage: lines[notice.finding.item_code] for stage, notice in at.items()}
    assert {stage: line.days_left for stage, line in said.items()} == {
        "draft": None, "issued": -2, "returned": -2,
        "paused": None, "reported": None, "closed": None,
    }  # fmt: skip
    assert [line.stage for line in said.values()] == [
        "待下发", "待签收", "已退回", "申诉中", "待验收", "已销号",
    ]  # fmt: skip
    assert said["closed"].closed_on == clock.day(MONDAY)
    assert {line.responsible for line in said.values()} == {"坐班领导"}


def test_what_is_held_is_said_to_wait_and_a_mystery_visit_has_its_month(cast: Cast) -> None:
    rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", kind="mystery"), 0, "draft")
    rows.a_notice_at(cast, rows.a_visit_at(cast, "published"), 1, "issued")
    lines = drawn_from(cast.channel).lines
    assert [(line.stage, line.visited) for line in lines] == [
        ("待发布", "2026-11"),
        ("待签收", "2026-11"),
    ]
    assert [line.stage for line in drawn_from(cast.outlet).lines] == ["待签收"]


def test_what_was_corrected_on_the_spot_has_that_in_the_place_of_a_number(cast: Cast) -> None:
    visit = rows.a_visit_at(cast, "confirmed")
    rows.on_spot(rows.a_finding(visit), cast.channel)
    rows.a_notice_at(cast, visit, 1, "issued")
    assert {line.notice for line in drawn_from(cast.channel).lines} == {"当场纠正", "〔2026〕2号"}


def test_english_stands_beneath_where_the_bank_wants_it(
    cast: Cast, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", kind="offsite"), 0, "issued")
    assert drawn_from(cast.channel).lines[0].item_text_en == ""
    monkeypatch.setitem(app.config, "BILINGUAL_PAPER", True)
    doc = drawn_from(cast.channel)
    assert doc.bilingual
    assert doc.lines[0].item_text_en == notice.finding.text_en


def test_the_list_of_notices_leads_to_the_same_rows_in_the_ledger(
    cast: Cast, client_of: ClientOf
) -> None:
    rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "issued")
    client = client_of(cast.channel)
    for only, address in (
        ("open", "/ledger"),
        ("all", "/ledger?stage=notices"),
        ("overdue", "/ledger?late=1"),
        ("soon", "/ledger?late=soon"),
        ("bulletin", "/ledger?late=3"),
        ("to_verify", "/ledger?stage=to_verify"),
    ):
        html = client.get(f"/notices?only={only}").text
        link = re.search(r'href="([^"]*)"[^>]*>在台账中查看', html)
        assert link, only
        assert link[1] == address
        assert client.get(address).text.count("<tr") == html.count("<tr"), only

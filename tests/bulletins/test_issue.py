"""Issuing a bulletin of a frozen quarter, with number and paper; and replacing it."""

import io
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from sqlalchemy import select

from inspector import clock
from inspector.bulletins import issuing
from inspector.bulletins.models import Bulletin
from inspector.clock import SHANGHAI
from inspector.db import db
from inspector.history import Event
from inspector.notices.undoing import make_void
from inspector.problems import Problem
from inspector.storage import storage
from tests import rows
from tests.bulletins.test_draft import a_practice
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.notices.paper import words
from tests.scores.quarters import FROZEN_AT, Q3, A, B, a_counted_visit, frozen, the_worked_example

PAGE = "/bulletins/2026Q3"


@pytest.fixture(autouse=True)
def _october(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 12, 10, tzinfo=SHANGHAI))


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The paper is a line of its number: drawing takes a second."""
    monkeypatch.setattr(issuing, "paper", lambda doc: f"%PDF {doc.number}".encode())


def issued(cast: Cast, edition: int = 1, **changes: Any) -> Bulletin:
    facts: dict[str, Any] = {"reason": "", "practices": (), "by": cast.channel, "at": clock.now()}
    made = issuing.issue(Q3, edition=edition, **(facts | changes))
    db.session.flush()
    return made


def refusal(doing: Callable[[], Any]) -> str:
    with pytest.raises(Problem) as problem:
        doing()
    return problem.value.code


@pytest.mark.usefixtures("undrawn")
def test_it_gets_a_number_of_its_own_series_a_record_and_a_paper(cast: Cast) -> None:
    the_worked_example(cast)
    frozen(cast)
    made = issued(cast)
    assert made.number == "通〔2026〕1号"
    assert storage().get(made.pdf_sha256) == "%PDF 通〔2026〕1号".encode()
    event = db.session.scalars(select(Event).where(Event.subject_id == made.id)).one()
    assert (event.verb, event.by_id) == ("issue", cast.channel.id)
    assert event.detail["pdf"] == made.pdf_sha256


@pytest.mark.usefixtures("undrawn")
def test_it_waits_for_the_freeze_and_for_the_channel_department(cast: Cast) -> None:
    the_worked_example(cast)
    assert refusal(lambda: issued(cast)) == "bulletin.unfrozen"
    frozen(cast)
    assert refusal(lambda: issued(cast, by=cast.leader)) == "move.not_yours"


@pytest.mark.usefixtures("undrawn")
def test_pressed_twice_it_is_issued_once(cast: Cast) -> None:
    the_worked_example(cast)
    frozen(cast)
    assert issued(cast) is issued(cast)


@pytest.mark.usefixtures("undrawn")
def test_what_is_issued_does_not_change_with_the_facts(cast: Cast, client_of: ClientOf) -> None:
    visits = the_worked_example(cast)
    frozen(cast)
    issued(cast)
    visits["a1"].score = Decimal("10")
    a_counted_visit(cast, "99", at=B)
    page = client_of(cast.subbranch).get(PAGE).get_data(as_text=True)
    assert "81.21" in page
    assert "草稿" not in page


@pytest.mark.usefixtures("undrawn")
def test_it_is_replaced_only_with_a_reason_and_only_when_a_score_is_different(
    cast: Cast, client_of: ClientOf
) -> None:
    visits = the_worked_example(cast)
    frozen(cast)
    first = issued(cast)
    assert refusal(lambda: issued(cast, 2)) == "reason.needed"
    assert refusal(lambda: issued(cast, 2, reason="更正")) == "bulletin.same"
    visits["b1"].ask_void(reason="走错网点", by=cast.channel, at=FROZEN_AT)
    make_void(visits["b1"], by=cast.leader, at=FROZEN_AT)
    db.session.flush()
    second = issued(cast, 2, reason="走错网点的检查作废")
    assert second.record.replaces == first.number
    (line,) = second.record.adjusted
    assert (line.subbranch, line.was) == ("吴起支行", Decimal("81.205"))
    assert second.record.ranking == first.record.ranking
    page = client_of(cast.outlet).get(PAGE).get_data(as_text=True)
    assert first.number in page
    assert second.number in page
    old = client_of(cast.outlet).get(f"{PAGE}?edition=1").get_data(as_text=True)
    assert "已被替代" in old


@pytest.mark.usefixtures("undrawn")
def test_only_the_chosen_examples_are_told_and_their_photos_open_for_every_branch(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = a_counted_visit(cast, "80", at=B)
    chosen, left = a_practice(visit), a_practice(visit, "不要的")
    photos = [
        rows.a_photo(visit, colour=c, stage="practice", item_id=None, practice_id=p.id)
        for c, p in (("red", chosen), ("blue", left))
    ]
    frozen(cast)
    path = f"{PAGE}/photos/"
    assert client_of(cast.other_outlet).get(path + photos[0].sha256).status_code == 404
    made = issued(cast, practices={chosen.id})
    assert [one.text for one in made.record.examples] == [chosen.text]
    answers = [client_of(cast.other_outlet).get(path + one.sha256) for one in photos]
    assert [one.status_code for one in answers] == [200, 404]


@pytest.mark.one_engine
def test_the_paper_says_what_the_page_says(cast: Cast, client_of: ClientOf) -> None:
    the_worked_example(cast)
    a_counted_visit(cast, "80", at=A)
    frozen(cast)
    answer = client_of(cast.channel).post(f"{PAGE}/issue", data={"edition": "1"})
    assert answer.status_code == 303
    paper = client_of(cast.outlet).get(f"{PAGE}/paper")
    assert paper.mimetype == "application/pdf"
    text = words(paper.data)
    for said in ("通〔2026〕1号", "2026年第三季度", "吴起支行", "得分居前的网点"):
        assert said in text
    assert len(pypdf.PdfReader(io.BytesIO(paper.data)).pages) <= 4

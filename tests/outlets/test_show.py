"""An outlet's page: what it shows, and to whom."""

import re
from datetime import datetime, timedelta

import pytest

from inspector import clock
from inspector.clock import SHANGHAI
from inspector.db import db
from inspector.findings.models import ReportPhoto
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.desk.test_board import NUMBER, rows_of
from tests.population import a_mixed_department
from tests.scores.quarters import A, B, a_counted_visit, frozen, the_worked_example


@pytest.fixture
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 28, 10, tzinfo=SHANGHAI))


def card_of(html: str, name: str) -> str:
    """A box of the page, by its id."""
    _, there, rest = html.partition(f'<section class="card" id="{name}">')
    return rest.partition('<section class="card"')[0] if there else ""


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("who", ["channel", "subbranch", "outlet", "inspector"])
def test_every_number_opens_exactly_the_rows_that_it_counts(
    cast: Cast, client_of: ClientOf, who: str
) -> None:
    a_mixed_department(cast)
    client = client_of(getattr(cast, who))
    numbers = NUMBER.findall(client.get("/outlets/YA0302").text)
    assert len(numbers) == 4
    assert [int(number) for _, number in numbers] == {
        "channel": [10, 3, 3, 1],
        "subbranch": [8, 3, 3, 0],  # drafts are not for them yet
        "outlet": [8, 3, 3, 0],
        "inspector": [4, 0, 3, 0],  # the other visit was a shopper's
    }[who]
    for href, number in numbers:
        assert rows_of(client.get(href.replace("&amp;", "&")).text) == int(number), href


def test_it_lists_what_is_open_what_came_again_and_the_visits(
    cast: Cast, client_of: ClientOf
) -> None:
    a_mixed_department(cast)
    page = client_of(cast.channel).get("/outlets/YA0302").text
    assert rows_of(card_of(page, "open")) == 10
    assert rows_of(card_of(page, "repeats")) == 1
    assert rows_of(card_of(page, "visits")) == 4
    assert "outlets/YA0302?all=1" not in page


def test_of_many_rows_the_first_are_shown_and_all_when_asked(
    cast: Cast, client_of: ClientOf
) -> None:
    for _ in range(12):
        rows.a_visit_at(cast, "confirmed")
    client = client_of(cast.channel)
    assert rows_of(card_of(client.get("/outlets/YA0302").text, "visits")) == 10
    assert rows_of(card_of(client.get("/outlets/YA0302?all=1").text, "visits")) == 12


def test_what_was_put_right_stands_beside_what_was_found(cast: Cast, client_of: ClientOf) -> None:
    notice = make.reported(cast)
    notice.rectification.reports[0].close(remark="", by=cast.channel, at=clock.now())
    db.session.flush()
    for who in (cast.channel, cast.subbranch, cast.outlet, cast.inspector):
        client = client_of(who)
        pair = card_of(client.get("/outlets/YA0302").text, "photos")
        shots = re.findall(r'<img src="([^"]+)"', pair)
        assert [shot.split("/")[1] for shot in shots] == ["notices", "reports"]
        assert {client.get(shot).status_code for shot in shots} == {200}
    assert client_of(cast.colleague).get("/outlets/YA0302").text.count('id="photos"') == 0


@pytest.mark.usefixtures("_november")
def test_scores_stand_quarter_by_quarter_as_frozen_or_as_they_are(
    cast: Cast, client_of: ClientOf
) -> None:
    the_worked_example(cast)
    frozen(cast)
    a_counted_visit(cast, "91.50", on="2026-10-20")
    page = client_of(cast.channel).get("/outlets/YA0302").text
    card = card_of(page, "scores")
    assert re.findall(r'href="(/scores/[^"]+)"', card) == [
        "/scores/2026Q4/YA0302",
        "/scores/2026Q3/YA0302",
    ]
    said = text_of(card)
    assert "76.25" in said  # as frozen
    assert "90.50" in said  # less one for the notice that is late still
    assert "81.21" in said  # the sub-branch
    assert card.count("<svg") == 1
    assert "81.21" in text_of(client_of(cast.subbranch).get("/outlets/YA0302").text)
    own = text_of(client_of(cast.outlet).get("/outlets/YA0302").text)
    assert "76.25" in own
    assert "81.21" not in own


@pytest.mark.usefixtures("_november")
def test_inspectors_are_told_no_scores_and_no_history(cast: Cast, client_of: ClientOf) -> None:
    the_worked_example(cast)
    page = client_of(cast.colleague).get("/outlets/YA0302").text
    assert 'id="scores"' not in page
    assert 'id="history"' not in page
    assert rows_of(card_of(page, "visits")) == 0  # they are Li's


def test_the_desk_reads_all_that_was_done_a_branch_what_was_done_to_its_notices(
    cast: Cast, client_of: ClientOf
) -> None:
    make.acknowledged(cast)
    make.submitted(cast, ("MY-MAT-01",), kind="mystery")
    desk = text_of(card_of(client_of(cast.channel).get("/outlets/YA0302").text, "history"))
    assert "张渠" in desk
    assert "胜利路负责人" in desk
    assert "赵访" not in desk
    assert "神秘人" in desk
    branch = text_of(card_of(client_of(cast.outlet).get("/outlets/YA0302").text, "history"))
    assert "签收" in branch
    for said in ("张渠", "李巡", "神秘人", "提交"):
        assert said not in branch


def test_a_branch_reads_nothing_of_a_mystery_visit_before_its_publication(
    cast: Cast, client_of: ClientOf
) -> None:
    before = client_of(cast.outlet).get("/outlets/YA0302").text
    visit = rows.a_visit_at(cast, "confirmed", kind="mystery")
    rows.a_notice_at(cast, visit, 0, "draft")
    after = client_of(cast.outlet).get("/outlets/YA0302").text
    assert re.sub(r'name="csrf[^>]*', "", after) == re.sub(r'name="csrf[^>]*', "", before)


def test_what_was_at_a_merged_outlet_stands_on_both_pages(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "confirmed", at="YA0301")
    rows.a_notice_at(cast, visit, 0, "issued")
    make.branch("YA0301").merged_into_id = make.branch("YA0302").id
    db.session.flush()
    client = client_of(cast.channel)
    for code in (A, B):
        page = client.get(f"/outlets/{code}").text
        assert rows_of(card_of(page, "open")) == 1, code
        assert rows_of(card_of(page, "visits")) == 1, code


def test_more_rows_need_no_more_statements(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    def statements() -> int:
        client = client_of(cast.channel)
        client.get("/outlets/YA0302")
        with count_queries() as sent:
            client.get("/outlets/YA0302")
        return len(sent)

    def more(first: int, last: int) -> None:
        for n in range(first, last):
            for which, stage in enumerate(("confirmed", "published")):
                visit = rows.a_visit_at(cast, stage, kind="mystery" if which else "onsite")
                visit.started_at = clock.now() - timedelta(days=70 * n)
                notice = rows.a_notice_at(cast, visit, 0, "closed", seq=40 + 2 * n + which)
                notice.finding.occurrence = 2
                make.a_photo(visit, notice.finding.item)
                picture = visit.photos[0].sha256
                report = notice.rectification.reports[0]
                report.photos.append(ReportPhoto(sha256=picture))
                rows.a_notice_at(cast, visit, 1, "reported", seq=80 + 2 * n + which)

    more(0, 2)
    with_some = statements()
    more(2, 6)
    assert statements() == with_some

"""The heat map: what a section lost of its points, and that each number opens its findings."""

import re
from datetime import datetime
from decimal import Decimal

import pytest

from inspector import clock
from inspector.clock import SHANGHAI
from inspector.db import db
from inspector.desk import heatmap
from inspector.findings.raising import submit
from inspector.notices import repeats
from inspector.visits.models import Visit
from tests import cast as make
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.desk.test_board import main_of, rows_of
from tests.scores.quarters import Q3, A, B, a_counted_visit, a_real_visit

LINK = re.compile(r'<a href="(/findings[^"]*)"\s+aria-label="[^"]*, (\d+) 项问题">')


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 28, 10, tzinfo=SHANGHAI))


def percent(found: heatmap.Heat, code: str, section: str) -> float | None:
    """What an outlet or a sub-branch lost."""
    every = [one for line in found.lines for one in (line, *line.outlets)]
    return next(one.cells[section].percent for one in every if one.code == code)


def points_of(visit: Visit, section: str) -> Decimal:
    """What a section has to give on a visit, without what was not applicable."""
    na = {answer.item_id for answer in visit.answers.values() if answer.value == "na"}
    items = [i for i in visit.version.items if i.section.code == section and i.id not in na]
    return sum((i.points for i in items if i.effect != "deduct"), Decimal(0))


def test_a_cell_is_what_was_lost_of_what_there_was(cast: Cast) -> None:
    one = a_real_visit(cast, ("ON-RAK-02", "ON-RAK-03"), at=B)
    two = a_real_visit(cast, ("ON-RAK-02",), at=B, on="2026-09-01")
    other = a_real_visit(cast, (), at=A)
    lost = {visit.id: sum(f.lost for f in visit.findings) for visit in (one, two, other)}
    whole = {visit.id: points_of(visit, "RAK") for visit in (one, two, other)}
    found = heatmap.heat(Q3, "onsite", cast.channel)
    mine = (lost[one.id] + lost[two.id]) / (whole[one.id] + whole[two.id])
    assert percent(found, B, "RAK") == pytest.approx(100 * float(mine))
    assert percent(found, A, "RAK") == 0
    all_ = sum(lost.values()) / sum(whole.values())
    assert percent(found, "YA03", "RAK") == pytest.approx(100 * float(all_))
    assert [line.code for line in found.lines] == ["YA03"]
    assert list(found.sections)[:4] == ["ENV", "FAC", "ACC", "RAK"]


def test_what_is_not_applicable_is_not_among_the_points(cast: Cast) -> None:
    visit = make.a_visit(cast)
    items = [i for i in visit.version.items if i.section.code == "FAC"]
    spare = next(item for item in items if item.na_allowed)
    make.answered(visit, ("ON-FAC-01",))
    next(a for a in visit.answers.values() if a.item_id == spare.id).value = "na"
    visit.started_at = datetime(2026, 8, 10, 2, tzinfo=SHANGHAI)
    db.session.flush()
    submit(visit, by=visit.inspector, at=visit.started_at)
    db.session.flush()
    repeats.confirm_visit(visit, by=cast.channel, at=visit.started_at)
    db.session.flush()
    found = heatmap.heat(Q3, "onsite", cast.channel)
    whole = sum(item.points for item in items if item is not spare)
    assert percent(found, B, "FAC") == pytest.approx(float(100 * visit.findings[0].lost / whole))


def test_behind_a_failed_gate_all_that_follows_is_lost(cast: Cast) -> None:
    visit = make.a_visit(cast)
    gate = next(i for i in visit.version.items if i.effect == "gate")
    section = gate.section.code
    a_real_visit(cast, (gate.code,))
    found = heatmap.heat(Q3, "onsite", cast.channel)
    items = [i for i in visit.version.items if i.section.code == section and i.effect != "deduct"]
    lost = gate.points + sum(i.points for i in items if i.position > gate.position)
    whole = sum(i.points for i in items)
    assert percent(found, B, section) == pytest.approx(float(100 * lost / whole))


def test_only_visits_that_count_do(cast: Cast, client_of: ClientOf) -> None:
    secret = make.submitted(cast, ("MY-MAT-01",), kind="mystery")
    secret.started_at = datetime(2026, 8, 10, tzinfo=SHANGHAI)
    db.session.flush()
    assert heatmap.heat(Q3, "mystery", cast.channel).lines == []
    assert "<table" not in client_of(cast.channel).get("/heatmap/2026Q3?kind=mystery").text
    a_counted_visit(cast, "80", kind="mystery")
    assert len(heatmap.heat(Q3, "mystery", cast.channel).lines) == 1


@pytest.mark.parametrize(
    ("who", "outlets"), [("channel", 3), ("subbranch", 2), ("outlet", 1), ("other_outlet", 1)]
)
def test_every_number_opens_exactly_the_findings_that_it_counts(
    cast: Cast, client_of: ClientOf, who: str, outlets: int
) -> None:
    a_real_visit(cast, ("ON-RAK-02", "ON-RAK-03", "ON-BRD-01"), at=B)
    a_real_visit(cast, ("ON-RAK-02",), at=B, on="2026-09-01")
    a_real_visit(cast, ("ON-RAK-02",), at=A)
    a_real_visit(cast, ("ON-ENV-01",), at="YA0102")
    make.submitted(cast, ("ON-RAK-02",))  # not confirmed
    client = client_of(getattr(cast, who))
    page = main_of(client.get("/heatmap/2026Q3").text)
    assert page.count('href="/outlets/') == outlets
    links = LINK.findall(page)
    assert links
    for href, number in links:
        assert rows_of(client.get(href.replace("&amp;", "&")).text) == int(number), href


def test_one_sub_branch_can_be_opened(cast: Cast, client_of: ClientOf) -> None:
    a_real_visit(cast, (), at=B)
    a_real_visit(cast, (), at="YA0102")
    client = client_of(cast.channel)
    page = client.get("/heatmap/2026Q3?branch=YA03").text
    assert re.findall(r'href="/outlets/(\w+)"', page) == [B]
    for wrong in ("/heatmap/2026Q3?kind=nonsense", "/heatmap/nonsense", "/heatmap/2027Q1"):
        assert client.get(wrong).status_code == 404


def test_more_outlets_need_no_more_statements(
    cast: Cast, count_queries: CountQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in (A, B, "YA0102"):
        a_real_visit(cast, ("ON-RAK-02",), at=at)
    assert cast.channel.role == "channel"
    with count_queries() as sent:
        heatmap.heat(Q3, "onsite", cast.channel)
    assert len(sent) == 2, "whether there are very many outlets, and the map"


def test_of_too_many_outlets_the_sub_branches_are_shown(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heatmap, "AT_ONCE", 1)
    a_real_visit(cast, (), at=A)
    a_real_visit(cast, (), at=B)
    client = client_of(cast.channel)
    assert 'href="/outlets/' not in client.get("/heatmap/2026Q3").text
    assert client.get("/heatmap/2026Q3?branch=YA03").text.count('href="/outlets/') == 2

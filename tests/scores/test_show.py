"""The pages of a quarter: who reads what, and that every score opens into its parts."""

import re
from datetime import datetime

import pytest

from inspector import clock
from inspector.clock import SHANGHAI
from inspector.db import db
from inspector.demo.town import settle
from inspector.people.models import Level
from inspector.scores import results
from inspector.visits.scoring import shown
from tests import cast as make
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.scores.quarters import (
    Q3,
    A,
    B,
    C,
    a_counted_visit,
    a_late_notice,
    a_real_visit,
    frozen,
    the_worked_example,
)


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 28, 10, tzinfo=SHANGHAI))


def text_of(html: str) -> str:
    """The words of a page's main part."""
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_the_worked_example_comes_out_of_the_database(cast: Cast) -> None:
    the_worked_example(cast)
    found = results.result(Q3)
    by_code = {one.code: one for one in found.standings}
    shown = {code: str(round(by_code[code].value or 0, 2)) for code in (A, B)}
    assert shown == {A: "86.16", B: "76.25"}
    assert by_code[C].value is None
    sub = by_code["YA03"]
    assert (str(sub.value), sub.inspected) == ("81.205000000000", 2)
    assert sub.outlets == len(found.outlets_of(sub.id))
    city = found.at(Level.CITY)[0]
    assert (city.value, city.inspected, city.outlets) == (sub.value, 2, 38)


def test_the_desk_sees_the_sub_branches_by_rank(cast: Cast, client_of: ClientOf) -> None:
    the_worked_example(cast)
    a_counted_visit(cast, "95", at="YA0102")
    for who in ("channel", "leader", "admin"):
        page = client_of(getattr(cast, who)).get("/scores?quarter=2026Q3").text
        rows = re.findall(
            r'<td class="n" data-label="名次">(.*?)</td>.*?<a href="([^"]*)"', page, re.S
        )
        assert rows[:3] == [
            ("1", "/scores/2026Q3/YA01"),
            ("2", "/scores/2026Q3/YA03"),
            ("—", "/scores/2026Q3/YA02"),
        ]
        assert "81.21" in page
        assert "32.48" in page


def test_a_branch_sees_its_own_numbers_and_no_others(cast: Cast, client_of: ClientOf) -> None:
    the_worked_example(cast)
    a_counted_visit(cast, "95", at="YA0102")
    sub, outlet = client_of(cast.subbranch), client_of(cast.outlet)
    own = text_of(sub.get("/scores?quarter=2026Q3").text)
    assert "81.21" in own
    assert "95.00" not in own
    assert "名次" not in own
    assert "76.25" in text_of(outlet.get("/scores?quarter=2026Q3").text)
    for code in (A, B, C):
        assert sub.get(f"/scores/2026Q3/{code}").status_code == 200
    for client, code in ((sub, "YA01"), (sub, "YA0102"), (outlet, A), (outlet, "YA03")):
        assert client.get(f"/scores/2026Q3/{code}").status_code == 404


def test_nobody_is_shown_a_quarter_that_has_not_begun(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.channel)
    for name in ("2027Q1", "2026Q5", "autumn", "1999Q4"):
        assert client.get(f"/scores?quarter={name}").status_code == 404, name
    assert client.get("/scores").status_code == 200


def test_an_outlet_s_score_opens_down_to_the_answer_and_the_photo(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = a_real_visit(cast, ("ON-RAK-02", "ON-LOB-01"))
    finding = visit.findings[0]
    a_late_notice(cast, a_counted_visit(cast, "70", kind="offsite"))
    page = client_of(cast.outlet).get(f"/scores/2026Q3/{B}").text
    assert f"/visits/{visit.id}#finding-{finding.id}" in page
    photo = finding.photos("before")[0]
    assert f"/visits/{visit.id}/photos/{photo.sha256}" in page
    assert "季末逾期未整改" in page
    lost = sum(float(f.lost) for f in visit.findings)
    assert visit.score is not None
    assert f"{lost:.2f}" != "0.00"
    assert f"= {visit.score:.2f}" in page
    assert client_of(cast.outlet).get(f"/visits/{visit.id}").status_code == 200


def test_a_mystery_visit_counts_for_nothing_before_it_is_published(
    cast: Cast, client_of: ClientOf
) -> None:
    a_counted_visit(cast, "88.40")
    secret = a_counted_visit(cast, "20.00", kind="mystery")
    before = {who: client_of(getattr(cast, who)).get(f"/scores/2026Q3/{B}").text for who in BOTH}
    assert all("54.20" in page for page in before.values())
    secret.batch = None
    secret.published_at = None
    db.session.flush()
    after = {who: client_of(getattr(cast, who)).get(f"/scores/2026Q3/{B}").text for who in BOTH}
    assert all("88.40" in page and str(secret.id) not in page for page in after.values())


BOTH = ("channel", "outlet")


def test_a_branch_reads_only_the_month_of_a_mystery_visit_and_no_order(
    cast: Cast, client_of: ClientOf
) -> None:
    days = ("2026-08-29", "2026-08-03", "2026-08-17")
    visits = [a_counted_visit(cast, "80", kind="mystery", on=day) for day in days]
    page = client_of(cast.outlet).get(f"/scores/2026Q3/{B}").text
    assert "2026年8月" in page
    assert not re.search(r"8月(29|3|17)日", page)
    assert cast.shopper.name not in page
    keys = re.findall(r'href="/visits/([0-9a-f-]{36})"', page)
    assert keys == sorted(str(visit.id) for visit in visits)


def test_frozen_numbers_are_shown_as_they_were(cast: Cast, client_of: ClientOf) -> None:
    visits = the_worked_example(cast)
    frozen(cast)
    visits["a1"].score = visits["a1"].score and visits["a1"].score - 30
    db.session.commit()
    page = client_of(cast.channel).get("/scores?quarter=2026Q3").text
    assert "81.21" in page
    assert "已锁定，待确认" in page
    outlet = client_of(cast.subbranch).get(f"/scores/2026Q3/{A}").text
    assert "86.16" in outlet


@pytest.mark.parametrize(
    "path", ["/scores?quarter=2026Q3", f"/scores/2026Q3/{B}", "/scores/2026Q3/YA03"]
)
@pytest.mark.parametrize("freeze", [False, True])
def test_more_visits_need_no_more_statements(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries, path: str, freeze: bool
) -> None:
    def statements() -> int:
        client = client_of(cast.channel)
        client.get(path)
        with count_queries() as sent:
            assert client.get(path).status_code == 200
        return len(sent)

    the_worked_example(cast)
    a_counted_visit(cast, "60")
    if freeze:
        frozen(cast)
    few = statements()
    if not freeze:
        for n, at in enumerate((A, B, B, "YA0102", "YA0901"), 1):
            visit = a_counted_visit(cast, "71", at=at, on=f"2026-09-0{n}")
            a_late_notice(cast, visit, n)
        assert statements() == few


def test_the_pages_are_said_in_english_too(cast: Cast, client_of: ClientOf) -> None:
    the_worked_example(cast)
    client = client_of(cast.channel)
    client.post("/language", data={"language": "en", "next": "/scores"})
    page = text_of(client.get("/scores?quarter=2026Q3").text)
    assert "weighted on-site 0.4, mystery 0.4, off-site 0.2" in page
    assert make.branch("YA03").name_en in page


def test_of_a_province_the_city_branches_are_a_table(cast: Cast, client_of: ClientOf) -> None:
    the_worked_example(cast)
    client = client_of(cast.channel)
    assert 'id="cities"' not in client.get("/scores?quarter=2026Q3").text
    (city,) = (one.value for one in results.result(Q3).standings if one.level == Level.CITY)
    settle(200, clock.today(), seed=7)
    db.session.commit()
    page = client.get("/scores?quarter=2026Q3").text
    cities = page[page.index('id="cities"') : page.index("支行排名")]
    assert re.findall(r'<th scope="row"[^>]*>(安康分行|宝鸡分行)</th>', cities)
    assert f"<b>{shown(city)}</b>" in cities

"""The list of visits: whose, in which order, narrowed by stage."""

import re
from datetime import date

import pytest

from inspector.visits.lifecycle import Stage
from inspector.visits.models import Visit
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries

LINK = re.compile(r'href="/visits/([0-9a-f-]{36})"')


def listed(html: str) -> list[str]:
    """The visits of the rows, in order."""
    return list(dict.fromkeys(LINK.findall(html)))


@pytest.fixture
def population(cast: Cast) -> dict[str, Visit]:
    """A visit at each stage, all on-site but the published one; and a confirmed mystery visit."""
    visits = {stage.value: rows.a_visit_at(cast, stage) for stage in Stage}
    return visits | {"mystery": rows.a_visit_at(cast, "confirmed", kind="mystery")}


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("channel", {*Stage, "mystery"}),
        ("leader", {*Stage, "mystery"}),
        ("admin", {*Stage, "mystery"}),
        ("inspector", {*Stage} - {Stage.PUBLISHED}),
        ("colleague", set()),
        ("shopper", {"mystery", "published"}),
        ("reviewer", set()),
        ("outlet", {"confirmed", "published"}),
        ("subbranch", {"confirmed", "published"}),
        ("other_outlet", set()),
    ],
)
def test_everybody_sees_their_own_visits(
    cast: Cast, client_of: ClientOf, population: dict[str, Visit], who: str, sees: set[str]
) -> None:
    html = client_of(getattr(cast, who)).get("/visits").text
    assert set(listed(html)) == {str(population[name].id) for name in sees}


@pytest.mark.parametrize("stage", Stage)
def test_a_stage_narrows_the_list_to_as_many_rows_as_its_number_says(
    cast: Cast, client_of: ClientOf, population: dict[str, Visit], stage: Stage
) -> None:
    html = client_of(cast.channel).get(f"/visits?stage={stage}").text
    chip = re.search(rf'href="/visits\?stage={stage}"[^>]*>[^<]*<b>(\d+)</b>', html)
    assert chip
    assert int(chip[1]) == len(listed(html)) == (2 if stage == Stage.CONFIRMED else 1)


def test_a_stage_that_does_not_exist_narrows_nothing(
    cast: Cast, client_of: ClientOf, population: dict[str, Visit]
) -> None:
    html = client_of(cast.channel).get("/visits?stage=forgotten").text
    assert len(listed(html)) == len(population)


def test_whoever_runs_visits_has_what_is_to_do_first_and_the_next_on_top(
    cast: Cast, client_of: ClientOf
) -> None:
    days = {"submitted": 1, "assigned": 3, "in_progress": 2}
    visits = {}
    for stage, day in days.items():
        visits[stage] = rows.a_visit_at(cast, stage)
        visits[stage].planned_on = date(2026, 12, day)
    html = client_of(cast.inspector).get("/visits").text
    assert listed(html) == [
        str(visits[stage].id) for stage in ("in_progress", "assigned", "submitted")
    ]


@pytest.mark.parametrize("who", ["channel", "leader", "admin"])
def test_a_list_names_no_shopper_to_anybody_at_the_desk(
    cast: Cast, client_of: ClientOf, population: dict[str, Visit], who: str
) -> None:
    html = client_of(getattr(cast, who)).get("/visits").text
    table = html[html.index("<table") : html.index("</table>")]
    assert cast.shopper.name not in table
    assert "神秘人</td>" in table


def test_an_empty_list_says_what_comes_next(cast: Cast, client_of: ClientOf) -> None:
    assert 'href="/visits/new"' in client_of(cast.channel).get("/visits?stage=confirmed").text
    assert 'class="empty"' in client_of(cast.inspector).get("/visits").text


@pytest.mark.parametrize("path", ["/visits", "/findings", "/notices?only=all"])
def test_no_list_sends_more_statements_for_more_rows(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries, path: str
) -> None:
    def statements() -> int:
        client = client_of(cast.channel)
        client.get(path)
        with count_queries() as sent:
            client.get(path)
        return len(sent)

    for number, at in enumerate(("YA0302", "YA0102")):
        rows.a_notice_at(cast, rows.a_visit_at(cast, at=at), number, "reported")
    with_two = statements()
    for number, at in enumerate(("YA0103", "YA0201", "YA0303", "YA0401", "YA0501", "YA0601"), 2):
        visit = rows.a_visit_at(cast, at=at, kind="offsite")
        for offset in (0, 10):
            rows.a_notice_at(cast, visit, number + offset, "reported")
    assert statements() == with_two

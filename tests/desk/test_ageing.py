"""How old what is open is: each number of the board opens exactly the rows that it counts."""

import re
from datetime import timedelta

from inspector import clock
from inspector.db import db
from inspector.desk import ageing
from inspector.findings.models import Finding
from inspector.ledger import queries as ledger
from inspector.ledger.filters import Filters
from inspector.people.models import Person
from tests import rows
from tests.cast import Cast
from tests.conftest import Client, ClientOf, CountQueries
from tests.desk.test_board import main_of, rows_of
from tests.population import a_mixed_department

LINK = re.compile(r'<a href="(/ledger[^"]*)"[^>]*>(\d+)</a>')
NEXT = re.compile(r'href="(/ledger\?after=[^"]*)"')


def tables_now(person: Person) -> dict[str, list[ageing.Row]]:
    return ageing.tables_of(ageing.counted(person))


def rows_behind(client: Client, href: str) -> int:
    """How many rows the ledger has under an address, on all its pages."""
    found = 0
    while href:
        page = client.get(href.replace("&amp;", "&")).text
        found += rows_of(page)
        more = NEXT.search(page)
        href = more[1] if more else ""
    return found


def test_every_number_opens_exactly_the_rows_that_it_counts(
    cast: Cast, client_of: ClientOf
) -> None:
    a_mixed_department(cast)
    client = client_of(cast.channel)
    numbers = set(LINK.findall(main_of(client.get("/desk").text)))
    assert len(numbers) > 30
    for href, number in sorted(numbers):
        assert rows_behind(client, href) == int(number), href


def test_the_days_late_are_told_apart_and_the_rest_is_in_time(cast: Cast) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    today = clock.today()
    for n, days in enumerate((-8, -7, -6, -3, -2, -1, 0, 3, 4)):
        stage = "reported" if n == 8 else "acknowledged"
        rows.a_notice_at(cast, visit, n, stage, due_on=today + timedelta(days=days))
    (row,) = tables_now(cast.channel)["branch"]
    assert row.name == "吴起支行"
    assert [number.count for number in row.numbers] == [9, 2, 2, 2, 2]
    assert [number.filters.query for number in row.numbers] == [
        {"branch": "YA03"},
        *({"branch": "YA03", "late": late} for late in ("soon", "1-2", "3-6", "7")),
    ]


def test_every_table_adds_up_to_what_is_not_struck_off(cast: Cast) -> None:
    a_mixed_department(cast)
    tables = tables_now(cast.channel)
    whole = ledger.count(cast.channel, Filters())
    assert whole == 19
    for by in ageing.BY:
        assert sum(row.whole for row in tables[by]) == whole, by
    assert [row.value for row in tables["stage"]] == list(ageing.STAGES)
    assert [row.value for row in tables["repeat"]] == ["1", "2", "3"]


def test_nothing_open_is_a_board_without_tables(cast: Cast, client_of: ClientOf) -> None:
    html = client_of(cast.channel).get("/desk").text
    assert "by-branch" not in html
    assert "<svg" not in main_of(html)


def test_the_plot_says_the_same_as_the_table_behind_it(cast: Cast, client_of: ClientOf) -> None:
    a_mixed_department(cast)
    html = main_of(client_of(cast.channel).get("/desk").text)
    drawn = html[html.index("<svg") : html.index("</svg>")]
    said = re.findall(r"<text[^>]*>([^<]+)</text>", drawn)
    for row in tables_now(cast.channel)["branch"]:
        assert row.name in said
        assert str(row.whole) in said


def test_it_takes_one_statement_however_much_there_is(
    cast: Cast, count_queries: CountQueries
) -> None:
    a_mixed_department(cast)
    assert db.session.query(Finding).count() > 20
    cast.channel.role  # noqa: B018 - read before it is counted
    with count_queries() as sent:
        tables_now(cast.channel)
    assert len(sent) == 1

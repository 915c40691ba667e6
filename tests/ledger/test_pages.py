"""Pages of the ledger: walked to their end they are the whole list, in every order."""

import random
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from inspector import clock
from inspector.db import db
from inspector.ledger import queries
from inspector.ledger.filters import SORTS, Filters
from inspector.ledger.lines import Line
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf, CountQueries
from tests.population import a_mixed_department

WAYS = [f"{way}{name}" for name in SORTS for way in ("", "-")]


@pytest.fixture
def department(cast: Cast) -> None:
    """Rows with ties and with nothing in every column that can be empty."""
    a_mixed_department(cast)
    late = rows.a_visit_at(cast, "confirmed", at="YA0302")
    late.started_at = MONDAY - timedelta(days=40)
    for n in range(7):
        rows.a_notice_at(cast, late, n, "draft")
    db.session.flush()


def walked(cast: Cast, who: str, filters: Filters, size: int) -> list[str]:
    """The keys of all rows, page by page."""
    keys: list[str] = []
    after = ""
    for _ in range(100):
        page = queries.page(getattr(cast, who), filters, after, size)
        keys += [str(line.key) for line in page.lines]
        after = page.after
        if not after:
            return keys
    pytest.fail("the pages have no end")


@pytest.mark.usefixtures("department")
def test_all_pages_together_are_the_whole_list_in_every_order(cast: Cast) -> None:
    for sort in WAYS:
        for who in ("channel", "subbranch"):
            filters = Filters(stage="all", sort=sort)
            whole = [str(one.key) for one in queries.everything(getattr(cast, who), filters)]
            assert len(set(whole)) == len(whole) > 8
            for size in (1, len(whole)) if sort in {"due", "-closed"} else (5,):
                assert walked(cast, who, filters, size) == whole, (who, sort, size)


@pytest.mark.usefixtures("department")
def test_rows_stand_by_the_column_and_what_is_empty_comes_last(cast: Cast) -> None:
    values: dict[str, Callable[[Line], Any]] = {
        "number": lambda line: line.doc_seq and (line.doc_year, line.doc_seq),
        "visited": lambda line: line.visited,
        "branch": lambda line: line.branch_code,
        "repeat": lambda line: line.occurrence,
        "due": lambda line: line.due_on,
        "done": lambda line: line.done_on,
        "closed": lambda line: line.closed_on,
    }
    for name, value in values.items():
        for way in ("", "-"):
            filters = Filters(stage="all", sort=way + name)
            found = [value(line) for line in queries.everything(cast.subbranch, filters)]
            said = [one for one in found if one is not None]
            assert said == sorted(said, reverse=way == "-"), (name, way)
            assert found[: len(said)] == said, (name, way)


@pytest.mark.usefixtures("department")
def test_what_comes_in_between_moves_no_other_row(cast: Cast) -> None:
    filters = Filters(stage="all", sort="due")
    before = [str(line.key) for line in queries.everything(cast.channel, filters)]
    first = queries.page(cast.channel, filters, size=10)
    # A new row on the first page: with OFFSET the tenth would come twice.
    visit = rows.a_visit_at(cast, "confirmed")
    early = clock.today() - timedelta(days=400)
    new = rows.a_notice_at(cast, visit, 8, "issued", seq=99, due_on=early)
    second = queries.page(cast.channel, filters, first.after, size=10)
    assert [str(line.key) for line in second.lines] == before[10:20]
    assert str(new.id) == str(queries.page(cast.channel, filters, size=1).lines[0].key)


@pytest.mark.usefixtures("department")
def test_of_a_mystery_visit_the_order_tells_a_branch_no_more_than_the_month(cast: Cast) -> None:
    visits = [rows.a_visit_at(cast, "published") for _ in range(12)]
    for day, visit in enumerate(visits, 1):
        visit.started_at = MONDAY.replace(day=day)
    for seq, visit in enumerate(random.Random(7).sample(visits, 12), 100):  # noqa: S311
        rows.a_notice_at(cast, visit, 0, "issued", seq=seq)
    filters = Filters(stage="all", kind="mystery", sort="visited")
    seen = [line.key for line in queries.everything(cast.subbranch, filters)]
    assert seen == sorted(seen), "by their random keys"
    known = {line.visited.isoformat() for line in queries.everything(cast.subbranch, filters)}
    assert known == {"2026-11-30"}
    for filters, number in (
        (Filters(stage="all", kind="mystery", since="2026-11-10"), len(seen)),
        (Filters(stage="all", kind="mystery", until="2026-11-29"), 0),
    ):
        assert queries.count(cast.subbranch, filters) == number
    assert queries.count(cast.channel, Filters(kind="mystery", until="2026-11-05")) == 5


def test_a_place_that_is_none_is_refused(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.channel)
    for after in ("x", "W10", "WzFd", "bnVsbA", "WyJ4IiwieSJd", "é"):
        assert client.get("/ledger", query_string={"after": after}).status_code == 404


@pytest.mark.usefixtures("department")
def test_the_page_goes_on_by_its_link(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 20)
    client = client_of(cast.channel)
    address, found = "/ledger?stage=all&sort=-due", []
    while address:
        html = client.get(address).text
        table = html[html.index("<tbody") : html.index("</tbody>")]
        found += re.findall(r'href="/(?:notices|visits)/([0-9a-f-]{36})', table)
        there = re.search(r'href="(/ledger\?[^"]*after=[^"]*)"', html)
        address = there[1].replace("&amp;", "&") if there else ""
    assert len(found) == queries.count(cast.channel, Filters(stage="all"))


def test_as_many_statements_for_many_rows_as_for_few(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    visit = rows.a_visit_at(cast, "confirmed")
    rows.a_notice_at(cast, visit, 0, "returned")
    client = client_of(cast.channel)
    with count_queries() as few:
        client.get("/ledger")
    for n in range(1, 12):
        rows.a_notice_at(cast, visit, n, "returned")
    with count_queries() as many:
        client.get("/ledger")
    assert len(many) == len(few)

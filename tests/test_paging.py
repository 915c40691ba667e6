"""Lists that grow without end, in pages: all pages together are the whole list."""

import re

import pytest

from inspector import paging
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.desk.test_board import main_of

ROWS = {
    "/visits": r'href="/visits/([0-9a-f-]{36})"',
    "/findings": r"#finding-([0-9a-f-]{36})",
    "/notices?only=all": r'href="/notices/([0-9a-f-]{36})"',
}
NEXT = re.compile(r'href="([^"]*\bpage=\d+[^"]*)"[^>]*>下一页')


@pytest.fixture(autouse=True)
def _seven_of_each(cast: Cast) -> None:
    for n in range(7):
        visit = rows.a_visit_at(cast, "confirmed")
        rows.a_notice_at(cast, visit, n, "issued")


def listed(path: str, page: str) -> list[str]:
    return re.findall(ROWS[path], main_of(page))


@pytest.mark.parametrize("path", ROWS)
def test_all_pages_together_are_the_whole_list_in_its_order(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    client = client_of(cast.channel)
    page = client.get(path).text
    whole = listed(path, page)
    assert len(whole) >= 7
    assert NEXT.search(page) is None
    monkeypatch.setattr(paging, "SIZE", 3)
    found: list[str] = []
    following: str | None = path
    pages = 0
    while following:
        page = client.get(following).text
        rows_of_page = listed(path, page)
        assert 0 < len(rows_of_page) <= 3
        found += rows_of_page
        pages += 1
        said = NEXT.search(page)
        following = said[1].replace("&amp;", "&") if said else None
    assert found == whole
    assert pages == -(-len(whole) // 3)
    assert f"第 {pages} 页" in page


def test_what_narrows_a_list_goes_along(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "SIZE", 3)
    page = client_of(cast.channel).get("/notices?only=to_acknowledge&page=2").text
    assert "/notices?only=to_acknowledge&amp;page=1" in page
    assert "/notices?only=to_acknowledge&amp;page=3" in page


@pytest.mark.parametrize(("asked", "empty"), [("x", False), ("-4", False), ("9" * 40, True)])
def test_a_page_that_there_is_none_of_is_the_first_or_empty(
    cast: Cast, client_of: ClientOf, asked: str, empty: bool
) -> None:
    answer = client_of(cast.channel).get(f"/visits?page={asked}")
    assert answer.status_code == 200
    assert bool(listed("/visits", answer.text)) is not empty


def test_a_tablet_keeps_the_first_page_only(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is still to do stands on it."""
    monkeypatch.setattr(paging, "SIZE", 3)
    rows.a_visit_at(cast, "assigned")
    client = client_of(cast.inspector)
    first = client.get("/visits")
    assert first.headers["X-Offline-Page"] == "1"
    assert "带走" in first.text
    assert client.get("/visits?page=2").headers["X-Offline-Page"] == "0"


@pytest.mark.parametrize("path", ROWS)
def test_a_page_takes_as_many_statements_however_many_rows_it_has(
    cast: Cast,
    client_of: ClientOf,
    count_queries: CountQueries,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    client = client_of(cast.channel)
    monkeypatch.setattr(paging, "SIZE", 2)
    with count_queries() as few:
        client.get(path)
    monkeypatch.setattr(paging, "SIZE", 50)
    with count_queries() as many:
        client.get(path)
    assert len(many) == len(few)

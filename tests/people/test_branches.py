"""The page of branches: outlets under their sub-branch, and only those one may see."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from inspector import paging
from inspector.people.models import Person
from tests.cast import Cast


def page(client_of: Callable[..., Any], person: Person) -> str:
    response = client_of(person).get("/branches")
    assert response.status_code == 200
    html: str = response.get_data(as_text=True)
    return html


def test_the_channel_department_sees_every_outlet_under_its_sub_branch(
    cast: Cast, client_of: Callable[..., Any]
) -> None:
    html = page(client_of, cast.channel)
    assert html.count('scope="row"') == 38
    assert html.count('scope="colgroup"') == 13
    assert html.index("<b>吴起支行</b>") < html.index("YA0302") < html.index("<b>志丹支行</b>")


def test_an_outlet_stands_with_its_dates_and_its_fit_out(
    cast: Cast, client_of: Callable[..., Any]
) -> None:
    row = page(client_of, cast.channel).split("<td>YA0302</td>")[1].split("</tr>")[0]
    assert "吴起县" in row
    assert "2002年10月8日" in row
    assert "2026年9月1日" in row
    bare = page(client_of, cast.channel).split("<td>YA0303</td>")[1].split("</tr>")[0]
    assert "—" in bare


def test_a_sub_branch_sees_its_own_outlets_and_an_outlet_itself(
    cast: Cast, client_of: Callable[..., Any]
) -> None:
    assert page(client_of, cast.subbranch).count('scope="row"') == 3
    alone = page(client_of, cast.outlet)
    assert alone.count('scope="row"') == 1
    assert "<b>吴起支行</b>" in alone
    assert "YA0301" not in alone


def test_more_outlets_take_no_more_queries(
    cast: Cast, client_of: Callable[..., Any], count_queries: Callable[[], Any]
) -> None:
    subbranch, channel = client_of(cast.subbranch), client_of(cast.channel)
    with count_queries() as few:
        subbranch.get("/branches")
    with count_queries() as many:
        channel.get("/branches")
    assert len(many) == len(few)


def test_many_branches_come_in_pages_and_are_searched(
    cast: Cast, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'type="search"' not in page(client_of, cast.channel), "all stand on one page"
    monkeypatch.setattr(paging, "SIZE", 20)
    client, found, path = client_of(cast.channel), [], "/branches"
    while path:
        html = client.get(path).text
        assert "38个网点" in html
        found += re.findall(r"<td>(YA\d{4})</td>", html)
        following = re.search(r'href="([^"]*page=\d+)"[^>]*>下一页', html)
        path = unescape(following[1]) if following else ""
    assert len(found) == len(set(found)) == 38
    assert 'type="search"' in html


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ya0302", ["YA0302"]),
        ("吴起", ["YA0301", "YA0302", "YA0303"]),
        ("胜利路", ["YA0302"]),
        ("%", []),
    ],
)
def test_a_branch_is_found_by_its_name_its_code_and_what_is_above_it(
    cast: Cast, client_of: Callable[..., Any], text: str, codes: list[str]
) -> None:
    html = client_of(cast.channel).get("/branches", query_string={"q": text}).text
    assert re.findall(r"<td>(YA\d{4})</td>", html) == codes
    assert ("没有找到" in html) == (not codes)


def test_nobody_finds_branches_that_are_not_theirs(
    cast: Cast, client_of: Callable[..., Any]
) -> None:
    html = client_of(cast.outlet).get("/branches?q=网点").text
    assert re.findall(r"<td>(YA\d{4})</td>", html) == ["YA0302"]

"""The page of branches: outlets under their sub-branch, and only those one may see."""

from collections.abc import Callable
from typing import Any

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

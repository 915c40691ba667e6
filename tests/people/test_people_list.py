"""The list of people: searched and narrowed by its address, in pages, and no slower for more."""

import re

import pytest
from sqlalchemy import select

from inspector.db import db
from inspector.people.models import Branch, Person
from inspector.people.roster import PAGE
from tests import cast as make
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=赵", ["shopper"]),
        ("q=OUTLET", ["other_outlet", "outlet"]),
        ("q=胜利路网点", ["outlet"]),
        ("q=YA0102", ["other_outlet"]),
        ("q=%25", []),
        ("role=channel", ["channel"]),
        ("branch=YA03", ["colleague", "outlet", "subbranch"]),
        ("branch=YA0302", ["outlet"]),
        ("branch=YA03&role=outlet&q=胜利", ["outlet"]),
        ("only=closed", ["reviewer"]),
        ("branch=nowhere", []),
    ],
)
def test_the_list_is_narrowed_by_its_address(
    cast: Cast, client_of: ClientOf, query: str, found: list[str]
) -> None:
    cast.reviewer.closed_at = make.MONDAY
    html = client_of(cast.admin).get(f"/people?{query}").text
    body = html.split("<tbody>")[1] if "<tbody>" in html else ""
    there = [name for name in make.MEMBERS if f"<td>{name}</td>" in body]
    assert sorted(there) == sorted(found)
    assert ("没有找到人员" in html) == (not found)


def test_the_chips_count_what_the_filter_leaves(cast: Cast, client_of: ClientOf) -> None:
    cast.outlet.closed_at = make.MONDAY
    html = client_of(cast.admin).get("/people?role=outlet").text
    assert re.findall(r"(使用中|已停用|全部)\s*<b>(\d+)</b>", html) == [
        ("使用中", "1"),
        ("已停用", "1"),
        ("全部", "2"),
    ]


def test_a_long_list_goes_on_after_the_last_name(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    client = client_of(cast.admin)
    with count_queries() as few:
        client.get("/people?only=all")
    city = db.session.scalars(select(Branch).where(Branch.code == "YA")).one()
    for n in range(PAGE):
        db.session.add(
            Person(
                username=f"z{n:03}", name=f"张{n}", role="inspector", branch=city, password_hash=""
            )
        )
    db.session.commit()
    with count_queries() as many:
        first = client.get("/people?only=all").text
    assert len(many) == len(few)
    follow = re.search(r'href="(/people\?[^"]*after=[^"]*)"', first)
    assert follow is not None
    rest = client.get(follow[1].replace("&amp;", "&")).text
    assert "z099" in rest
    assert "z099" not in first
    assert "后面的人员" not in rest


@pytest.mark.parametrize("path", ["/people", "/people/new", "/people/import"])
def test_its_entry_in_the_navigation_is_marked(cast: Cast, client_of: ClientOf, path: str) -> None:
    html = " ".join(client_of(cast.admin).get(path).text.split())
    assert '<a href="/people" aria-current="page">人员</a>' in html


def test_only_the_administrator_is_led_there(cast: Cast, client_of: ClientOf) -> None:
    assert 'href="/people"' in client_of(cast.admin).get("/branches").text
    assert 'href="/people"' not in client_of(cast.channel).get("/branches").text

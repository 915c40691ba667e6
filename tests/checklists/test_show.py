"""The pages of checklists: the list, and a version as a whole."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from inspector.checklists import format
from inspector.checklists.publishing import publish
from inspector.checklists.queries import version_called
from inspector.db import db
from tests.cast import MONDAY, Cast
from tests.checklists.files import MYSTERY, OFFSITE, ONSITE, a_checklist, written


def page(client: Any, path: str, language: str = "") -> str:
    if language:
        client.post("/language", data={"language": language})
    response = client.get(path)
    assert response.status_code == 200
    html: str = response.get_data(as_text=True)
    return html


def test_the_list_shows_each_checklist_with_its_items_and_points(
    cast: Cast, client_of: Callable[..., Any]
) -> None:
    html = page(client_of(cast.outlet), "/checklists")
    places = []
    for code, title, items, points in (
        ("ONSITE", "网点服务现场检查表", 109, 225),
        ("OFFSITE", "网点服务非现场检查表", 28, 71),
        ("MYSTERY", "神秘人检查问卷", 42, 84),
    ):
        places.append(html.index(f"/checklists/{code}/1.0"))
        assert f'href="/checklists/{code}/1.0">{title}</a>' in html
        assert f">{items}</td>" in html
        assert f">{points}</td>" in html
    assert places == sorted(places)


def test_the_list_shows_older_versions_below_as_replaced(
    cast: Cast, client_of: Callable[..., Any]
) -> None:
    for number in ("1.9", "1.10"):
        publish(format.parse("a", written(a_checklist(version=number))), by=None, at=MONDAY)
    html = page(client_of(cast.channel), "/checklists", "en")
    newer, older = html.index("/checklists/TEST/1.10"), html.index("/checklists/TEST/1.9")
    assert newer < older
    assert "replaced" not in html[newer:older]
    assert "replaced" in html[older:]


@pytest.mark.parametrize("file", [ONSITE, MYSTERY, OFFSITE], ids=lambda file: file.stem)
def test_a_checklist_page_shows_every_item_with_its_text_and_requirement(
    cast: Cast, client_of: Callable[..., Any], file: Any
) -> None:
    document = format.read(file)
    html = page(client_of(cast.inspector), f"/checklists/{document.heading.code}/1.0")
    version = version_called(document.heading.code, "1.0")
    assert len(version.items) == document.heading.item_count
    for item in version.items:
        row = html[html.index(f'id="{item.code}"') :].split("</tr>")[0]
        assert item.text_zh in row
        assert item.requirement_zh in row
        assert item.ref in row
    assert html.count('scope="row"') == len(version.items)


def test_a_checklist_page_speaks_english_too(cast: Cast, client_of: Callable[..., Any]) -> None:
    html = page(client_of(cast.inspector), "/checklists/ONSITE/1.0", "en")
    assert "On-site service inspection checklist" in html
    assert "Number of broken or unusable waiting seats." in html
    assert "Must be 0; at most 1 earns half" in html
    assert "破损" not in html


def row_of(html: str, code: str) -> str:
    return html[html.index(f'id="{code}"') :].split("</tr>")[0]


def test_what_is_special_about_an_item_is_said_in_words(
    cast: Cast, client_of: Callable[..., Any]
) -> None:
    client = client_of(cast.inspector)
    onsite = page(client, "/checklists/ONSITE/1.0", "en")
    mystery = page(client, "/checklists/MYSTERY/1.0", "en")
    assert ">veto<" in row_of(onsite, "ON-RAK-03")
    assert ">main problem<" in row_of(onsite, "ON-RAK-03")
    assert ">gate<" in row_of(onsite, "ON-LOB-01")
    assert ">photo<" in row_of(onsite, "ON-ENV-01")
    assert ">may not apply<" in row_of(onsite, "ON-FAC-11")
    assert ">after fit-out only<" in row_of(onsite, "ON-FAC-11")
    assert ">at once</td>" in row_of(onsite, "ON-ENV-04")
    assert ">information<" in row_of(mystery, "MY-WAI-03")
    assert ">deduction<" in row_of(mystery, "MY-CNT-08")
    assert ">−5</td>" in row_of(mystery, "MY-CNT-08")
    assert 'class="tag ' not in row_of(onsite, "ON-CTR-10")


def test_the_sections_have_an_index(cast: Cast, client_of: Callable[..., Any]) -> None:
    html = page(client_of(cast.inspector), "/checklists/ONSITE/1.0")
    for section in version_called("ONSITE", "1.0").sections:
        assert f'href="#section-{section.code}">{section.title_zh}' in html
        assert f'id="section-{section.code}"' in html


@pytest.mark.parametrize("path", ["/checklists/ONSITE/9.9", "/checklists/NONE/1.0"])
def test_an_unknown_version_does_not_exist(
    cast: Cast, client_of: Callable[..., Any], path: str
) -> None:
    assert client_of(cast.inspector).get(path).status_code == 404


def test_a_long_checklist_takes_no_more_queries_than_a_short_one(
    app: Flask, cast: Cast, client_of: Callable[..., Any], count_queries: Callable[[], Any]
) -> None:
    client = client_of(cast.inspector)
    publish(format.parse("a", written(a_checklist())), by=None, at=MONDAY)
    db.session.commit()
    with count_queries() as short:
        page(client, "/checklists/TEST/1.0")
    with count_queries() as long:
        page(client, "/checklists/ONSITE/1.0")
    assert len(long) == len(short)

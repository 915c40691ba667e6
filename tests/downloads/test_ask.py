"""Asking for many notices at once: exactly those that the person may see, once."""

import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import delete, select

from inspector.db import db
from inspector.downloads.models import Download, DownloadNotice
from inspector.history import Event
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.downloads.papers import issued
from tests.population import a_mixed_department
from tests.together import at_once, request, statuses


def held() -> list[uuid.UUID]:
    """The notices of the one download, in order."""
    rows_ = select(DownloadNotice.notice_id).order_by(DownloadNotice.position)
    return list(db.session.scalars(rows_))


@pytest.mark.parametrize("who", ["channel", "outlet", "other_outlet", "subbranch", "inspector"])
def test_everybody_gets_the_issued_notices_that_they_see_under_a_filter_by_number(
    cast: Cast, client_of: ClientOf, who: str
) -> None:
    notices = {notice.id: notice for notice in a_mixed_department(cast)}
    client = client_of(getattr(cast, who))
    listed = {
        uuid.UUID(key)
        for key in re.findall(r'"/notices/([0-9a-f-]{36})"', client.get("/notices").text)
    }
    assert client.post("/downloads", data={"of": "filter:open", "form": "pdf"}).status_code == 303
    assert held()
    assert set(held()) == {key for key in listed if notices[key].issued_at}
    numbers = [notices[key].doc_seq or 0 for key in held()]
    assert numbers == sorted(numbers)


def test_a_visit_and_a_quarter_hold_what_is_in_force(cast: Cast, client_of: ClientOf) -> None:
    here = issued(cast, 3)
    there = issued(cast, 1, visit=rows.a_visit_at(cast, "confirmed", at="YA0102"), first=4)
    rows.taken_back(here[1], cast.channel)
    db.session.commit()
    client = client_of(cast.channel)
    asked = {
        f"visit:{here[0].finding.visit_id}": [here[0].id, here[2].id],
        "quarter:2026Q4": [here[0].id, here[2].id, there[0].id],
        "filter:withdrawn": [here[1].id],
    }
    for scope, expected in asked.items():
        assert client.post("/downloads", data={"of": scope, "form": "zip"}).status_code == 303
        assert held() == expected, scope
        db.session.execute(delete(DownloadNotice))
    assert (
        client.post("/downloads", data={"of": "quarter:2026Q3", "form": "zip"}).status_code == 422
    )


@pytest.mark.parametrize(
    ("of", "status"),
    [
        ("", 404),
        ("filter:x", 404),
        ("quarter:2026Q5", 404),
        ("quarter:soon", 404),
        ("visit:1", 404),
        (f"visit:{uuid.UUID(int=0)}", 422),
        ("filter:draft", 422),
    ],
)
def test_what_holds_nothing_is_not_made(
    cast: Cast, client_of: ClientOf, of: str, status: int
) -> None:
    rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "draft")
    answer = client_of(cast.channel).post("/downloads", data={"of": of, "form": "zip"})
    assert answer.status_code == status
    assert db.session.scalars(select(Download)).all() == []


def test_one_pdf_has_a_limit_and_a_zip_has_none(
    app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued(cast, 3)
    monkeypatch.setitem(app.config, "MERGED_AT_MOST", 2)
    client = client_of(cast.channel)
    refused = client.post("/downloads", data={"of": "filter:all", "form": "pdf"})
    assert refused.status_code == 422
    assert "最多收录2份" in refused.text
    assert client.post("/downloads", data={"of": "filter:all", "form": "zip"}).status_code == 303


def test_another_outlets_visit_holds_nothing(cast: Cast, client_of: ClientOf) -> None:
    visit = issued(cast, 2)[0].finding.visit
    body = {"of": f"visit:{visit.id}", "form": "zip"}
    assert client_of(cast.other_outlet).post("/downloads", data=body).status_code == 422
    assert client_of(cast.outlet).post("/downloads", data=body).status_code == 303


def test_pressed_twice_it_is_made_once_and_each_asking_is_in_the_history(
    cast: Cast, client_of: ClientOf
) -> None:
    issued(cast, 2)
    client = client_of(cast.channel)
    calls = [
        request(client, "/downloads", data={"of": "filter:all", "form": form})
        for form in ("zip", "zip", "pdf")
    ]
    assert statuses(at_once(*calls)) == [303, 303, 303]
    assert sorted(db.session.scalars(select(Download.form))) == ["pdf", "zip"]
    asked = db.session.scalars(select(Event).where(Event.subject_table == "download")).all()
    assert sorted(event.detail["form"] for event in asked) == ["pdf", "zip"]


def test_the_pages_offer_it_with_the_number_that_it_will_hold(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = issued(cast, 2)[0].finding.visit
    rows.a_notice_at(cast, visit, 5, "draft")
    client = client_of(cast.channel)
    for page in ("/notices", f"/visits/{visit.id}"):
        assert "打包下载2份（ZIP）" in client.get(page).text, page
    assert "2026年第4季度 · 2份通知书" in " ".join(client.get("/downloads").text.split())
    assert "打包下载" not in client.get("/notices?only=draft").text

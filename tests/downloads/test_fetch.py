"""Fetching a download: the whole file or a part of it, by its owner only, while they may see it."""

import pytest
from flask import Flask

from inspector.db import db
from inspector.storage import storage
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.downloads.papers import issued
from tests.downloads.test_make import bytes_of, made


def test_a_download_can_be_taken_up_where_it_broke_off(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    issued(cast, 2)
    download = made(cast.outlet)
    data, client = bytes_of(download), client_of(cast.outlet)
    path = f"/downloads/{download.id}/file"
    whole = client.get(path)
    assert (whole.status_code, whole.data) == (200, data)
    assert whole.headers["Content-Length"] == str(len(data))
    assert "private" in whole.headers["Cache-Control"]
    assert ".zip" in whole.headers["Content-Disposition"]
    rest = client.get(path, headers={"Range": "bytes=100-", "If-Range": whole.headers["ETag"]})
    assert (rest.status_code, rest.data) == (206, data[100:])


def test_nobody_else_fetches_it_and_not_its_owner_when_they_may_not_see_it_any_more(
    cast: Cast, client_of: ClientOf
) -> None:
    issued(cast, 2)
    download = made(cast.outlet)
    path = f"/downloads/{download.id}/file"
    for person in (cast.other_outlet, cast.subbranch, cast.channel, cast.leader):
        assert client_of(person).get(path).status_code == 404
        assert str(download.id) not in client_of(person).get("/downloads").text
    assert client_of(cast.outlet).get(path).status_code == 200
    cast.outlet.branch = make.branch("YA0102")
    assert client_of(cast.outlet).get(path).status_code == 404


@pytest.mark.one_engine
def test_bytes_that_are_gone_are_said_to_be_gone(cast: Cast, client_of: ClientOf) -> None:
    issued(cast, 1)
    download = made(cast.channel)
    storage().remove(str(download.sha256))
    answer = client_of(cast.channel).get(f"/downloads/{download.id}/file")
    assert answer.status_code == 409
    assert "重新生成" in answer.text


@pytest.mark.one_engine
def test_names_do_not_tell_the_day_of_a_mystery_visit(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "published", kind="mystery")
    issued(cast, 1, visit=visit)
    download = made(cast.outlet, of=f"visit:{visit.id}")
    page = client_of(cast.outlet).get("/downloads").text
    assert "神秘人检查 · 2026-11" in page
    assert "2026-11-23" not in page
    assert cast.shopper.name not in page
    assert bytes_of(download)
    db.session.rollback()

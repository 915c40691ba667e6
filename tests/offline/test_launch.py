"""What a tablet may keep, and what it starts from without a network."""

import re
from pathlib import Path

from flask import Flask

from inspector.db import db
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries


def test_the_list_and_the_page_to_record_on_may_be_kept_by_their_inspector(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = make.a_visit(cast)
    for path in ("/visits", f"/visits/{visit.id}"):
        answer = client_of(cast.inspector).get(path)
        assert answer.headers["X-Offline-Page"] == "1"
        assert answer.headers["X-Offline-Person"] == str(cast.inspector.id)


def test_what_others_read_and_what_is_handed_in_is_not_kept(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = rows.a_visit_at(cast, "submitted")
    for person in (cast.inspector, cast.channel):
        assert client_of(person).get(f"/visits/{visit.id}").headers["X-Offline-Page"] == "0"
    assert client_of(cast.channel).get("/visits").headers["X-Offline-Page"] == "0"
    answer = client_of(cast.inspector).get("/visits?stage=assigned")
    assert answer.headers["X-Offline-Page"] == "0"


def test_every_page_says_whom_it_is_for_so_that_a_tablet_shows_it_to_nobody_else(
    cast: Cast, client_of: ClientOf
) -> None:
    for person, path in ((cast.inspector, "/branches"), (cast.channel, "/desk")):
        answer = client_of(person).get(path)
        assert answer.headers["X-Offline-Person"] == str(person.id)
    assert "X-Offline-Person" not in client_of(cast.inspector).get("/offline").headers
    assert "X-Offline-Person" not in client_of().get("/sign-in").headers


def test_the_worker_comes_from_the_root_and_is_asked_for_each_time(client_of: ClientOf) -> None:
    answer = client_of().get("/service-worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_worker_brings_every_file_that_the_pages_to_be_kept_name(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    visit = make.a_visit(cast)
    worker = Path(app.config["SERVICE_WORKER"]).read_text()
    for path in ("/visits", f"/visits/{visit.id}", "/offline"):
        page = client_of(cast.inspector).get(path).get_data(as_text=True)
        named = re.findall(r'(?:src|href)="(/static/dist/[^"]+)"', page)
        assert len(named) > 2
        assert [file for file in named if file not in worker] == []


def test_the_page_without_a_network_asks_no_database_and_names_nobody(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    client = client_of(cast.inspector)
    db.session.commit()
    with count_queries() as statements:
        page = client.get("/offline").get_data(as_text=True)
    assert statements == []
    assert cast.inspector.name not in page

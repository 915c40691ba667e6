"""When two do the same at once and the database keeps one, the other is told so, in words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from inspector.db import db
from inspector.notices.models import DocumentNumber
from tests.cast import Cast
from tests.conftest import Client, new_app
from tests.signed_in import sign_in_as


@pytest.fixture
def client(app: Flask, cast: Cast, tmp_path: Path) -> Iterator[Client]:
    """The channel department, on an app with two addresses that always lose a race."""
    other = new_app(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)

    def lose(when: str) -> str:
        for _both in range(2):
            db.session.add(DocumentNumber(year=2026, last=1))
            if when == "early":
                db.session.flush()
                db.session.expunge_all()
        return "done"

    other.add_url_rule("/lost/<when>", view_func=lose, methods=["POST"], endpoint="lose")
    other.add_url_rule("/api/lost/<when>", view_func=lose, methods=["POST"], endpoint="api")
    client: Client = other.test_client()  # type: ignore[assignment]
    sign_in_as(client, cast.channel)
    yield client
    with other.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("when", ["early", "at the commit"])
def test_a_lost_race_is_a_page_that_knows_who_asks(client: Client, when: str) -> None:
    response = client.post(f"/lost/{when}")
    assert response.status_code == 409
    assert "张渠" in response.text
    assert "Content-Security-Policy" in response.headers
    assert db.session.get(DocumentNumber, ("notice", 2026)) is None


@pytest.mark.parametrize("when", ["early", "at the commit"])
def test_a_script_gets_the_code(client: Client, when: str) -> None:
    response = client.post(f"/api/lost/{when}")
    assert response.status_code == 409
    assert response.json is not None
    assert response.json["error"]["code"] == "race.lost"


@pytest.mark.parametrize("when", ["early", "at the commit"])
def test_htmx_shows_the_sentence_where_the_person_is_looking(client: Client, when: str) -> None:
    response = client.post(f"/lost/{when}", headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#problem"
    assert "<html" not in response.text

"""Problems are pages in the same style, with a way back, and tell no internals."""

from collections.abc import Callable
from pathlib import Path

import pytest

from inspector import create_app
from tests.cast import Cast
from tests.conftest import Client


def test_a_page_that_is_not_there_shows_the_way_back(
    client_of: Callable[..., Client], cast: Cast
) -> None:
    answer = client_of(cast.outlet).get("/nowhere")
    assert answer.status_code == 404
    assert "页面不存在" in answer.text
    assert 'href="/"' in answer.text


def test_a_broken_database_gives_a_page_that_does_not_need_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(
        SECRET_KEY="for tests only",
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/no/such/folder/db.sqlite3",
    )
    monkeypatch.setattr(app.logger, "disabled", True)  # it is the logger of all apps
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "00000000-0000-0000-0000-000000000000"
        session["token"] = "known to a database that is not there"
    answer = client.get("/notices")
    assert answer.status_code == 500
    assert "系统出现故障" in answer.text or "系统出错" in answer.text
    assert "sqlite" not in answer.text

"""Towns: an empty one of one's own, and the full one, which is built once and copied."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

from inspector.db import db
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.secrecy.needles import Needles
from tests.secrecy.town import TODAY, Town, build

_built: dict[str, Needles] = {}
"""What is hidden in the town that was built, by the file that it is kept in."""


@pytest.fixture
def town(app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> Town:
    """An empty town: the cast, and two shoppers."""
    return Town(app, cast, client_of, monkeypatch)


@pytest.fixture
def full_town(app: Flask, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The town with visits at every stage. Its tests run on SQLite: building it takes long."""
    file = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database
    assert file
    kept = str(Path(file).with_name("town.sqlite3"))
    if kept not in _built:
        town = Town(app, Cast.now(), client_of, monkeypatch)
        build(town)
        db.session.commit()
        with closing(sqlite3.connect(file)) as source:
            source.execute("VACUUM INTO ?", (kept,))
        _built[kept] = town.needles
    db.session.remove()
    db.engine.dispose()
    for leftover in Path(file).parent.glob(f"{Path(file).name}*"):
        leftover.unlink()
    shutil.copyfile(kept, file)
    town = Town(app, Cast.now(), client_of, monkeypatch)
    town.needles, town.time = _built[kept], TODAY
    return town

"""What was backed up comes back: every row, every byte, on either engine; and only into an empty
place."""

import hashlib
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import String, select

from inspector.backup.rows import NAMING_BYTES
from inspector.db import db
from inspector.notices.models import Notice
from inspector.storage import storage
from inspector.visits.models import Visit
from tests import rows
from tests.backup.conftest import ENGINES, Place, Town, run
from tests.backup.town import contents
from tests.cast import PASSWORD


@pytest.mark.parametrize("engine", ENGINES)
def test_all_rows_and_bytes_come_back(town: Town, place: Place, engine: str) -> None:
    there = place(engine)
    result = run(there, "restore", town.file)
    assert result.exit_code == 0, result.output
    assert "The trail's chain is whole" in result.output
    was, came = contents(town.app), contents(there)
    for left_out in ("session", "password_link", "calendar_link"):
        assert was.pop(left_out)
        assert came.pop(left_out) == [], "everybody signs in again"
    assert came.keys() == was.keys()
    for name, those in was.items():
        assert came[name] == those, name
    assert len(was["bytes"]) > 10
    assert len(was["finding"]) > 30


def test_a_restored_app_serves_its_pages_and_the_very_paper(town: Town, place: Place) -> None:
    there = place("sqlite")
    run(there, "restore", town.file)
    with there.app_context():
        drawn = select(Notice).where(Notice.doc_seq > 100).order_by(Notice.doc_seq).limit(1)
        notice = db.session.scalars(drawn).one()
        address, number, sha256 = f"/notices/{notice.id}", notice.number, notice.pdf_sha256
    client = FlaskClient(there, there.response_class)
    form = {"username": "channel", "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 303
    assert client.get("/").status_code == 302
    assert f"{number}" in client.get(address).text
    pdf = client.get(f"{address}/pdf").data
    assert hashlib.sha256(pdf).hexdigest() == sha256


def test_a_place_with_rows_is_refused(town: Town) -> None:
    before = contents(town.app)
    result = run(town.app, "restore", town.file)
    assert result.exit_code == 1
    assert "Error: The database is not empty: there are rows of" in result.output
    assert contents(town.app) == before


def test_a_place_with_bytes_is_refused(town: Town, place: Place) -> None:
    there = place("sqlite")
    with there.app_context():
        storage().put(b"somebody's")
    result = run(there, "restore", town.file)
    assert result.exit_code == 1
    assert "Error: The storage is not empty" in result.output


def test_with_another_secret_key_it_is_done_only_when_told_so(town: Town, place: Place) -> None:
    there = place("sqlite")
    there.config["SECRET_KEY"] = "another"
    refused = run(there, "restore", town.file)
    assert refused.exit_code == 1
    assert "another secret key" in refused.output
    assert run(there, "backup", "--check", town.file).exit_code == 1
    assert run(there, "restore", town.file, "--other-key").exit_code == 0
    assert contents(there)["bytes"] == contents(town.app)["bytes"]


def test_a_file_is_never_overwritten(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "precious"
    file.write_bytes(b"another backup")
    result = run(town.app, "backup", file)
    assert result.exit_code == 1
    assert "no backup is ever overwritten" in result.output
    assert file.read_bytes() == b"another backup"


def test_only_the_owner_can_read_it(town: Town) -> None:
    assert town.file.stat().st_mode & 0o777 == 0o600


@pytest.mark.one_engine
def test_a_trail_that_was_broken_before_is_told(town: Town, place: Place, tmp_path: Path) -> None:
    broken, there = place("sqlite"), place("sqlite")
    run(broken, "restore", town.file)
    with broken.app_context():
        rows.parked(db.session.scalars(select(Visit).limit(1)).one(), "note.set", {})
        db.session.commit()  # an entry that no tablet has sent
    assert run(broken, "backup", tmp_path / "broken").exit_code == 0
    result = run(there, "restore", tmp_path / "broken")
    assert result.exit_code == 3
    assert "The trail was broken when it was backed up: row 0: The tablet's stream" in result.output


def test_every_column_that_names_bytes_is_known() -> None:
    """A new column as long as a SHA-256 is either one of those, or has its place here."""
    others = {
        "appeal_photo.sha256", "calendar_link.token_sha256", "checklist_version.digest",
        "link.previous", "link.sha256", "operation.digest", "password_link.token_sha256",
        "photo.sha256", "picture.sha256", "recovery_code.digest", "report_photo.sha256",
        "session.token_sha256",
    }  # fmt: skip
    long = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String) and column.type.length == 64
    }
    assert long - others == {f"{table}.{column}" for table, column in NAMING_BYTES}

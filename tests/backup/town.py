"""A town with something in each drawer; and all that is in it, to be compared with another."""

from typing import Any

from flask import Flask
from sqlalchemy import JSON, select

from inspector.db import db
from inspector.history import record
from inspector.notices.models import DocumentNumber, Series
from inspector.offline.models import TabletKey
from inspector.people import calendar_links
from inspector.people.password_links import PasswordLink
from inspector.people.sessions import Session
from inspector.storage import storage
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.population import a_mixed_department


def fill(cast: Cast) -> None:
    """Visits, findings and notices at every stage, real papers and photos, downloads, what a tablet
    has sent, and values that engines like to change."""
    a_mixed_department(cast)
    db.session.add(DocumentNumber(series=Series.NOTICE, year=2026, last=100))
    make.reported(cast)
    notice = make.repeated(cast)
    rows.an_appeal(notice, cast.subbranch)
    rows.a_risk(notice, cast.subbranch)
    rows.a_delivery(rows.a_reminder(notice, cast.outlet), "mailto://x", failing=True)
    rows.a_download(cast.channel)
    rows.a_draw(cast)
    rows.a_saved_view(cast.channel)
    visit = rows.a_visit_at(cast, "in_progress")
    rows.a_conflict(cast, visit, earlier=None, later="5", kept=7)
    odd = {"z": 1, "a": 1.50, "名": "𠮷\u0000\n", "big": 2**53, "nothing": None}
    record(visit, "remark", cast.channel, MONDAY, odd=odd)
    db.session.add(TabletKey(person_id=cast.inspector.id, secret=bytes(range(32))))
    Session.begin(cast.channel, how="password", at=MONDAY, address="::1", device="")
    link = PasswordLink(person_id=cast.outlet.id, token_sha256="0" * 64, made_at=MONDAY)
    db.session.add(link)
    calendar_links.make(cast.inspector, by=cast.inspector, at=MONDAY)
    make.branch().name_zh = "胜利路\t'\"\\\u2028支行"
    db.session.commit()


def contents(app: Flask) -> dict[str, Any]:
    """Every row of every table as the models have it, JSON also as the text that is stored, and
    every byte."""
    with app.app_context():
        found: dict[str, Any] = {}
        for name, table in db.metadata.tables.items():
            texts = [db.cast(c, db.Text) for c in table.c if isinstance(c.type, JSON)]
            rows = db.session.execute(select(table, *texts))
            found[name] = sorted((tuple(row) for row in rows), key=repr)
        found["bytes"] = {name: storage().get(name) for name in storage().names()}
        db.session.remove()
    return found

"""Who may use what: every endpoint beside every person, with the answer each gets.

Li (ins) made the visits, a shopper (sho) the mystery ones; all took place at Shengli Road (out),
which belongs to Wuqi (sub). Wang (col), the reviewer (rev) and Zhongxin Street (oth) are strangers
to them. 302, 303 and 401 in the first column: the sign-in page. 404: it does not exist for you.
403: you may see it, but the step belongs to others. 303 elsewhere: done.
"""

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, url_for

from inspector.db import db
from inspector.findings.models import ReportPhoto
from inspector.offline.models import Stream
from inspector.photos.models import Picture, keep
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.offline.unsent_file import contents, packed

TABLE = """
                                       str ins col sho rev out oth sub cha lea adm
GET  health                            200 200 200 200 200 200 200 200 200 200 200
GET  static                            200 200 200 200 200 200 200 200 200 200 200
GET  manifest                          200 200 200 200 200 200 200 200 200 200 200
GET  launch.service_worker             200 200 200 200 200 200 200 200 200 200 200
GET  launch.offline                    200 200 200 200 200 200 200 200 200 200 200
GET  people.sign_in                    200 302 302 302 302 302 302 302 302 302 302
POST people.sign_in                    422 302 302 302 302 302 302 302 302 302 302
POST people.set_language               303 303 303 303 303 303 303 303 303 303 303
POST people.sign_out                   303 303 303 303 303 303 303 303 303 303 303
GET  home                              302 302 302 302 302 302 302 302 302 302 302

GET  people.branches                   302 200 200 200 200 200 200 200 200 200 200
GET  checklists.index                  302 200 200 200 200 200 200 200 200 200 200
GET  checklists.show                   302 200 200 200 200 200 200 200 200 200 200
GET  desk.board                        302 403 403 403 403 403 403 403 200 200 200

GET  visits.index                      302 200 200 200 200 200 200 200 200 200 200
GET  visits.new                        302 403 403 403 403 403 403 403 200 403 403
POST visits.create                     303 403 403 403 403 403 403 403 303 403 403
GET  visits.show    planned            302 200 404 404 404 404 404 404 200 200 200
GET  visits.show    cancelled          302 200 404 404 404 404 404 404 200 200 200
GET  visits.show    submitted          302 200 404 404 404 404 404 404 200 200 200
GET  visits.show    confirmed          302 200 404 404 404 200 404 200 200 200 200
GET  visits.show    confirmed mystery  302 404 404 200 404 404 404 404 200 200 200
GET  visits.photo   submitted          302 200 404 404 404 404 404 404 200 200 200
GET  visits.photo   confirmed          302 200 404 404 404 200 404 200 200 200 200
GET  visits.photo   confirmed mystery  302 404 404 200 404 404 404 404 200 200 200
POST visits.resolve disputed           303 303 404 404 404 404 404 404 303 403 403
POST visits.cancel  planned            303 403 404 404 404 404 404 404 303 403 403
POST visits.cancel  submitted          303 403 404 404 404 404 404 404 409 403 403
POST visits.cancel  confirmed          303 403 404 404 404 403 404 403 409 403 403

GET  pack.show    planned              302 200 404 404 404 403 403 403 403 403 403
GET  pack.show    submitted            302 404 404 404 404 403 403 403 403 403 403
GET  pack.photo   packed               302 200 404 404 404 403 403 403 403 403 403
GET  pack.states                       401 200 200 200 200 403 403 403 403 403 403

GET  findings.index                    302 200 200 200 200 200 200 200 200 200 200
POST decisions.confirm        submitted          303 403 404 404 404 404 404 404 303 403 403
POST decisions.confirm        submitted mystery  303 404 404 403 404 404 404 404 303 403 403
POST decisions.reject         submitted          303 403 404 404 404 404 404 404 303 403 403
POST decisions.confirm_visit  submitted          303 403 404 404 404 404 404 404 303 403 403
POST decisions.confirm_visit  confirmed          303 403 404 404 404 403 404 403 409 403 403

GET  notices.index                         302 200 200 200 200 200 200 200 200 200 200
GET  notices.show         draft            302 404 404 404 404 404 404 404 200 200 200
GET  notices.show         issued           302 200 404 404 404 200 404 200 200 200 200
GET  notices.show         issued mystery   302 404 404 200 404 200 404 200 200 200 200
GET  notices.show         reported         302 200 404 404 404 200 404 200 200 200 200
GET  notices.pdf          draft            302 404 404 404 404 404 404 404 200 200 200
GET  notices.pdf          issued           302 200 404 404 404 200 404 200 200 200 200
GET  notices.photo        draft            302 404 404 404 404 404 404 404 200 200 200
GET  notices.photo        issued mystery   302 404 404 200 404 200 404 200 200 200 200
POST notices.issue        draft            303 404 404 404 404 404 404 404 303 403 403
POST notices.issue        issued           303 403 404 404 404 403 404 403 303 403 403
POST notices.issue_all                     303 403 403 403 403 403 403 403 303 403 403
POST notices.view         draft            303 403 403 403 403 404 404 404 403 403 403
POST notices.view         issued           303 403 403 403 403 204 404 204 403 403 403
POST notices.acknowledge  draft            303 404 404 404 404 404 404 404 403 403 403
POST notices.acknowledge  issued           303 403 404 404 404 303 404 303 403 403 403
POST notices.acknowledge  acknowledged     303 403 404 404 404 303 404 303 403 403 403

POST reports.create     issued             303 403 404 404 404 409 404 409 403 403 403
POST reports.create     acknowledged       303 403 404 404 404 303 404 303 403 403 403
POST reports.create     reported           303 403 404 404 404 409 404 409 403 403 403
POST reports.close      reported           303 403 404 404 404 403 404 403 303 403 403
POST reports.give_back  reported           303 403 404 404 404 403 404 403 303 403 403
GET  reports.photo      reported           302 200 404 404 404 200 404 200 200 200 200

GET  unsent.index                          302 200 200 200 200 403 403 403 403 403 403
GET  unsent.new_file                       302 200 200 200 200 403 403 403 200 403 403
POST unsent.take_in_file                   303 200 403 403 403 403 403 403 200 403 403

GET  tablets.index                         302 403 403 403 403 403 403 403 200 200 200
GET  tablets.entries                       302 403 403 403 403 403 403 403 200 403 403
GET  tablets.photo           parked        302 403 403 403 403 403 403 403 200 403 403
POST tablets.accept          parked        303 403 403 403 403 403 403 403 303 403 403
POST tablets.dismiss         parked        303 403 403 403 403 403 403 403 303 403 403

POST offline.heartbeat                     401 200 200 200 200 403 403 403 403 403 403
POST offline.ops                           401 200 200 200 200 403 403 403 403 403 403
GET  offline.stream          known         401 200 403 403 403 403 403 403 403 403 403
GET  offline.stream          new           401 200 200 200 200 403 403 403 403 403 403
POST offline.gap             known         401 200 403 403 403 403 403 403 403 403 403
GET  offline.blob            submitted     401 200 200 200 200 403 403 403 403 403 403
PUT  offline.put_blob                      401 200 200 200 200 403 403 403 403 403 403
GET  offline.visit_snapshot  planned       401 200 404 404 404 403 403 403 403 403 403
POST offline.key                           401 200 200 200 200 403 403 403 403 403 403
POST offline.lock                          401 204 204 204 204 204 204 204 204 204 204
"""

PEOPLE = {
    "str": None,
    "ins": "inspector",
    "col": "colleague",
    "sho": "shopper",
    "rev": "reviewer",
    "out": "outlet",
    "oth": "other_outlet",
    "sub": "subbranch",
    "cha": "channel",
    "lea": "leader",
    "adm": "admin",
}

HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines() if line]
CASES = [pytest.param(row, id=" ".join(row[: -len(PEOPLE)])) for row in ROWS]


def test_the_table_names_every_endpoint_and_nothing_else(app: Flask) -> None:
    there = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(method, endpoint) for method, endpoint, *_ in ROWS} == there


def test_the_table_has_a_column_for_everybody(cast: Cast) -> None:
    assert list(PEOPLE) == HEAD
    assert {name for name in PEOPLE.values() if name} == set(vars(cast))


@pytest.mark.parametrize("row", CASES)
def test_everybody_gets_the_answer_that_the_table_says(
    app: Flask, cast: Cast, client_of: ClientOf, row: list[str]
) -> None:
    method, endpoint, *scene = row[: -len(PEOPLE)]
    expected = dict(zip(PEOPLE, map(int, row[-len(PEOPLE) :]), strict=True))
    got: dict[str, int] = {}
    for column, name in PEOPLE.items():
        if not got or (method == "POST" and let_in(got)):
            keys = a_scene(cast, scene)
        client = client_of(getattr(cast, name) if name else None)
        url = address_of(app, endpoint, keys)
        response = client.open(url, method=method, **body_of(endpoint, cast))
        got[column] = response.status_code
    assert got == expected


def let_in(got: dict[str, int]) -> bool:
    """Whether the last person changed the scene, so that the next one needs another."""
    return bool(got) and list(got.values())[-1] < 400


def a_scene(cast: Cast, words: list[str]) -> dict[str, Any]:
    """Rows as far as the words say, and their keys."""
    keys: dict[str, Any] = {"code": "OFFSITE", "version": "1.0", "filename": "img/favicon.svg"}
    match [word for word in words if word != "mystery"]:
        case []:
            return keys | {"sha256": make.picture_sha256("white")}
        case ["known" | "new" as which]:
            return keys | {"stream": a_stream(cast, known=which == "known")}
        case ["planned" | "cancelled" | "submitted" | "confirmed" as stage]:
            visit = rows.a_visit_at(cast, stage, kind=kind(words))
            finding = rows.a_finding(visit) if stage != "planned" else None
            return keys | photo_keys(visit) | {"finding_id": finding and finding.id}
        case ["packed"]:
            found = rows.a_visit_at(cast, "confirmed", kind="offsite")
            rows.a_notice_at(cast, found, 0, "issued", seq=a_number())
            return keys | photo_keys(found) | {"visit_id": make.a_visit(cast).id}
        case ["disputed"]:
            conflict = rows.a_conflict(cast, rows.a_visit_at(cast, "in_progress", kind="offsite"))
            return keys | {"visit_id": conflict.visit_id, "conflict_id": conflict.id}
        case ["parked"]:
            visit = rows.a_visit_at(cast, "in_progress", kind="offsite")
            payload = {"photo": str(uuid.uuid4()), "item": "OF-VID-01", "stage": "before"}
            facts = {"sha256": a_picture(cast).sha256, "taken_at": MONDAY.isoformat()}
            return keys | {"op_id": rows.parked(visit, "photo.add", payload | facts).op_id}
        case [stage]:
            visit = rows.a_visit_at(cast, "confirmed", kind=kind(words))
            notice = rows.a_notice_at(cast, visit, 0, stage, seq=a_number())
            keys |= photo_keys(visit) | {"notice_id": notice.id}
            for report in notice.rectification.reports:
                picture = a_picture(cast)
                report.photos.append(ReportPhoto(id=uuid.uuid4(), picture=picture))
                keys |= {"report_id": report.id, "sha256": picture.sha256}
            return keys
    raise AssertionError(words)


def kind(words: list[str]) -> str:
    """The kind of visit that the words say."""
    return "mystery" if "mystery" in words else "offsite"


def a_number() -> int:
    """A document number that no other notice has."""
    return uuid.uuid4().int % 1_000_000 + 1


def a_stream(cast: Cast, *, known: bool) -> uuid.UUID:
    """The id of the inspector's stream, or of one that was never heard of."""
    key = uuid.uuid4()
    if known:
        db.session.add(Stream(id=key, person_id=cast.inspector.id, last_seq=0))
    return key


def a_picture(cast: Cast) -> Picture:
    """A picture that has arrived."""
    return keep(make.picture_bytes(), by=cast.inspector, at=MONDAY)


def photo_keys(visit: Visit) -> dict[str, Any]:
    """A photo of the first item of a visit, which is the one that a finding is about."""
    photo = rows.a_photo(visit)
    return {"visit_id": visit.id, "photo_id": photo.id, "sha256": photo.sha256}


def address_of(app: Flask, endpoint: str, keys: dict[str, Any]) -> str:
    """The address of an endpoint, with those of the keys that it needs."""
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
    with app.test_request_context():
        return url_for(endpoint, **{name: keys[name] for name in rule.arguments})


def body_of(endpoint: str, cast: Cast) -> dict[str, Any]:
    """What a good request to an endpoint carries."""
    ours = {"X-Inspector": "1"}
    if endpoint == "offline.ops":
        return {"json": {"stream": str(uuid.uuid4()), "ops": []}, "headers": ours}
    if endpoint == "offline.heartbeat":
        return {"json": {"sent_at": "2026-11-23T01:12:00Z", "streams": []}, "headers": ours}
    if endpoint == "offline.key":
        return {"json": {"device": str(uuid.uuid4())}, "headers": ours}
    if endpoint == "offline.lock":
        return {"headers": ours}
    if endpoint == "offline.gap":
        return {"json": {"first": 12, "last": 14}, "headers": ours}
    if endpoint == "offline.put_blob":
        return {"data": make.picture_bytes("white"), "headers": ours}
    return {"data": FORMS[endpoint](cast)} if endpoint in FORMS else {}


def an_unsent_file(cast: Cast) -> dict[str, Any]:
    """A file of the inspector's unsent work."""
    return {"file": (io.BytesIO(packed(contents(cast.inspector, []))), "unsent.zip")}


FORMS: dict[str, Callable[[Cast], dict[str, Any]]] = {
    "visits.create": lambda cast: {
        "branch": str(make.branch().id),
        "version": str(make.version().id),
        "inspector": str(cast.inspector.id),
        "planned_on": "2026-11-23",
    },
    "visits.resolve": lambda _: {"kept": "earlier"},
    "tablets.dismiss": lambda _: {"reason": "重复"},
    "visits.cancel": lambda _: {"reason": "网点停电"},
    "decisions.reject": lambda _: {"reason": "证据不足"},
    "notices.acknowledge": lambda _: {"post": "outlet_head"},
    "reports.create": lambda _: make.report_form(),
    "reports.give_back": lambda _: {"remark": "照片看不清"},
    "unsent.take_in_file": an_unsent_file,
}

"""The branch's signature from a tablet: what it says, when it is taken, what the office reads."""

import uuid
from typing import Any

import pytest

from inspector.db import db
from inspector.visits.models import Visit
from inspector.visits.signatures import facts, is_outdated, signatures_of
from tests import cast as make
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.offline.conftest import TabletOf
from tests.offline.tablet import Entry, Tablet, outcomes

INK = make.picture_bytes("navy", (100, 40))
RACK = {"item": "ON-RAK-02", "value": "9999", "place": "", "note": "过期三种", "corrected": False}


@pytest.fixture
def tablet(tablet_of: TabletOf) -> Tablet:
    """A tablet on which one item was found wanting."""
    tablet = tablet_of()
    tablet.send(
        tablet.answer("ON-ENV-01", "yes"),
        tablet.answer("ON-RAK-02", "9999"),
        tablet.entry("note.set", item="ON-RAK-02", field="note", text=" 过期三种 ", base=1),
        tablet.entry("practice.set", practice=str(uuid.uuid4()), text="老花镜齐全"),
    )
    return tablet


def sign(tablet: Tablet, **changes: Any) -> tuple[Entry, Entry]:
    """The picture of a signature, and what it is under."""
    photo = tablet.photo(None, INK, stage="signature")
    said = {
        "signature": str(uuid.uuid4()),
        "photo": photo["payload"]["photo"],
        "name": " 张敏 ",
        "remark": "资料当天撤换",
        "refusal": "",
        "findings": [RACK],
        "practices": ["老花镜齐全"],
        "signed_at": "2026-11-23T17:30:00+08:00",
    }
    return photo, tablet.entry("visit.sign", **(said | changes))


def the_visit(tablet: Tablet) -> Visit:
    return db.session.get_one(Visit, tablet.visit)


def test_it_keeps_who_signed_what_and_waits_for_the_picture(
    cast: Cast, client_of: ClientOf, tablet: Tablet
) -> None:
    photo, entry = sign(tablet)
    receipt = tablet.send(photo, entry)
    assert outcomes(receipt) == ["applied", "applied"]
    assert receipt["missing"] == [photo["payload"]["sha256"]]
    tablet.put(INK)
    (signature,) = signatures_of(the_visit(tablet))
    assert (signature.name, signature.remark, signature.refusal) == ("张敏", "资料当天撤换", "")
    assert signature.signed_at.isoformat() == "2026-11-23T09:30:00+00:00"
    assert signature.seen == facts(the_visit(tablet))
    assert not is_outdated(signature, the_visit(tablet))
    picture = f"/visits/{tablet.visit}/photos/{photo['payload']['sha256']}"
    assert client_of(cast.channel).get(picture).status_code == 200
    assert client_of(cast.outlet).get(picture).status_code == 404  # not confirmed yet
    again = tablet.entry("visit.sign", **entry["payload"])
    assert outcomes(tablet.send(again)) == ["applied"]
    assert len(signatures_of(the_visit(tablet))) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "answer.set", "item": "ON-RAK-02", "value": "0", "base": 2},
        {"kind": "answer.set", "item": "ON-ENV-02", "value": "no"},
        {"kind": "note.set", "item": "ON-RAK-02", "field": "note", "text": "四种", "base": 2},
        {"kind": "correction.set", "item": "ON-RAK-02", "corrected": True, "base": 2},
        {"kind": "practice.set", "practice": str(uuid.uuid4()), "text": "另一处"},
    ],
)
def test_whatever_changes_what_was_signed_makes_it_signed_before_changes(
    tablet: Tablet, change: dict[str, Any]
) -> None:
    tablet.send(*sign(tablet))
    tablet.send(tablet.answer("ON-ENV-04", "yes"))
    (signature,) = signatures_of(the_visit(tablet))
    assert not is_outdated(signature, the_visit(tablet))
    tablet.send(tablet.entry(**change))
    db.session.expire_all()
    assert is_outdated(signature, the_visit(tablet))


def test_signing_again_counts_and_the_earlier_one_is_kept(
    cast: Cast, client_of: ClientOf, tablet: Tablet
) -> None:
    tablet.send(*sign(tablet))
    tablet.send(*sign(tablet, name="王强", signed_at="2026-11-23T17:40:00+08:00"))
    assert [s.name for s in signatures_of(the_visit(tablet))] == ["王强", "张敏"]
    snapshot = client_of(cast.inspector).get(f"/api/visits/{tablet.visit}/snapshot").json
    assert snapshot is not None
    assert (snapshot["signature"]["name"], snapshot["signature"]["findings"]) == ("王强", [RACK])


def test_who_refuses_need_not_be_named_but_the_reason_is_needed(tablet: Tablet) -> None:
    refusal = {"photo": None, "name": "", "refusal": "对事实有异议"}
    for changes, outcome in (
        (refusal, "applied"),
        (refusal | {"refusal": " "}, "signature.incomplete"),
        ({"name": " "}, "signature.incomplete"),
        ({"refusal": "对事实有异议"}, "signature.incomplete"),
        ({"photo": str(uuid.uuid4())}, "ops.malformed"),
    ):
        assert outcomes(tablet.send(*sign(tablet, **changes)))[1] == outcome
    (signature,) = signatures_of(the_visit(tablet))
    assert (signature.name, signature.refusal, signature.photo) == ("", "对事实有异议", None)


def test_a_photo_of_a_fault_is_no_signature(tablet: Tablet) -> None:
    photo = tablet.photo("ON-RAK-02", INK)
    _, entry = sign(tablet, photo=photo["payload"]["photo"])
    tablet.seq -= 1
    entry["seq"] = photo["seq"] + 1
    assert outcomes(tablet.send(photo, entry)) == ["applied", "ops.malformed"]


@pytest.mark.parametrize("kind", ["mystery", "offsite"])
def test_only_on_site_is_there_anybody_to_sign(tablet_of: TabletOf, kind: str) -> None:
    tablet = tablet_of(kind=kind)
    refusal: dict[str, Any] = {"photo": None, "refusal": "不签", "findings": []}
    photo, entry = sign(tablet, **refusal)
    assert outcomes(tablet.send(photo, entry)) == ["signature.kind"] * 2


def test_after_submission_nobody_signs_any_more(cast: Cast, tablet_of: TabletOf) -> None:
    tablet = tablet_of(make.submitted(cast))
    assert outcomes(tablet.send(*sign(tablet))) == ["visit.frozen"] * 2


def test_the_office_reads_the_latest_signature_and_whether_it_still_holds(
    cast: Cast, client_of: ClientOf, tablet_of: TabletOf
) -> None:
    tablet = tablet_of(make.answered(make.a_visit(cast), failed=("ON-RAK-02",)))
    page = f"/visits/{tablet.visit}"
    tablet.send(*sign(tablet, findings=[RACK | {"note": ""}], practices=[]))
    refusal: dict[str, Any] = {
        "photo": None,
        "name": "王强",
        "refusal": "<b>对事实有异议</b>",
        "findings": [],
    }
    tablet.put(INK)
    tablet.send(sign(tablet, **refusal)[1] | {"seq": 3})
    tablet.seq = 3
    tablet.send(tablet.entry("visit.submit"))
    html = client_of(cast.channel).get(page).text
    html = html[html.index('id="acknowledgement"') :]
    latest, earlier = html[: html.index("<details")], html[html.index("<details") :]
    assert [word in latest for word in ("拒绝签字", "王强", "签字后有改动")] == [True] * 3
    assert "&lt;b&gt;对事实有异议&lt;/b&gt;" in latest
    assert [word in earlier for word in ("张敏", "签字后有改动", "/photos/")] == [True, False, True]


@pytest.mark.parametrize(("kind", "told"), [("onsite", True), ("mystery", False)])
def test_that_nobody_was_asked_is_said_of_on_site_visits_only(
    cast: Cast, client_of: ClientOf, kind: str, told: bool
) -> None:
    visit = make.submitted(cast, failed=(), kind=kind)
    assert ("acknowledgement" in client_of(cast.channel).get(f"/visits/{visit.id}").text) is told

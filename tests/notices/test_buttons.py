"""Every cell (stage, move, role) through the pages: a form is shown exactly when the table of moves
lets that person take that step now. What the tables say stands in tests/unit, beside domain.md."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from inspector.db import db
from inspector.findings import lifecycle as findings
from inspector.moves import Move, may
from inspector.notices import lifecycle as notices
from inspector.notices.models import Notice
from inspector.people.roles import Role
from inspector.visits import lifecycle as visits
from inspector.visits.models import Visit
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf

pytestmark = [pytest.mark.one_engine, pytest.mark.usefixtures("noon")]

FORMS = {
    "notices issuance": "notice issue",
    "notices acknowledgement": "notice acknowledge",
    "notices reissue": "notice reissue",
    "notices reports": "rectification report",
    "reports endorsement": "rectification endorse",
    "reports return": "rectification return",
    "reports closure": "rectification close",
    "notices reopening": "rectification reopen",
    "notices extension": "rectification ask_extension",
    "extensions grant": "rectification decide_extension",
    "extensions refusal": "rectification decide_extension",
    "notices risk": "rectification ask_risk",
    "risks refusal": "rectification refuse_risk",
    "risks acceptance": "rectification accept_risk",
    "notices appeal": "appeal file",
    "appeals refusal": "appeal refuse",
    "appeals acceptance": "appeal accept",
    "appeals decision": "appeal uphold",
    "visits send-back": "visit send_back",
    "visits confirmation": "visit confirm",
    "visits cancellation": "visit cancel",
    "visits inspector": "visit reassign",
    "visits day": "visit move",
    "visits void-request": "visit ask_void",
    "visits void-refusal": "visit refuse_void",
    "visits void": "visit void",
    "findings confirmation": "finding confirm",
    "findings rejection": "finding reject",
}
"""What a form's address means: the thing, and what is done with it."""

ELSEWHERE = {
    "visit start": "the tablet's page",
    "visit submit": "the tablet's page",
    "visit publish": "the page of its batch",
    "finding withdraw": "part of an appeal or a void visit",
    "rectification begin": "part of signing for the notice",
    "rectification appeal": "part of filing an appeal",
    "rectification reissue": "part of reissuing the notice",
    "rectification pause": "part of taking an appeal up",
    "rectification resume": "part of upholding the finding",
    "appeal overturn": "the same form as upholding it",
}
TABLES: dict[str, Mapping[str, Move[Any]]] = {
    "visit": visits.MOVES,
    "finding": findings.FINDING_MOVES,
    "notice": notices.MOVES,
    "appeal": notices.APPEAL_MOVES,
    "rectification": findings.MOVES,
}
WHO = ("inspector", "outlet", "subbranch", "channel", "leader", "admin")
ONCE = {"rectification ask_extension", "rectification ask_risk", "appeal file"}
ANSWERS = {
    "rectification decide_extension",
    "rectification refuse_risk",
    "rectification accept_risk",
}


def test_every_move_has_its_form_or_a_place_where_it_is_taken() -> None:
    moves = {f"{table} {move}" for table, named in TABLES.items() for move in named}
    assert {*FORMS.values(), *ELSEWHERE} == moves
    assert not set(FORMS.values()) & ELSEWHERE.keys()


def shown(html: str) -> set[str]:
    """The moves whose forms stand on a page."""
    main = html[html.index("<main") : html.index("</main>")]
    found = re.findall(r'<form[^>]* action="/(\w+)/[0-9a-f-]{36}/([\w-]+)"', main, re.S)
    named = {" ".join(form) for form in found}
    assert named <= FORMS.keys(), named - FORMS.keys()
    return {FORMS[form] for form in named}


def allowed(stages: Mapping[str, Any], role: str) -> set[str]:
    """The moves with a form that the tables allow, of things at these stages."""
    return {
        name
        for name in FORMS.values()
        if (table := name.split()[0]) in stages
        and may(TABLES[table], name.split()[1], role, stages[table])
    }


STAGES = ["draft", "issued", "acknowledged", "reported", "returned", "closed", "reopened", "paused"]


@pytest.fixture
def visit(app: object, cast: Cast) -> Visit:
    """A visit whose findings are of facilities: more time can be asked for them."""
    return rows.a_visit_at(cast, "confirmed")


@pytest.mark.parametrize("asked", [False, True], ids=["nothing asked", "all asked"])
def test_the_page_of_a_notice_has_the_forms_of_what_one_may_do(
    cast: Cast, client_of: ClientOf, visit: Visit, asked: bool
) -> None:
    made = [rows.a_notice_at(cast, visit, n, stage) for n, stage in enumerate(STAGES)]
    withdrawn = rows.a_notice_at(cast, visit, len(STAGES), "acknowledged")
    rows.withdrawn(withdrawn.finding, cast.leader)
    appealed = rows.a_notice_at(cast, visit, len(STAGES) + 1, "paused")
    for notice in [*made, withdrawn, appealed]:
        if (asked and notice.issued_at) or notice is appealed:
            rows.asked_for_more_time(notice, cast.subbranch)
            rows.a_risk(notice, cast.subbranch)
            rows.an_appeal(notice, cast.subbranch)
    assert appealed.appeal
    appealed.appeal.accepted_at, appealed.appeal.accepted_by_id = MONDAY, cast.channel.id
    db.session.commit()
    wrong = []
    for notice in [*made, withdrawn, appealed]:
        for name in WHO:
            person = getattr(cast, name)
            page = client_of(person).get(f"/notices/{notice.id}")
            expected = of_notice(notice, person.role) if page.status_code == 200 else set()
            found = shown(page.text) if page.status_code == 200 else set()
            if found != expected:
                wrong.append((notice.stage, notice.rectification.stage, name, found ^ expected))
    assert wrong == []


def of_notice(notice: Notice, role: str) -> set[str]:
    """What the tables allow; what is asked for once is not asked again, and only what was asked is
    answered. A notice that is not in force any more is only read."""
    if notice.withdrawn_at:
        return set()
    appeal = notice.appeal
    stages: dict[str, Any] = {
        "notice": notice.stage,
        "rectification": notice.rectification.stage,
        "appeal": appeal.stage if appeal else notices.AppealStage.NONE,
    }
    found = allowed(stages, role)
    rectification = stages["rectification"]
    if "appeal file" in found and not may(findings.MOVES, "appeal", role, rectification):
        found.remove("appeal file")
    if "notice reissue" in found and not may(findings.MOVES, "reissue", role, rectification):
        found.remove("notice reissue")
    pausable = rectification in findings.MOVES["pause"].sources
    if "appeal accept" in found and not pausable:
        found.remove("appeal accept")
    return found - (ONCE if notice.extension else ANSWERS)


@pytest.mark.parametrize("asked", [False, True], ids=["nothing asked", "asked to be void"])
def test_the_page_of_a_visit_has_the_forms_of_what_one_may_do(
    cast: Cast, client_of: ClientOf, asked: bool
) -> None:
    stages = ("assigned", "in_progress", "submitted", "confirmed", "cancelled", "void")
    made = {stage: rows.a_visit_at(cast, stage, kind="offsite") for stage in stages}
    for visit in made.values():
        if asked and visit.stage in {"submitted", "confirmed"}:
            rows.asked_void(visit, cast.channel)
    db.session.commit()
    wrong = []
    for stage, visit in made.items():
        for name in WHO:
            person = getattr(cast, name)
            page = client_of(person).get(f"/visits/{visit.id}")
            if page.status_code != 200 or 'id="snapshot"' in page.text:
                continue  # not theirs to see, or theirs to record on
            expected = allowed({"visit": visit.stage}, person.role)
            expected -= {"visit ask_void"} if asked else {"visit refuse_void", "visit void"}
            if asked:
                expected -= {"visit send_back"}
            if shown(page.text) != expected:
                wrong.append((stage, name, shown(page.text) ^ expected))
    assert wrong == []


def test_a_finding_on_its_visit_has_the_forms_of_what_one_may_do(
    cast: Cast, client_of: ClientOf
) -> None:
    wrong = []
    for seq, stage in enumerate(findings.FindingStage, 1):
        visit = rows.a_visit_at(cast, "submitted", kind="offsite")
        finding = rows.a_finding(visit)
        if stage == "closed":
            rows.on_spot(finding, cast.channel)
        elif stage != "submitted":
            rows.decided(finding, cast.channel, "rejected" if stage == "rejected" else "confirmed")
        if stage in {"confirmed", "withdrawn"}:
            rows.issued(rows.a_notice(rows.a_rectification(finding)), cast.channel, seq)
        if stage == "withdrawn":
            rows.withdrawn(finding, cast.leader)
        db.session.commit()
        assert finding.stage == stage
        for name in ("inspector", "channel", "leader", "admin"):
            person = getattr(cast, name)
            html = client_of(person).get(f"/visits/{visit.id}").text
            found = {move for move in shown(html) if move.startswith("finding")}
            if found != (expected := allowed({"finding": finding.stage}, person.role)):
                wrong.append((stage, name, found ^ expected))
    assert wrong == []


def test_every_role_is_walked() -> None:
    assert {*WHO, "shopper", "reviewer"} == {role.value for role in Role}

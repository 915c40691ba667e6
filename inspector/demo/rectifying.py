"""What became of one confirmed finding of the history, as far as its last day."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final, TypeAlias

from inspector import clock
from inspector.db import Base
from inspector.demo.town import Outlet, key
from inspector.findings.models import Rectification, Reopening, Report, ReportPhoto
from inspector.notices.appeals import Appeal, PanelSeat
from inspector.notices.models import Acknowledgement, Notice
from inspector.people.roles import Role

Put: TypeAlias = Callable[..., None]
"""Takes a model and the values of a row of it."""

APPEAL_DAYS: Final = 5
WORDS: Final = (
    (
        "换季时未及时清理，责任未落实到人",
        "每周一由大堂经理逐项检查，坐班领导签字",
        "已全部整改到位",
    ),
    ("新员工对规范不熟悉", "晨会集中学习，班后情景演练", "已培训并抽查合格"),
    ("设施老化，报修后未跟踪", "建立报修台账，三日内回访", "已维修并恢复使用"),
    ("高峰期人手不足，疏于管理", "调整弹性排班，增设引导岗", "已按新排班执行"),
)
REMARKS: Final = ("整改后照片看不清，请重新拍摄", "原因分析不到位，请补充", "措施未落实到岗位")


@dataclass
class Case:
    """One finding on its way: what it needs to know, and what it came to."""

    finding_id: uuid.UUID
    outlet: Outlet
    opened_at: datetime
    """When it was confirmed, or published if that came later."""
    days: int
    photo: str | None
    """The picture of the fault, where it has one: a report then needs one too."""
    until: datetime
    id: uuid.UUID = field(init=False)
    due_on: date | None = None
    closed_at: datetime | None = None
    paused_at: datetime | None = None
    begun_at: datetime | None = None
    issued: list[dict[str, Any]] = field(default_factory=list)
    """Notices that were issued, still without their numbers."""


def on_spot(case: Case, chance: Random, put: Put, decided_at: datetime) -> None:
    """Corrected on the spot: closed at once."""
    case.id, case.closed_at = key(chance), decided_at
    _open(case, put, "on_spot", decided_at)


def by_notice(case: Case, chance: Random, put: Put, decided_at: datetime, *, held: bool) -> None:
    """By a notice: issued, signed for, reported, verified; each step unless its day is to come."""
    case.id = key(chance)
    # Filled in as the story goes on, and written down at its end.
    rows: list[tuple[type[Base], dict[str, Any]]] = []
    _issue(case, chance, rows, decided_at, held)
    _open(case, put, "notice", decided_at)
    for model, values in rows:
        put(model, **values)


def _open(case: Case, put: Put, mode: str, at: datetime) -> None:
    put(
        Rectification,
        id=case.id,
        finding_id=case.finding_id,
        of_original=True,
        mode=mode,
        opened_at=at,
        due_on=case.due_on,
        begun_at=case.begun_at,
        paused_at=case.paused_at,
        closed_at=case.closed_at,
        closed_by_id=_desk(case)[1] if case.closed_at else None,
        review_on=None,
    )


Rows: TypeAlias = list[tuple[type[Base], dict[str, Any]]]


def _issue(case: Case, chance: Random, rows: Rows, decided_at: datetime, held: bool) -> None:
    notice_id = key(chance)
    delay = 4 if chance.random() < 0.03 else chance.randrange(3)
    at = at_work(clock.day(case.opened_at) + timedelta(delay), chance, after=case.opened_at)
    if held or at > case.until:
        drafted = {"id": notice_id, "rectification_id": case.id, "drafted_at": decided_at}
        rows.append((Notice, drafted))
        return
    supersedes = None
    if chance.random() < 0.01 and at + timedelta(days=1) < case.until:
        supersedes = notice_id
        withdrawn = at + timedelta(days=1)
        case.issued.append(
            _issued(case, notice_id, at, None, decided_at)
            | {
                "withdrawn_at": withdrawn,
                "withdrawn_by_id": _desk(case)[0],
                "withdrawn_reason": "检查项写错",
            }
        )
        notice_id, at = key(chance), withdrawn + timedelta(minutes=5)
    notice = _issued(case, notice_id, at, supersedes, decided_at)
    case.issued.append(notice)
    case.due_on = clock.days_after(clock.day(at), case.days)
    _acknowledge(case, chance, rows, notice)


def _issued(
    case: Case, notice_id: uuid.UUID, at: datetime, supersedes: uuid.UUID | None, drafted: datetime
) -> dict[str, Any]:
    day = clock.day(at)
    return {
        "id": notice_id,
        "rectification_id": case.id,
        "drafted_at": drafted,
        "issued_at": at,
        "issued_by_id": _desk(case)[0],
        "due_on": clock.days_after(day, case.days),
        "document": {"appeal_until": clock.days_after(day, APPEAL_DAYS).isoformat()},
        "viewed_at": None,
        "withdrawn_at": None,
        "withdrawn_by_id": None,
        "withdrawn_reason": None,
        "supersedes_id": supersedes,
    }


def _acknowledge(case: Case, chance: Random, rows: Rows, notice: dict[str, Any]) -> None:
    slow = chance.random() < 0.08
    days = chance.randrange(3, 6) if slow else chance.randrange(3)
    issued = notice["issued_at"]
    at = at_work(clock.day(issued) + timedelta(days), chance, after=issued)
    if at > case.until:
        return
    notice["viewed_at"] = case.begun_at = at
    values = {"id": key(chance), "notice_id": notice["id"], "at": at}
    rows.append((Acknowledgement, values | {"by_id": case.outlet.head, "post": "outlet_head"}))
    if chance.random() < 0.02 and not _appeal(case, chance, rows, notice, at):
        return
    assert case.due_on is not None  # it was issued
    ahead = chance.randrange(min(case.days, 4) + 1)
    late = 0 if chance.random() < 0.87 else chance.choice((1, 1, 2, 3, 5, 8, 12, 30))
    day = case.due_on + timedelta(late) if late else case.due_on - timedelta(ahead)
    _report(case, chance, rows, at_work(max(day, clock.day(at)), chance, after=at), 1)


def _appeal(
    case: Case, chance: Random, rows: Rows, notice: dict[str, Any], begun: datetime
) -> bool:
    """The sub-branch appeals; returns whether the story goes on."""
    filed = at_work(clock.day(begun), chance, after=begun)
    taken = filed + timedelta(days=2)
    decided = taken + timedelta(days=4)
    if filed > case.until:
        return True
    desk, leader = _desk(case)[0], case.outlet.city.staff[Role.LEADER][0]
    refused = chance.random() < 0.5
    answered = taken <= case.until
    upheld = answered and not refused and decided <= case.until
    appeal_id = key(chance)
    values = {
        "id": appeal_id,
        "notice_id": notice["id"],
        "ground": "fact",
        "statement": "检查时正在更换，已有记录可查",
        "filed_at": filed,
        "filed_by_id": case.outlet.subbranch_head,
        "accepted_at": taken if answered and not refused else None,
        "accepted_by_id": desk if answered and not refused else None,
        "refused_at": taken if answered and refused else None,
        "refused_by_id": desk if answered and refused else None,
        "decided_at": decided if upheld else None,
        "decided_by_id": leader if upheld else None,
        "overturned": False if upheld else None,
        "remark": "调阅录像核实，原认定无误" if upheld or (answered and refused) else "",
    }
    rows.append((Appeal, values))
    if not answered or refused:
        return True
    if not upheld:
        case.paused_at = taken
        return False
    seats = ((leader, "行领导"), (_desk(case)[1], "内控合规部"))
    for person, department in seats:
        seat = {"id": key(chance), "appeal_id": appeal_id, "person_id": person}
        rows.append((PanelSeat, seat | {"department": department}))
    assert case.due_on is not None  # it was issued
    case.due_on += timedelta((clock.day(decided) - clock.day(taken)).days)
    return True


def _report(case: Case, chance: Random, rows: Rows, at: datetime, number: int) -> None:
    if at > case.until:
        return
    cause, measure, result = chance.choice(WORDS)
    verified = at_work(clock.day(at) + timedelta(chance.randrange(1, 6)), chance, after=at)
    returned = number == 1 and chance.random() < 0.08
    judged = verified <= case.until
    report_id = key(chance)
    values = {
        "id": report_id,
        "rectification_id": case.id,
        "round": number,
        "cause": cause,
        "measure": measure,
        "result": result,
        "done_on": clock.day(at),
        "reported_at": at,
        "reported_by_id": case.outlet.head,
        "verdict": ("returned" if returned else "closed") if judged else None,
        "remark": chance.choice(REMARKS) if judged and returned else "",
        "verified_at": verified if judged else None,
        "verified_by_id": _desk(case)[1] if judged else None,
        "endorsed_at": None,
        "endorsed_by_id": None,
    }
    rows.append((Report, values))
    if case.photo:
        photo = {"id": key(chance), "report_id": report_id, "sha256": case.photo}
        rows.append((ReportPhoto, photo))
    if judged and returned:
        again = at_work(clock.day(verified) + timedelta(chance.randrange(1, 4)), chance)
        _report(case, chance, rows, again, number + 1)
    elif judged:
        case.closed_at = verified
        if chance.random() < 0.012:
            _reopen(case, chance, rows, number)


def _reopen(case: Case, chance: Random, rows: Rows, number: int) -> None:
    assert case.closed_at is not None  # a moment ago
    day = clock.day(case.closed_at) + timedelta(chance.randrange(20, 60))
    at = at_work(day, chance)
    if at > case.until:
        return
    case.due_on = day + timedelta(10)
    values = {
        "id": key(chance),
        "rectification_id": case.id,
        "round": number,
        "closed_at": case.closed_at,
        "due_on": case.due_on,
        "reason": "回头看发现未整改到位",
        "at": at,
        "by_id": _desk(case)[0],
    }
    rows.append((Reopening, values))
    case.closed_at = None
    _report(
        case, chance, rows, at_work(day + timedelta(chance.randrange(3, 9)), chance), number + 1
    )


def _desk(case: Case) -> list[uuid.UUID]:
    return case.outlet.city.staff[Role.CHANNEL]


def at_work(day: date, chance: Random, after: datetime | None = None) -> datetime:
    """A moment within the working hours of a day, or soon after another moment."""
    minutes = chance.randrange(9 * 60, 17 * 60)
    moment = clock.start_of(day) + timedelta(minutes=minutes)
    if after is not None and moment <= after:
        return after + timedelta(minutes=chance.randrange(5, 50))
    return moment

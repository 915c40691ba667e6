"""What a bulletin of a quarter says today, from the facts. Nothing unpublished is in it, and of a
mystery visit neither its day nor what its shopper wrote: every branch will read it."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import aliased, selectinload

from inspector import clock, deadlines
from inspector.bulletins.models import Bulletin
from inspector.checklists.models import Kind
from inspector.clock import Quarter
from inspector.db import db
from inspector.deadlines import Days
from inspector.findings.lifecycle import Verdict
from inspector.findings.models import Finding, Rectification, Report
from inspector.findings.queries import IN_FORCE
from inspector.notices.deadlines import to_name_sql
from inspector.notices.models import Notice
from inspector.notices.numbers import number_of
from inspector.notices.papers.bulletin import (
    Adjusted,
    BulletinDocument,
    Example,
    Frequent,
    Overdue,
    Place,
    Point,
    Rank,
    Repeat,
    SystemicProblem,
)
from inspector.notices.papers.drawing import Photo as PaperPhoto
from inspector.notices.sums import ACTIVE, sums_of
from inspector.notices.systemic import systemic
from inspector.notices.warnings import WarningOrder
from inspector.people.models import Branch, Level, Person
from inspector.scores import other, queries, results, rules
from inspector.scores.models import Adjustment, CountedVisit, Freeze, QuarterScore
from inspector.scores.periods import QUARTERS
from inspector.scores.results import Result, Standing
from inspector.scores.whole import lines_since, with_lines
from inspector.visits.models import Photo, Practice, Visit
from inspector.visits.queries import SECRET

PHOTOS_OF_ONE = 2


@dataclass(frozen=True)
class Edition:
    """What a bulletin is called; a draft has no number."""

    edition: int = 1
    seq: int | None = None
    replaces: str = ""
    reason: str = ""


def gather(
    quarter: Quarter,
    *,
    by: Person,
    on: date,
    edition: Edition = Edition(),
    practices: Collection[uuid.UUID] | None = None,
) -> BulletinDocument:
    """All that the bulletin of a quarter says on a day. `practices` are the good examples that were
    chosen; None takes the latest few."""
    found, _lines = with_lines(quarter)
    mine, setting = _counted(quarter, found.freeze), current_app.config
    at_most: int = setting["BULLETIN_LINES"]
    overdue, overdue_in_all = _overdue(quarter, on, at_most)
    repeats, by_subbranch = _repeats(mine, at_most)
    best, last = _places(found, setting["BULLETIN_NAMED"])
    cities, sums = found.at(Level.CITY), sums_of(mine)
    return BulletinDocument(
        issuer=setting["ISSUER"],
        doc_code=setting["BULLETIN_CODE"],
        doc_year=on.year,
        doc_seq=edition.seq,
        system_code=str(quarter) if edition.edition == 1 else f"{quarter}-{edition.edition}",
        year=quarter.year,
        quarter=quarter.number,
        replaces=edition.replaces,
        reason=edition.reason,
        is_frozen=found.freeze is not None,
        worth=found.rules.worth,
        visits=sums.visits,
        found=sums.found,
        on_spot=sums.on_spot,
        notices=sums.notices,
        closed=sums.closed,
        outlets=sum(one.outlets for one in cities),
        inspected=sum(one.inspected for one in cities),
        ranking=_ranking(found, quarter, by_subbranch),
        trend=_trend(found),
        frequent=_frequent(mine, setting["BULLETIN_FREQUENT"]),
        best=best,
        last=last,
        overdue=overdue,
        overdue_in_all=overdue_in_all,
        repeats=repeats,
        repeats_in_all=sum(by_subbranch.values()),
        systemic=tuple(
            SystemicProblem(
                one.subbranch.name_zh, one.text_zh, one.outlets, one.subbranch.name_en, one.text_en
            )
            for one in systemic(quarter, seen_by=by, published=True)[:at_most]
        ),
        examples=_examples(mine, practices, setting["BULLETIN_EXAMPLES"]),
        adjusted=_adjusted(lines_since(quarter)) if found.freeze else (),
        issued_on=on,
        cc=tuple(setting["BULLETIN_COPIES"]),
    )


def _counted(quarter: Quarter, freeze: Freeze | None) -> ColumnElement[bool]:
    """The visits that a bulletin tells of: those that the quarter counts, none that is secret."""
    if freeze is None:
        return queries.COUNTS & queries.during(quarter)
    kept = select(CountedVisit.visit_id).where(CountedVisit.freeze_id == freeze.id)
    return Visit.id.in_(kept) & ~SECRET


def _ranking(found: Result, quarter: Quarter, repeats: dict[uuid.UUID, int]) -> tuple[Rank, ...]:
    others = other.others(quarter)
    before = _ranks_before(quarter)
    return tuple(
        Rank(
            rank=found.ranks[one.id],
            subbranch=one.name_zh,
            subbranch_en=one.name_en,
            code=one.code,
            outlets=one.outlets,
            inspected=one.inspected,
            score=one.value,
            contribution=one.total,
            other=others.get(one.id),
            total=rules.performance(found.rules, one.total, others.get(one.id)),
            change=_up(before.get(one.id), found.ranks[one.id]),
            late=one.late,
            repeats=repeats.get(one.id, 0),
        )
        for one in found.ranked
    )


def _ranks_before(quarter: Quarter) -> dict[uuid.UUID, int | None]:
    """The places of the quarter before, if it was frozen: a draft's are nobody's places."""
    freeze = results.freeze_of(quarter.before)
    return results.frozen(freeze, outlets=False).ranks if freeze else {}


def _up(before: int | None, now: int | None) -> int:
    return 0 if before is None or now is None else before - now


def _trend(found: Result) -> tuple[Point, ...]:
    """The score of all inspected outlets in the frozen quarters before, and in this one."""
    rows = db.session.execute(
        select(Freeze.quarter, QuarterScore.value, QuarterScore.inspected)
        .join(QuarterScore, QuarterScore.freeze_id == Freeze.id)
        .where(
            Freeze.returned_at.is_(None),
            Freeze.starts_at < found.quarter.start,
            QuarterScore.level == Level.CITY,
            QuarterScore.value.is_not(None),
        )
        .order_by(Freeze.starts_at)
    )
    before: dict[str, list[tuple[Decimal, int]]] = defaultdict(list)
    for quarter, value, inspected in rows:
        assert value is not None  # the statement says so
        before[quarter].append((value, inspected))
    before[str(found.quarter)] = [
        (one.value, one.inspected) for one in found.at(Level.CITY) if one.value is not None
    ]
    points = [Point(quarter, _whole(cities)) for quarter, cities in before.items() if cities]
    return tuple(points[-QUARTERS:])


def _whole(cities: Sequence[tuple[Decimal, int]]) -> Decimal:
    """The mean of all outlets, from those of the cities."""
    together = sum(value * inspected for value, inspected in cities)
    return rules.shown(together / Decimal(sum(inspected for _, inspected in cities)))


def _frequent(mine: ColumnElement[bool], few: int) -> tuple[Frequent, ...]:
    """Which issues were found most often; in the words of one of their findings."""
    times = func.count()
    rows = db.session.execute(
        select(func.max(Finding.text_zh), times, func.max(Finding.text_en))
        .join(Finding.visit)
        .where(mine, IN_FORCE, Finding.original)
        .group_by(Finding.issue)
        .order_by(times.desc(), Finding.issue)
        .limit(few)
    )
    return tuple(Frequent(*row) for row in rows)


def _places(found: Result, named: int) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """The best outlets and, the lowest first, the last ones; an outlet is never in both."""
    there = [one for one in found.at(Level.OUTLET) if one.value is not None]
    ordered = sorted(there, key=lambda one: (-(one.value or Decimal(0)), one.code))
    best, rest = ordered[:named], ordered[named:]
    return _placed(found, best), _placed(found, rest[: -named - 1 : -1])


def _placed(found: Result, outlets: Iterable[Standing]) -> tuple[Place, ...]:
    return tuple(
        Place(parent.name_zh, one.name_zh, one.value, parent.name_en, one.name_en)
        for one in outlets
        if one.value is not None and one.parent_id is not None
        for parent in [found.by_id[one.parent_id]]
    )


def _overdue(quarter: Quarter, on: date, at_most: int) -> tuple[tuple[Overdue, ...], int]:
    """The notices of the quarter or before it that are so late that the bulletin names them, the
    latest first; and how many there are."""
    outlet, subbranch = aliased(Branch), aliased(Branch)
    named = (
        select(
            Rectification.id,
            Notice.doc_year,
            Notice.doc_seq,
            Rectification.due_on,
            *_told(outlet, subbranch),
        )
        .select_from(Notice)
        .join(Notice.rectification)
        .join(Rectification.finding)
        .join(Finding.visit)
        .join(outlet, Visit.branch_id == outlet.id)
        .join(subbranch, outlet.parent_id == subbranch.id)
        .where(~SECRET, Notice.issued_at < quarter.end)
        .where(to_name_sql(on, Days.of(current_app.config)))
        .order_by(Rectification.due_on, Notice.doc_year, Notice.doc_seq)
    )
    rows = db.session.execute(named.limit(at_most)).all()
    total = db.session.scalar(named.with_only_columns(func.count()).order_by(None))
    returned = _returned([row.id for row in rows])
    return tuple(_late(row, returned[row.id], on) for row in rows), total or 0


def _told(outlet: Any, subbranch: Any) -> list[Any]:
    """What a line says of a finding: the problem and the units, in both languages."""
    return [
        subbranch.name_zh.label("subbranch"),
        outlet.name_zh.label("outlet"),
        Finding.text_zh.label("problem"),
        subbranch.name_en.label("subbranch_en"),
        outlet.name_en.label("outlet_en"),
        Finding.text_en.label("problem_en"),
    ]


TOLD = ("subbranch", "outlet", "problem", "subbranch_en", "outlet_en", "problem_en")


def _said(row: Row[Any]) -> dict[str, str]:
    return {name: getattr(row, name) for name in TOLD}


def _returned(rectifications: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[tuple[date, date]]]:
    """When reports came and were returned: until then the clock stood."""
    rows = select(Report.rectification_id, Report.reported_at, Report.verified_at).where(
        Report.rectification_id.in_(rectifications), Report.verdict == Verdict.RETURNED
    )
    found: dict[uuid.UUID, list[tuple[date, date]]] = defaultdict(list)
    for key, reported_at, verified_at in db.session.execute(rows) if rectifications else ():
        assert verified_at is not None  # it was returned
        found[key].append((clock.day(reported_at), clock.day(verified_at)))
    return found


def _late(row: Row[Any], returned: Sequence[tuple[date, date]], on: date) -> Overdue:
    return Overdue(
        notice=number_of(row.doc_year, row.doc_seq),
        due_on=row.due_on,
        days=deadlines.rectification(row.due_on, returned).days_late(on),
        **_said(row),
    )


def _repeats(
    mine: ColumnElement[bool], at_most: int
) -> tuple[tuple[Repeat, ...], dict[uuid.UUID, int]]:
    """What was put right and found again, the most often first; and how many of them each
    sub-branch has."""
    outlet, subbranch = aliased(Branch), aliased(Branch)
    again = (
        select(
            Finding.occurrence,
            Notice.doc_year,
            Notice.doc_seq,
            WarningOrder.doc_year.label("warned_year"),
            WarningOrder.doc_seq.label("warned_seq"),
            WarningOrder.document["doc_code"].as_string().label("warned_code"),
            *_told(outlet, subbranch),
        )
        .select_from(Finding)
        .join(Finding.visit)
        .join(outlet, Visit.branch_id == outlet.id)
        .join(subbranch, outlet.parent_id == subbranch.id)
        .outerjoin(Rectification, Rectification.finding_id == Finding.id)
        .outerjoin(Notice, ACTIVE)
        .outerjoin(WarningOrder, WarningOrder.notice_id == Notice.id)
        .where(mine, IN_FORCE, Finding.original, Finding.occurrence > 1)
    )
    counted = again.with_only_columns(subbranch.id, func.count()).group_by(subbranch.id)
    ordered = again.order_by(Finding.occurrence.desc(), outlet.code, Finding.issue, Finding.id)
    shown = tuple(_again(row) for row in db.session.execute(ordered.limit(at_most)))
    return shown, {key: number for key, number in db.session.execute(counted)}


def _again(row: Row[Any]) -> Repeat:
    return Repeat(
        occurrence=row.occurrence,
        notice=number_of(row.doc_year, row.doc_seq),
        warning=number_of(row.warned_year, row.warned_seq, row.warned_code or ""),
        **_said(row),
    )


def offered(quarter: Quarter) -> Sequence[Practice]:
    """The good practices to choose from, the latest first. None of a shopper: what they write could
    tell the day, and who they are."""
    mine = _counted(quarter, results.freeze_of(quarter))
    wanted = _practices(mine).options(
        selectinload(Practice.visit).selectinload(Visit.branch).selectinload(Branch.parent)
    )
    return db.session.scalars(wanted.limit(current_app.config["BULLETIN_LINES"])).all()


def is_offered(quarter: Quarter, sha256: str) -> bool:
    """Whether a photo belongs to a good practice to choose from."""
    mine = _practices(_counted(quarter, results.freeze_of(quarter)))
    keys = mine.with_only_columns(Practice.id).order_by(None)
    wanted = select(Photo.id).where(Photo.sha256 == sha256, Photo.practice_id.in_(keys))
    return db.session.scalar(wanted.where(Photo.removed_at.is_(None)).limit(1)) is not None


def _practices(mine: ColumnElement[bool]) -> Select[Practice]:
    return (
        select(Practice)
        .join(Practice.visit)
        .where(mine, Visit.kind != Kind.MYSTERY, Practice.removed_at.is_(None))
        .order_by(Practice.added_at.desc(), Practice.id)
    )


def _examples(
    mine: ColumnElement[bool], chosen: Collection[uuid.UUID] | None, few: int
) -> tuple[Example, ...]:
    wanted = _practices(mine).options(
        selectinload(Practice.visit).selectinload(Visit.branch).selectinload(Branch.parent)
    )
    wanted = wanted.limit(few) if chosen is None else wanted.where(Practice.id.in_(chosen))
    practices = db.session.scalars(wanted).all()
    photos = _photos_of(practices)
    return tuple(
        Example(
            outlet.subbranch.name_zh,
            outlet.name_zh,
            one.text,
            photos.get(one.id, ()),
            outlet.subbranch.name_en,
            outlet.name_en,
        )
        for one in practices
        for outlet in [one.visit.branch]
    )


def _photos_of(practices: Sequence[Practice]) -> dict[uuid.UUID, tuple[PaperPhoto, ...]]:
    """The first photos of each practice. When one was taken is nothing for all branches."""
    wanted = (
        select(Photo)
        .where(Photo.practice_id.in_([one.id for one in practices]))
        .where(Photo.removed_at.is_(None), Photo.picture.has())
        .order_by(Photo.added_at, Photo.id)
    )
    found: dict[uuid.UUID, list[PaperPhoto]] = defaultdict(list)
    for photo in db.session.scalars(wanted) if practices else ():
        assert photo.practice_id is not None  # that is how it was found
        found[photo.practice_id].append(PaperPhoto(photo.sha256, photo.caption, None))
    return {key: tuple(photos[:PHOTOS_OF_ONE]) for key, photos in found.items()}


def _adjusted(lines: Sequence[Adjustment]) -> tuple[Adjusted, ...]:
    """What the lines of each sub-branch come to together: its score before the first and after the
    last of them."""
    by_subbranch: dict[uuid.UUID, list[Adjustment]] = defaultdict(list)
    for line in lines:
        by_subbranch[line.subbranch_id].append(line)
    wanted = select(Branch).where(Branch.id.in_(by_subbranch)).order_by(Branch.code)
    return tuple(
        Adjusted(branch.name_zh, theirs[0].was, theirs[-1].now, _points(theirs), branch.name_en)
        for branch in (db.session.scalars(wanted) if by_subbranch else ())
        for theirs in [by_subbranch[branch.id]]
    )


def _points(lines: Sequence[Adjustment]) -> Decimal | None:
    if any(line.points is None for line in lines):
        return None
    return sum((line.points or Decimal(0) for line in lines), Decimal(0))


def tells_the_same(draft: BulletinDocument, issued: Bulletin) -> bool:
    """Whether a draft would say of the quarter's scores what was issued already."""
    old = issued.record
    told = [(one.code, one.rank, one.score, one.contribution, one.total) for one in draft.ranking]
    before = [(one.code, one.rank, one.score, one.contribution, one.total) for one in old.ranking]
    return told == before and draft.adjusted == old.adjusted

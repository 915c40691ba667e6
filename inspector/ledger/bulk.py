"""One act on many rows: each by its own verb and in a transaction of its own, so that one that is
refused holds no other up. Sent twice, it does nothing more."""

import logging
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from inspector import clock
from inspector.db import db
from inspector.deadlines import Step
from inspector.findings.lifecycle import Stage as RectificationStage
from inspector.findings.lifecycle import Verdict
from inspector.findings.models import Finding, Rectification, Report
from inspector.ledger.lines import Line
from inspector.notices import issuing, warnings
from inspector.notices.deadlines import deadline_of
from inspector.notices.lifecycle import Stage
from inspector.notices.models import Notice
from inspector.notices.papers.freezing import freeze_closing
from inspector.notices.queries import notice_seen_by, notices_seen_by, report_seen_by
from inspector.people.models import Branch, Person
from inspector.problems import Problem
from inspector.reminders.urging import urge
from inspector.templating import local
from inspector.visits.models import Visit
from inspector.web import sentence

MOST: Final = 200
"""Rows at once: each issued notice takes a paper to draw."""


class Act(StrEnum):
    """What can be done to many rows."""

    ISSUE = "issue"
    REMIND = "remind"
    VERIFY = "verify"


ACTABLE: Final = frozenset({"draft", "issued", "acknowledged", "returned", "reopened", "reported"})
"""The stages (stages.ORDER) in which a row waits for one of the acts."""


def any_of(lines: Iterable[Line]) -> bool:
    """Whether anything could be done to one of these."""
    return any(line.stage in ACTABLE for line in lines)


@dataclass(frozen=True)
class Row:
    """A ticked row: what it is, and by which key the act takes it; None where it does not fit."""

    number: str
    outlet: str
    text: str
    key: uuid.UUID | None


@dataclass(frozen=True)
class Outcome:
    """What became of a row: the sentence says why not, if it was refused."""

    number: str
    outlet: str
    text: str
    done: bool
    sentence: str


def rows_for(act: Act, keys: Sequence[uuid.UUID], person: Person) -> list[Row]:
    """The notices of these keys that the person may see, in an order that does not tell in which
    the visits took place: numbers are given in it (domain.md 6, 1 and 2)."""
    found = (
        notices_seen_by(person)
        .where(Notice.id.in_(keys))
        .join(Visit.branch)
        .order_by(Branch.code, Visit.id, Finding.position)
    )
    return [
        Row(*_named(notice), key=KEYS[act](notice)) for notice in db.session.scalars(found).unique()
    ]


def do(act: Act, keys: Sequence[uuid.UUID], by: Person) -> list[Outcome]:
    """Do it to each, and commit each. What goes wrong with one is told of that one."""
    return [_one(act, key, by) for key in _in_order(act, keys)]


def _one(act: Act, key: uuid.UUID, by: Person) -> Outcome:
    named = "", "", ""
    try:
        notice = VERBS[act].find(by, key)
        named = _named(notice)
        said = VERBS[act].do(notice, key, by, clock.now())
        db.session.commit()
        return Outcome(*_named(notice), done=True, sentence=said)
    except Problem as problem:
        said = sentence(problem)
    except IntegrityError:
        said = sentence(Problem("race.lost"))
    except Exception:
        logging.getLogger(__name__).exception("%s of %s", act, key)
        said = sentence(Problem("server.broken"))
    db.session.rollback()
    return Outcome(*named, done=False, sentence=said)


def _named(notice: Notice) -> tuple[str, str, str]:
    branch = notice.finding.visit.branch
    return notice.number or "", local(branch, "name"), local(notice.finding, "text")


def _in_order(act: Act, keys: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Drafts in the order of `rows_for`, whatever was sent; each once."""
    once = list(dict.fromkeys(keys))
    if act != Act.ISSUE:
        return once
    drafts = (
        select(Notice.id)
        .join(Notice.rectification)
        .join(Rectification.finding)
        .join(Finding.visit)
        .join(Visit.branch)
        .where(Notice.id.in_(once))
        .order_by(Branch.code, Visit.id, Finding.position)
    )
    known = list(db.session.scalars(drafts))
    return known + [key for key in once if key not in set(known)]


@dataclass(frozen=True)
class Verb:
    """How an act finds its notice, locked, and what it does."""

    find: Callable[[Person, uuid.UUID], Notice]
    do: Callable[[Notice, uuid.UUID, Person, datetime], str]


def _notice(person: Person, key: uuid.UUID) -> Notice:
    return notice_seen_by(person, key, to_change=True)


def _notice_of_report(person: Person, key: uuid.UUID) -> Notice:
    notice = report_seen_by(person, key, to_change=True).rectification.notice
    if notice is None:
        raise Problem("request.unknown")
    return notice


def _issue(notice: Notice, _key: uuid.UUID, by: Person, at: datetime) -> str:
    if notice.issued_at is not None:
        return str(_("It was issued already."))
    issuing.issue(notice, by=by, at=at)
    warnings.warn(notice, by=by, at=at)
    return str(_("Issued. The branch sees it now."))


def _remind(notice: Notice, _key: uuid.UUID, by: Person, at: datetime) -> str:
    if urge(notice, by=by, at=at):
        return str(_("Reminded."))
    return str(_("They were reminded today already."))


def _verify(notice: Notice, key: uuid.UUID, by: Person, at: datetime) -> str:
    report = next(one for one in notice.rectification.reports if one.id == key)
    if report.verdict == Verdict.CLOSED:
        return str(_("It was struck off already."))
    needed = current_app.config["ENDORSEMENT_NEEDED"]
    report.close(remark="", by=by, at=at, needs_endorsement=needed)
    freeze_closing(report, at=at)
    return str(_("Struck off."))


VERBS: Final = {
    Act.ISSUE: Verb(_notice, _issue),
    Act.REMIND: Verb(_notice, _remind),
    Act.VERIFY: Verb(_notice_of_report, _verify),
}


def _draft(notice: Notice) -> uuid.UUID | None:
    return notice.id if notice.stage == Stage.DRAFT else None


def _waiting(notice: Notice) -> uuid.UUID | None:
    waits = deadline_of(notice)
    return notice.id if waits and waits.step == Step.RECTIFY else None


def _reported(notice: Notice) -> uuid.UUID | None:
    """The report that is looked at now: another one that came later is not verified unseen."""
    rectification = notice.rectification
    if notice.withdrawn_at or rectification.stage != RectificationStage.REPORTED:
        return None
    reports: list[Report] = rectification.reports
    return reports[-1].id


KEYS: Final = {Act.ISSUE: _draft, Act.REMIND: _waiting, Act.VERIFY: _reported}
"""By which key an act takes a notice, if it is its turn."""

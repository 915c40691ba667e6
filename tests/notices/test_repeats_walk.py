"""A random walk over one outlet and issue: whatever is found, decided, issued, struck off, reopened
or withdrawn, in any order of arrival, each finding says what the rule says, and the sum holds."""

import random
from datetime import timedelta
from itertools import count
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy import select

from inspector.db import db
from inspector.findings.models import Finding, Rectification
from inspector.findings.queries import IN_FORCE
from inspector.findings.repeats import Judgement
from inspector.notices import queries, repeats
from inspector.notices.past import past_of
from tests import rows
from tests.cast import MONDAY, Cast

T = TypeVar("T")

STEPS = 40
SEEDS = range(4)


class Walk:
    """One walk: each step is drawn, and taken if it is possible."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.draw, self.numbers = cast, random.Random(seed), count(1)  # noqa: S311 - no secret
        self.now = MONDAY
        self.findings: list[Finding] = []

    def step(self) -> None:
        """One thing happens; an hour to ten days go by."""
        self.now += timedelta(hours=self.draw.randint(1, 240))
        often, seldom = (self.find, self.confirm), (self.strike_off, self.reopen)
        act = self.draw.choice((*often, *often, self.issue, *seldom, self.withdraw, self.reject))
        act()
        db.session.flush()
        db.session.expire_all()

    def find(self) -> None:
        """A visit arrives, which took place now or up to three months ago."""
        visit = rows.a_visit_at(self.cast, "submitted", kind="offsite")
        visit.started_at = self.now - timedelta(hours=self.draw.choice([0, 0, 30, 700, 2000]))
        spot = self.draw.random() < 0.2
        self.findings.append(rows.a_finding(visit, corrected_on_spot=spot))

    def confirm(self) -> None:
        """The desk confirms one that waits."""
        for finding in self.one_of([f for f in self.findings if f.decision is None]):
            repeats.confirm([finding], by=self.cast.channel, at=self.now)

    def reject(self) -> None:
        """The desk rejects one that waits."""
        for finding in self.one_of([f for f in self.findings if f.decision is None]):
            finding.reject(reason="证据不足", by=self.cast.channel, at=self.now)

    def issue(self) -> None:
        """A draft gets its number, and a due day close by."""
        for case in self.one_of(self.cases(due=False, closed=False)):
            assert case.notice
            due_on = (self.now + timedelta(days=self.draw.randint(0, 20))).date()
            rows.issued(case.notice, self.cast.channel, next(self.numbers), due_on)

    def strike_off(self) -> None:
        """An issued one is put right."""
        for case in self.one_of(self.cases(due=True, closed=False)):
            case.closed_at, case.closed_by = self.now, self.cast.channel

    def reopen(self) -> None:
        """The closing was wrong."""
        for case in self.one_of(self.cases(due=True, closed=True)):
            case.closed_at = case.closed_by = None
            self.recount(case.finding)

    def withdraw(self) -> None:
        """An appeal is won, or a visit void: also of a duplicate."""
        wanted = [f for f in self.findings if f.decision == "confirmed" and not f.withdrawn_at]
        for finding in self.one_of(wanted):
            finding.withdraw(reason="申诉成立", by=self.cast.leader, at=self.now)
            notice = finding.rectification.notice if finding.rectification else None
            if notice and notice.issued_at:
                notice.take_back(reason="申诉成立", by=self.cast.leader, at=self.now)
            elif notice:
                db.session.delete(notice)
            db.session.flush()
            self.recount(finding)

    def recount(self, finding: Finding) -> None:
        repeats.recount(finding.visit.branch, finding.issue, by=None, at=self.now)

    def cases(self, *, due: bool, closed: bool) -> list[Rectification]:
        """The rectifications by notice that are issued or not, closed or not."""
        found = select(Rectification).join(Rectification.finding).where(IN_FORCE)
        return [
            case
            for case in db.session.scalars(found.order_by(Rectification.opened_at))
            if case.mode == "notice"
            and (case.due_on is not None) == due
            and (case.closed_at is not None) == closed
        ]

    def one_of(self, choices: list[T]) -> list[T]:
        """One of them, if there is any."""
        return [self.draw.choice(choices)] if choices else []


@pytest.mark.parametrize("seed", SEEDS)
def test_every_finding_says_what_the_rule_says_and_the_sum_holds(
    app: Flask, cast: Cast, seed: int
) -> None:
    app.config["REPEAT_WINDOW_DAYS"] = 120
    try:
        walk = Walk(cast, seed)
        for _ in range(STEPS):
            walk.step()
            assert queries.proof().holds
            for finding in walk.findings:
                if finding.decision == "confirmed" and not finding.withdrawn_at:
                    assert amounts(finding) == judged(cast, finding)
    finally:
        app.config["REPEAT_WINDOW_DAYS"] = 365


def amounts(finding: Finding) -> Judgement:
    return Judgement(finding.occurrence, finding.duplicate_of_id, finding.not_carried_out)


def judged(cast: Cast, finding: Finding) -> Judgement:
    return past_of(finding.visit, seen_by=cast.channel)[finding.id].judgement

"""The ledger as a table for spreadsheets: the columns of domain.md 2.3, with number, occurrence and
days left, and what was reported."""

from collections.abc import Iterable, Iterator
from datetime import date

from flask import current_app
from flask_babel import gettext as _

from inspector.ledger.lines import Line
from inspector.notices.papers.cases import POSTS
from inspector.spreadsheets import Cell
from inspector.templating import local, month, word


def head() -> list[str]:
    """What stands over the columns."""
    return [
        _("No."),
        _("Number"),
        _("Inspected on"),
        _("Kind"),
        _("Inspecting unit"),
        _("Sub-branch"),
        _("Outlet"),
        _("Branch code"),
        _("Section"),
        _("Item"),
        _("What the item says"),
        _("Where"),
        _("Seen"),
        _("Note"),
        _("Severity"),
        _("Veto"),
        _("Occurrence"),
        _("Issue code"),
        _("Requirement"),
        _("Due"),
        _("Days left"),
        _("Responsible post"),
        _("Stage"),
        _("Done on"),
        _("Struck off on"),
        _("Cause"),
        _("Measure"),
        _("Result"),
    ]


def rows(lines: Iterable[Line], today: date) -> Iterator[list[Cell]]:
    """A row for each line. Of a mystery visit its month, for whom no more is to know."""
    unit, post = current_app.config["ISSUER"], POSTS["duty_leader"]
    yes, no = _("yes"), _("no")
    for n, line in enumerate(lines, 1):
        yield [
            n,
            line.number,
            line.visited if line.shows_day else month(line.visited),
            word("kind", line.kind),
            unit,
            local(line, "subbranch"),
            local(line, "branch"),
            line.branch_code,
            local(line, "section"),
            line.item_code,
            local(line, "text"),
            line.place,
            local(line, "observed"),
            line.note,
            word("severity", line.severity),
            yes if line.critical else no,
            line.occurrence,
            line.issue,
            local(line, "requirement"),
            line.due_on,
            line.days_left(today),
            post,
            word("ledger_stage", line.stage),
            line.done_on,
            line.closed_on,
            line.cause,
            line.measure,
            line.result,
        ]

"""The report as a table for Excel."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from inspector.fitout.queries import Report
from inspector.fitout.rules import Count
from inspector.fitout.standard import Part
from inspector.spreadsheets import Cell
from inspector.templating import local, word


def head() -> list[str]:
    """The columns."""
    states = [word("fitout_state", state) for state in ("met", "unmet", "na", "missing")]
    return [
        _("Quarter"),
        _("Section"),
        _("Code"),
        _("Item"),
        *states,
        _("Share that meets it, in per cent"),
    ]


def rows(report: Report, parts: Sequence[Part]) -> Iterator[list[Cell]]:
    """The whole standard, then each section before its items."""
    quarter = str(report.quarter)
    yield [quarter, "", "", _("The whole standard"), *_numbers(report.whole)]
    for part in parts:
        title = local(part.section, "title")
        total = report.sections[part.section.code]
        yield [quarter, title, part.section.code, _("All items of the section"), *_numbers(total)]
        for item in part.items:
            counted = _numbers(report.items[item.issue])
            yield [quarter, title, item.code, local(item, "text"), *counted]


def _numbers(count: Count) -> list[Cell]:
    share = None if count.share is None else round(count.share, 1)
    return [count.met, count.unmet, count.na, count.missing, share]

"""A quarter as a table file, for those who live in spreadsheets."""

import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal

from flask_babel import gettext as _

from inspector.people.models import Level
from inspector.scores import rules
from inspector.scores.results import Result, Standing
from inspector.spreadsheets import Cell
from inspector.templating import local, word


def head() -> list[str]:
    """The heads of the columns, in the language of the page."""
    return [
        _("Rank"),
        _("Level"),
        _("Code"),
        _("Name"),
        _("Outlets inspected"),
        _("Outlets"),
        _("Notices late"),
        _("Mean of visits"),
        _("Taken off"),
        _("Score I"),
        _("Contribution"),
        _("Adjustments"),
        _("Points with adjustments"),
        _("Other part O"),
        _("Performance Q"),
    ]


def rows(found: Result, others: Mapping[uuid.UUID, Decimal]) -> Iterator[list[Cell]]:
    """The city, then the sub-branches by rank, each with its outlets. Numbers as they are shown:
    two decimals, half up; what is blank stays blank."""
    for city in found.at(Level.CITY):
        yield _row(found, city, None)
    for one in found.ranked:
        yield _row(found, one, others.get(one.id))
        for outlet in found.outlets_of(one.id):
            yield _row(found, outlet, None)


def _row(found: Result, one: Standing, other: Decimal | None) -> list[Cell]:
    is_outlet = one.level == Level.OUTLET
    is_scored = one.value is not None
    return [
        found.ranks.get(one.id),
        word("level", one.level),
        one.code,
        local(one, "name"),
        one.inspected,
        one.outlets,
        one.late,
        _shown(one.before),
        _shown(one.deduction) if is_outlet and is_scored else None,
        _shown(one.value),
        _shown(one.contribution),
        _shown(one.adjusted) if one.adjusted else None,
        _shown(one.total),
        _shown(other),
        _shown(rules.performance(found.rules, one.total, other)),
    ]


def _shown(value: Decimal | None) -> Decimal | None:
    return None if value is None else rules.shown(value)

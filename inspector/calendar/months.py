"""A month as a sheet of weeks. Pure."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

MONDAY_FIRST: Final = Calendar(0)
YEARS: Final = range(2000, 2100)


@dataclass(frozen=True, order=True)
class Month:
    """A month of a year."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month that a day belongs to."""
        return cls(day.year, day.month)

    @classmethod
    def named(cls, text: str) -> "Month":
        """The month that `str` has written, as 2026-11. Raises ValueError for other text."""
        month = cls.of(date.fromisoformat(f"{text}-01"))
        if str(month) != text or month.year not in YEARS:
            raise ValueError(text)
        return month

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after.first - timedelta(days=1)

    @property
    def before(self) -> "Month":
        """The month before it."""
        return Month.of(self.first - timedelta(days=1))

    @property
    def after(self) -> "Month":
        """The month after it."""
        return Month.of(self.first + timedelta(days=31))

    @property
    def weeks(self) -> list[list[date]]:
        """Its weeks from Monday on, whole: the first and the last have days of its neighbours."""
        return MONDAY_FIRST.monthdatescalendar(self.year, self.number)

    def __contains__(self, day: date) -> bool:
        return Month.of(day) == self

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"

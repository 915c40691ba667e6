"""What time it is, and the calendar of the bank: Asia/Shanghai, calendar days (domain.md 3.6)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


ASTRAY = timedelta(minutes=2)
"""How far a device's clock may be off before pages say so."""


def astray(offset_ms: int | None) -> timedelta | None:
    """How far a clock is off (behind; negative: ahead), or None while it does not matter."""
    offset = timedelta(milliseconds=offset_ms or 0)
    return offset if abs(offset) > ASTRAY else None


def now() -> datetime:
    """The present moment, aware, in UTC. Only views and commands ask; verbs are told."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment on the bank's wall clock."""
    return moment.astimezone(SHANGHAI)


def day(moment: datetime) -> date:
    """The calendar day a moment falls on at the bank, which is not always the day in UTC."""
    return local(moment).date()


def start_of(on: date) -> datetime:
    """The moment a calendar day begins at the bank, in UTC."""
    return datetime.combine(on, time.min, SHANGHAI).astimezone(UTC)


def today() -> date:
    """Today at the bank."""
    return day(now())


def days_after(start: date, days: int) -> date:
    """The date `days` calendar days after `start`: a due date counts from the day of issue."""
    return start + timedelta(days=days)


def last_of_month(on: date) -> date:
    """The last day of the month in which a day lies."""
    return (on.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a calendar year: the unit in which results are reported."""

    year: int
    number: int

    @classmethod
    def of(cls, moment: date) -> "Quarter":
        """The quarter that a day belongs to."""
        return cls(moment.year, (moment.month - 1) // 3 + 1)

    @classmethod
    def named(cls, text: str) -> "Quarter":
        """The quarter that `str` has written, as 2026Q4. Raises ValueError for other text."""
        year, _, number = text.partition("Q")
        if number not in {"1", "2", "3", "4"}:
            raise ValueError(text)
        return cls(int(year), int(number))

    @property
    def first(self) -> date:
        """The first day of the quarter."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last(self) -> date:
        """The last day of the quarter."""
        following = date(self.year + self.number // 4, self.number % 4 * 3 + 1, 1)
        return following - timedelta(days=1)

    @property
    def before(self) -> "Quarter":
        """The quarter before it."""
        return Quarter.of(self.first - timedelta(days=1))

    @property
    def after(self) -> "Quarter":
        """The quarter after it."""
        return Quarter.of(self.last + timedelta(days=1))

    @property
    def start(self) -> datetime:
        """The moment it begins at the bank, in UTC."""
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        """The moment the next one begins: what happens in it happens before."""
        return start_of(self.after.first)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

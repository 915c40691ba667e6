"""What a branch must never read: names, accounts, devices, the day and the minutes of a visit in
every way that people and programs write them, and keys that carry a time."""

import html
import re
import urllib.parse
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from inspector.clock import SHANGHAI

SHORT = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
NAMED = rf"(?P<name>{'|'.join(SHORT)})[a-z]*"
DAYS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?<!\d)(?P<y>20\d\d)[-/.:](?P<m>\d\d?)[-/.:](?P<d>\d\d?)(?!\d)",
        r"(?<!\d)(?P<y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)",
        r"(?<!\d)(?:(?P<y>(?:19|20)\d\d) ?年 ?)?(?P<m>\d\d?) ?月 ?(?P<d>\d\d?) ?[日号]",
        r"(?<![\d-])(?P<m>\d\d)[-/](?P<d>\d\d)(?![\d-])",
        rf"(?<!\d)(?P<d>\d\d?)[ -]{NAMED}(?:[ -](?P<y>(?:19|20)\d\d))?",
        rf"\b{NAMED}[ -](?P<d>\d\d?)(?!\d)(?:,? (?P<y>(?:19|20)\d\d))?",
    )
)
"""How days are written: ISO, EXIF, 20261123, 11月23日, 11-23, 23 Nov, November 23."""
TIME = re.compile(r"(?<![\d:.])(\d\d?)[:时点](\d\d)(?!\d)")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)
BARE_UUID = re.compile(
    r"(?<![0-9a-z])[0-9a-f]{12}([0-9a-f])[0-9a-f]{3}[89ab][0-9a-f]{15}(?![0-9a-z])"
)
TIMED = {"1", "6", "7"}
"""The versions of UUIDs that carry the time they were made."""
EPOCH = re.compile(r"(?<![\w.-])(1[0-9]{9})([0-9]{3})?(?![\w-])")
SPACE = re.compile(r"\s+")
YEARS = range(2015, 2036)


@dataclass(frozen=True)
class Trace:
    """Something that was found: what, and the text around it."""

    what: str
    near: str


@dataclass
class Needles:
    """All that is looked for."""

    words: list[str] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    minutes: set[str] = field(default_factory=set)
    """HH:MM at the bank and in UTC."""
    looked_through: dict[bytes, list[tuple[str, Trace]]] = field(default_factory=dict)
    """What bodies gave away, by their SHA-256: most answers are the same for many addresses."""

    def hide(self, *words: str) -> None:
        """Words that must not be read: names, accounts, devices."""
        self.words.extend(words)

    def hide_moment(self, moment: datetime, until: datetime | None = None) -> None:
        """A moment that must not be read, or all minutes until another."""
        self.days.add(moment.astimezone(SHANGHAI).date())
        last = until or moment
        while moment <= last:
            for zone in (SHANGHAI, UTC):
                self.minutes.add(f"{moment.astimezone(zone):%H:%M}")
            moment += timedelta(minutes=1)

    def in_part(self, where: str, said: str) -> Iterator[Trace]:
        """All that a part of an answer gives away."""
        if where.endswith(" bytes"):  # in which any digits may stand by chance
            yield from self._words(said)
        elif where.endswith(" EXIF") and said:
            yield Trace("EXIF", said)
        else:
            yield from self.in_text(said)

    def in_text(self, text: str) -> Iterator[Trace]:
        """All that a text gives away, as it stands, unescaped, and without its blanks: a PDF may
        set them anywhere."""
        plain = urllib.parse.unquote(html.unescape(text))
        for version in {text, plain, SPACE.sub("", plain)}:
            yield from self._in(version)

    def _in(self, text: str) -> Iterator[Trace]:
        yield from self._words(text)
        for pattern in DAYS:
            for match in pattern.finditer(text):
                if self._is_hidden(match.groupdict()):
                    yield Trace("a day", _near(text, match))
        for match in TIME.finditer(text):
            if f"{int(match[1]):02}:{match[2]}" in self.minutes:
                yield Trace("a time of day", _near(text, match))
        for match in EPOCH.finditer(text):
            if datetime.fromtimestamp(int(match[1]), SHANGHAI).date() in self.days:
                yield Trace("a day in seconds", _near(text, match))
        yield from _timed_keys(text)

    def _words(self, text: str) -> Iterator[Trace]:
        low = text.lower()
        for word in self.words:
            if (start := low.find(word.lower())) >= 0:
                yield Trace(f"the word {word}", text[max(start - 60, 0) : start + 60])

    def _is_hidden(self, said: dict[str, str | None]) -> bool:
        """Whether a day that was found is one of those; one without a year, of any year."""
        name, year = said.get("name"), said.get("y")
        month = SHORT.index(name[:3].lower()) + 1 if name else int(said["m"] or 0)
        return any(
            (day.month, day.day) == (month, int(said["d"] or 0))
            and (year is None or int(year) == day.year)
            for day in self.days
        )


def _timed_keys(text: str) -> Iterator[Trace]:
    for pattern in (UUID, BARE_UUID):
        for match in pattern.finditer(text):
            timed = match[1] in TIMED and (pattern is UUID or _made_in(match[0]) in YEARS)
            if timed:
                yield Trace("a key that carries a time", _near(text, match))


def _made_in(digits: str) -> int:
    """The year in which a UUID says that it was made; 0 when it says none."""
    key = uuid.UUID(digits)
    try:
        return datetime.fromtimestamp((key.int >> 80) / 1000, UTC).year if key.version == 7 else 0
    except (ValueError, OverflowError, OSError):
        return 0


def _near(text: str, match: re.Match[str]) -> str:
    return text[max(match.start() - 60, 0) : match.end() + 60]

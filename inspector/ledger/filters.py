"""What narrows the ledger and in which order it stands, as the address says it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from inspector.clock import Quarter

DEFAULT_STAGE: Final = "open"
DEFAULT_SORT: Final = "due"
STAGES: Final = (
    "open",
    "held",
    "draft",
    "to_acknowledge",
    "to_report",
    "to_verify",
    "asked",
    "returned",
    "reopened",
    "paused",
    "warned",
    "late_issue",
    "late_verify",
    "closed",
    "on_spot",
    "withdrawn",
    "notices",
    "all",
)
"""`notices` are those in force, `all` these and what was corrected on the spot; `open` is what is
not struck off."""
SORTS: Final = (
    "number",
    "visited",
    "branch",
    "item",
    "severity",
    "repeat",
    "due",
    "stage",
    "done",
    "closed",
)
SEVERITIES: Final = ("critical", "major", "minor")
REPEATS: Final = ("1", "2", "3", "again", "not_carried_out")
"""For the first and second time; for the third or more; again, whichever time; and seen once more
after the due day."""
LONGEST: Final = 100
"""Characters of what is searched for."""
_TOOK: Final = re.compile(r"\d{1,4}(-\d{1,4})?")
_LATE: Final = re.compile(r"soon|[1-9]\d{0,3}(-[1-9]\d{0,3})?")


@dataclass(frozen=True)
class Filters:
    """The names are those of the address. All narrow; an empty one does not."""

    stage: str = DEFAULT_STAGE
    late: str = ""
    """soon: due within days; 3: at least three days late; 1-2: one or two days late."""
    branch: str = ""
    """The code of a sub-branch or an outlet."""
    section: str = ""
    kind: str = ""
    severity: str = ""
    repeat: str = ""
    issue: str = ""
    quarter: str = ""
    since: str = ""
    until: str = ""
    """The first and the last day of the visit."""
    closed: str = ""
    """The quarter in which a notice was struck off."""
    took: str = ""
    """How many days that took from its issue: 4-7, or 31 and more."""
    q: str = ""
    sort: str = DEFAULT_SORT
    """One of SORTS, with a minus before it the other way round."""

    @classmethod
    def of(cls, said: Mapping[str, str]) -> "Filters":
        """As the parameters of an address say. Raises ValueError for what there is none of."""
        names = {field.name for field in fields(cls)}
        told = {name: said[name].strip() for name in names if said.get(name, "").strip()}
        return cls(**told)

    @classmethod
    def read(cls, text: str) -> "Filters":
        """The filters back from their text. Raises ValueError for what there is none of."""
        return cls.of(dict(parse_qsl(text)))

    def __post_init__(self) -> None:
        _among(self.stage, STAGES)
        _among(self.sort.removeprefix("-"), SORTS)
        _among(self.severity, ("", *SEVERITIES))
        _among(self.repeat, ("", *REPEATS))
        if self.late and not _LATE.fullmatch(self.late):
            raise ValueError(self.late)
        if len(self.q) > LONGEST or "\0" in self.q:
            raise ValueError(self.q)
        if self.took and not _TOOK.fullmatch(self.took):
            raise ValueError(self.took)
        for quarter in (self.quarter, self.closed):
            if quarter:
                Quarter.named(quarter)
        for day in (self.since, self.until):
            if day:
                date.fromisoformat(day)

    @property
    def descending(self) -> bool:
        """Whether the order is the other way round."""
        return self.sort.startswith("-")

    @property
    def sorted_by(self) -> str:
        """The column that the order follows."""
        return self.sort.removeprefix("-")

    @property
    def query(self) -> dict[str, str]:
        """The parameters that say it, without what goes without saying."""
        plain = {field.name: field.default for field in fields(self)}
        said = {name: getattr(self, name) for name in plain}
        return {name: value for name, value in said.items() if value != plain[name]}

    @property
    def text(self) -> str:
        """The same as it stands in an address: stage=all&kind=onsite."""
        return urlencode(self.query)

    @property
    def narrowed(self) -> dict[str, str]:
        """What narrows it beyond the stage."""
        return {n: v for n, v in self.query.items() if n not in {"stage", "sort"}}

    def but(self, **changes: Any) -> "Filters":
        """The same with other values."""
        return replace(self, **changes)


def _among(value: str, values: tuple[str, ...]) -> None:
    if value not in values:
        raise ValueError(value)

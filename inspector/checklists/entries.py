"""The parts of a checklist file, each strict about its fields; the bundled files explain them."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from inspector.checklists.models import Effect, ItemType, Kind, Severity


def _like(pattern: str, wanted: str) -> AfterValidator:
    """A text in which `pattern` is found, or else `wanted` says what it must be."""

    def check(text: str) -> str:
        if not re.search(pattern, text) or text != text.strip():
            raise ValueError(f"must be {wanted}")
        return text

    return AfterValidator(check)


def _decimal(value: object) -> object:
    return Decimal(value) if type(value) is int else value


Code = Annotated[str, _like(r"^[A-Z0-9]+(-[A-Z0-9]+)*$", "capitals, digits and hyphens")]
Issue = Annotated[
    str, _like(r"^[A-Z0-9_]+(\.[A-Z0-9_]+)*$", "capitals and digits, as CTR.TWO_HANDS")
]
VersionNumber = Annotated[str, _like(r"^\d+(\.\d+)*$", "numbers with points between, as 1.0")]
Chinese = Annotated[str, _like(r"[\u4e00-\u9fff]", "text in Chinese")]
English = Annotated[str, _like(r"^[^\u4e00-\u9fff]*[A-Za-z][^\u4e00-\u9fff]*$", "text in English")]
Text = Annotated[str, _like(r".", "text, without space around it")]
Number = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=1_000_000, decimal_places=2)]
Points = Annotated[
    Decimal, BeforeValidator(_decimal), Field(ge=0, le=100, multiple_of=Decimal("0.5"))
]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Heading(_Strict):
    """What stands above the sections and items, which are read one by one."""

    format: Literal[1] = Field(alias="schema")
    code: Annotated[Code, Field(max_length=20)]
    kind: Annotated[Kind, Field(strict=False)]
    version: Annotated[VersionNumber, Field(max_length=20)]
    title_zh: Annotated[Chinese, Field(max_length=80)]
    title_en: Annotated[English, Field(max_length=160)]
    item_count: int
    total_points: Annotated[Decimal, BeforeValidator(_decimal)]
    sections: list[Any]
    items: list[Any]


class SectionEntry(_Strict):
    """One section."""

    code: Annotated[Code, Field(max_length=10)]
    title_zh: Annotated[Chinese, Field(max_length=40)]
    title_en: Annotated[English, Field(max_length=80)]


class ItemEntry(_Strict):
    """One item. Every field is given, null where it means nothing; only `applies` is optional."""

    code: Annotated[Code, Field(max_length=20)]
    section: Code
    issue: Annotated[Issue, Field(max_length=40)]
    text_zh: Annotated[Chinese, Field(max_length=200)]
    text_en: Annotated[English, Field(max_length=400)]
    type: Annotated[ItemType, Field(strict=False)]
    unit: Annotated[Text, Field(max_length=10)] | None
    max: Annotated[int, Field(ge=1, le=100)] | None
    op: Literal["<=", ">="] | None
    limit: Number | None
    half_limit: Number | None
    points: Points
    severity: Annotated[Severity, Field(strict=False)]
    critical: bool
    effect: Annotated[Effect, Field(strict=False)]
    na_allowed: bool
    photo_on_fail: bool
    rectify_days: Annotated[int, Field(ge=0, le=365)]
    ref: Annotated[Text, Field(max_length=120)]
    applies: Literal["fitout"] | None = None

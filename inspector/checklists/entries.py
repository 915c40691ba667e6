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


def _in_halves(points: Decimal) -> Decimal:
    if points % Decimal("0.5"):
        raise ValueError("must be a multiple of 0.5")
    return points


CODE = _like(r"^[A-Z0-9]+(-[A-Z0-9]+)*$", "capitals, digits and hyphens")
ISSUE = _like(r"^[A-Z0-9_]+(\.[A-Z0-9_]+)*$", "capitals and digits, as CTR.TWO_HANDS")
VERSION = _like(r"^\d+(\.\d+)*$", "numbers with points between, as 1.0")
CHINESE = _like(r"[\u4e00-\u9fff]", "text in Chinese")
ENGLISH = _like(r"^[^\u4e00-\u9fff]*[A-Za-z][^\u4e00-\u9fff]*$", "text in English")
TEXT = _like(r"\S", "text, without space around it")

Number = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=1_000_000, decimal_places=2)]
Points = Annotated[
    Decimal, BeforeValidator(_decimal), Field(ge=0, le=100), AfterValidator(_in_halves)
]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Heading(_Strict):
    """What stands above the sections and items, which are read one by one."""

    format: Literal[1] = Field(alias="schema")
    code: Annotated[str, Field(max_length=20), CODE]
    kind: Annotated[Kind, Field(strict=False)]
    version: Annotated[str, Field(max_length=20), VERSION]
    title_zh: Annotated[str, Field(max_length=80), CHINESE]
    title_en: Annotated[str, Field(max_length=160), ENGLISH]
    item_count: int
    total_points: Annotated[Decimal, BeforeValidator(_decimal)]
    sections: list[Any]
    items: list[Any]


class SectionEntry(_Strict):
    """One section."""

    code: Annotated[str, Field(max_length=10), CODE]
    title_zh: Annotated[str, Field(max_length=40), CHINESE]
    title_en: Annotated[str, Field(max_length=80), ENGLISH]


class ItemEntry(_Strict):
    """One item. Every field is given, null where it means nothing; only `applies` is optional."""

    code: Annotated[str, Field(max_length=20), CODE]
    section: Annotated[str, CODE]
    issue: Annotated[str, Field(max_length=40), ISSUE]
    text_zh: Annotated[str, Field(max_length=200), CHINESE]
    text_en: Annotated[str, Field(max_length=400), ENGLISH]
    type: Annotated[ItemType, Field(strict=False)]
    unit: Annotated[str, Field(max_length=10), TEXT] | None
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
    ref: Annotated[str, Field(max_length=120), TEXT]
    applies: Literal["fitout"] | None = None

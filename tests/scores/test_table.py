"""The quarter as XLSX and CSV."""

import csv
import io

import pytest
from openpyxl import load_workbook

from inspector.db import db
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.scores.quarters import frozen, the_worked_example


def rows_of(content: bytes, form: str) -> list[list[str]]:
    if form == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [["" if c is None else str(c) for c in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("freeze", [False, True])
def test_the_file_says_what_the_pages_say(
    cast: Cast, client_of: ClientOf, form: str, freeze: bool
) -> None:
    the_worked_example(cast)
    if freeze:
        frozen(cast)
    client = client_of(cast.channel)
    client.post("/scores/2026Q3/YA03/other", data={"value": "90.50"})
    answer = client.get(f"/scores/2026Q3/sheet.{form}")
    assert answer.status_code == 200
    assert ("2026Q3" in answer.headers["Content-Disposition"]) is True
    head, *rows = rows_of(answer.data, form)
    assert len(rows) == 52
    sub = dict(zip(head, next(row for row in rows if row[2] == "YA03"), strict=True))
    assert sub["名次"] == "1"
    shown = {name: float(sub[name]) for name in ("得分 I", "折分", "其他部分 O", "考核总分 Q")}
    assert shown == {"得分 I": 81.21, "折分": 32.48, "其他部分 O": 90.5, "考核总分 Q": 86.78}
    outlet = dict(zip(head, next(row for row in rows if row[2] == "YA0302"), strict=True))
    assert float(outlet["扣分"]) == 1
    blank = dict(zip(head, next(row for row in rows if row[2] == "YA0303"), strict=True))
    assert (blank["得分 I"], blank["扣分"]) == ("", "")


def test_csv_begins_with_the_mark_that_excel_needs(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.channel).get("/scores/2026Q3/sheet.csv").data.startswith(b"\xef\xbb\xbf")
    db.session.rollback()

"""The ledger as files: exactly the rows of the page, on all of its pages, in their order."""

import csv
import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader

from inspector import clock
from inspector.db import db
from inspector.ledger import queries
from inspector.ledger.filters import Filters
from inspector.spreadsheets import LIKE_A_FORMULA
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import Client, ClientOf, CountQueries
from tests.population import a_mixed_department

ASKED = (
    {"stage": "all", "sort": "-due"},
    {"stage": "open", "branch": "YA03", "sort": "item"},
    {"late": "3"},
    {"stage": "closed", "kind": "mystery"},
)


@pytest.fixture
def department(cast: Cast) -> None:
    a_mixed_department(cast)


def numbers_of(client: Client, query: dict[str, str]) -> list[str]:
    """The first cell of each row, through all pages."""
    found: list[str] = []
    address = "/ledger"
    while address:
        html = client.get(address, query_string=query or None).text
        table = html[html.index("<tbody") : html.index("</tbody>")] if "<tbody" in html else ""
        found += re.findall(r'href="/(?:notices|visits)/[^"]*">([^<]*)</a>', table)
        there = re.search(r'href="(/ledger\?[^"]*after=[^"]*)"', html)
        address, query = (there[1].replace("&amp;", "&"), {}) if there else ("", {})
    return found


def said(number: str) -> str:
    """As the page says it."""
    return number or "草稿"


def csv_of(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf"), "else Excel takes it for GBK"
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def xlsx_of(data: bytes) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.usefixtures("department")
def test_each_file_holds_the_rows_of_the_page_in_their_order(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 7)
    for who in (cast.channel, cast.subbranch):
        client = client_of(who)
        for query in ASKED:
            shown = numbers_of(client, query)
            files = {f: client.get(f"/ledger.{f}", query_string=query) for f in ("csv", "xlsx")}
            for form, read in (("csv", csv_of), ("xlsx", xlsx_of)):
                table = read(files[form].data)
                told, head, *lines = table
                assert told[0] == "整改台账"
                column = head.index("文号"), head.index("阶段")
                there = [
                    "当场纠正" if line[column[1]] == "当场纠正" else said(line[column[0]] or "")
                    for line in lines
                ]
                assert there == shown, (who.username, query, form)


@pytest.mark.usefixtures("department")
def test_a_file_says_in_name_and_content_which_rows_it_holds(
    cast: Cast, client_of: ClientOf
) -> None:
    answer = client_of(cast.subbranch).get("/ledger.csv?stage=open&late=3&kind=mystery&q=资料架")
    told = csv_of(answer.data)[0]
    for word in ("吴起支行", "未销号", "逾期3天及以上", "神秘人检查", "资料架"):
        assert word in told[1]
    assert told[2] == f"截至{clock.today()}"
    name = answer.headers["Content-Disposition"]
    assert "%E6%95%B4%E6%94%B9%E5%8F%B0%E8%B4%A6" in name, "整改台账"


def test_what_looks_like_a_formula_is_none(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "confirmed")
    notice = rows.a_notice_at(cast, visit, 0, "reported")
    notice.finding.note = '=HYPERLINK("http://evil")'
    notice.rectification.reports[0].cause = "@SUM(A1)"
    db.session.flush()
    client = client_of(cast.channel)
    for cell in csv_of(client.get("/ledger.csv").data)[2]:
        assert not cell.startswith(LIKE_A_FORMULA), cell
    sheet = load_workbook(io.BytesIO(client.get("/ledger.xlsx").data)).worksheets[0]
    typed = {cell.value: cell.data_type for row in sheet.iter_rows(min_row=3) for cell in row}
    assert typed['=HYPERLINK("http://evil")'] == typed["@SUM(A1)"] == "s"


def test_of_a_mystery_visit_a_branch_reads_the_month_only(cast: Cast, client_of: ClientOf) -> None:
    rows.a_notice_at(cast, rows.a_visit_at(cast, "published"), 0, "issued")
    head, line = csv_of(client_of(cast.outlet).get("/ledger.csv").data)[1:]
    assert line[head.index("检查日期")] == "2026年11月"
    assert "2026-11-23" not in [cell for n, cell in enumerate(line) if "期限" not in head[n]]
    line = csv_of(client_of(cast.channel).get("/ledger.csv").data)[2]
    assert line[head.index("检查日期")] == "2026-11-23"


@pytest.mark.one_engine
@pytest.mark.usefixtures("department")
def test_the_paper_holds_the_same_rows(
    cast: Cast, client_of: ClientOf, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(cast.channel)
    client.post("/language", data={"language": "en"})
    answer = client.get("/ledger.pdf?stage=all&kind=onsite")
    assert answer.mimetype == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.data)).pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    count = queries.count(cast.channel, Filters(stage="all", kind="onsite"))
    assert f"共{count}项" in text
    assert "范围：全部、现场检查" in text
    assert "当场纠正" in text
    monkeypatch.setitem(app.config, "LEDGER_PAPER_ROWS", count - 1)
    assert client.get("/ledger.pdf?stage=all&kind=onsite").status_code == 422


def test_a_file_of_many_rows_takes_as_many_statements_as_one_of_few(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    visit = rows.a_visit_at(cast, "confirmed")
    rows.a_notice_at(cast, visit, 0, "returned")
    client = client_of(cast.channel)
    with count_queries() as few:
        client.get("/ledger.csv")
    for n in range(1, 12):
        rows.a_notice_at(cast, visit, n, "returned")
    with count_queries() as many:
        client.get("/ledger.csv")
    assert len(many) == len(few)


@pytest.mark.one_engine
@pytest.mark.usefixtures("department")
def test_a_spreadsheet_opens_in_libreoffice_with_all_its_rows(
    cast: Cast, client_of: ClientOf, tmp_path: Path
) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: soffice is not on the path")
    file = tmp_path / "ledger.xlsx"
    file.write_bytes(client_of(cast.channel).get("/ledger.xlsx?stage=all").data)
    subprocess.run(
        [
            office,
            "--headless",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76",
            "--outdir",
            str(tmp_path),
            str(file),
        ],
        check=True,
        timeout=100,
        capture_output=True,
    )
    lines = list(csv.reader(io.StringIO((tmp_path / "ledger.csv").read_text("utf-8"))))
    assert len(lines) == 2 + queries.count(cast.channel, Filters(stage="all"))
    assert MONDAY.date().isoformat() in {cell for line in lines for cell in line}

"""O and its figures from a file: looked at, then all of it or nothing."""

import io
import re

import pytest
from openpyxl import Workbook

from inspector.scores import figures, other
from inspector.scores.uploads import ColumnMeaning
from inspector.spreadsheets import Sheet
from tests import cast as make
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from tests.scores.quarters import LATER, Q3, frozen

HEAD = "机构名称,客户满意度,平均等候（分钟）,中高端客户超时率,投诉件数,考核得分"
GOOD = f"{HEAD}\n吴起支行,98.2%,12.5,3.1,0,90.50\nYA01,97,9,2,1,\n"


def upload(client: Client, content: bytes, name: str = "2026Q3.csv") -> str:
    """Send a file; the address of its preview."""
    answer = client.post("/scores/2026Q3/figures", data={"file": (io.BytesIO(content), name)})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def confirm(client: Client, preview: str, **changes: object) -> int:
    page = client.get(preview).text
    found = re.search(r'name="digest" value="(\w+)"', page)
    form = {
        "digest": found[1] if found else "",
        "meaning": re.findall(r'type="hidden" name="meaning" value="(\w*)"', page),
    }
    return client.post(f"{preview.split('?')[0]}/confirmation", data=form | changes).status_code


def test_a_file_is_looked_at_and_then_imported(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.channel)
    preview = upload(client, GOOD.encode())
    page = client.get(preview).text
    assert "90.50" in page
    assert other.others(Q3) == {}
    assert confirm(client, preview) == 303
    wuqi, baota = make.branch("YA03"), make.branch("YA01")
    assert {str(value) for value in other.others(Q3).values()} == {"90.5"}
    assert other.history_of(Q3, wuqi)[0].figures == {
        "satisfaction": "98.2",
        "waiting": "12.5",
        "overtime": "3.1",
        "complaints": "0",
    }
    assert other.history_of(Q3, baota)[0].value is None
    shown = client.get("/scores/2026Q3/YA03").text
    assert "2026Q3.csv" in shown
    assert "满意度 98.2" in shown
    assert confirm(client, preview, digest="x") == 409


def test_excel_is_read_too(cast: Cast, client_of: ClientOf) -> None:
    book = Workbook()
    assert book.active is not None
    for row in (["支行", "得分"], ["吴起支行", 90.5]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    client = client_of(cast.channel)
    assert confirm(client, upload(client, out.getvalue(), "o.xlsx")) == 303
    assert list(map(str, other.others(Q3).values())) == ["90.5"]


def test_every_bad_row_is_named_by_line_and_column_and_nothing_is_imported(
    cast: Cast, client_of: ClientOf
) -> None:
    bad = (
        f"{HEAD}\n吴起支行,98,1,1,0,90\n火星支行,98,1,1,0,90\nYA03,98,1,1,0,90\nYA01,高,1,1,0,101\n"
    )
    client = client_of(cast.channel)
    preview = upload(client, bad.encode())
    page = client.get(preview).text
    told = re.findall(
        r'<td class="n" data-label="\w+">\s*(\d+)\s*</td>\s*<td data-label="\w+">\s*(\S+?)\s*</td>',
        page,
    )
    assert told == [
        ("3", "机构名称"),
        ("4", "机构名称"),
        ("5", "考核得分"),
        ("5", "客户满意度"),
    ]
    assert "火星支行不是支行" in page
    assert 'name="digest"' not in page
    assert confirm(client, preview) == 409
    assert other.others(Q3) == {}


def test_the_meaning_of_columns_is_chosen_and_remembered(cast: Cast, client_of: ClientOf) -> None:
    odd = "甲,乙,丙\n吴起支行,7,88\n"
    client = client_of(cast.channel)
    preview = upload(client, odd.encode())
    assert "没有指定哪一列是支行" in client.get(preview).text
    chosen = f"{preview}?meaning=branch&meaning=&meaning=value"
    assert confirm(client, chosen) == 303
    assert ColumnMeaning.remembered() == {"甲": "branch", "乙": "", "丙": "value"}
    again = upload(client, odd.replace("88", "89").encode())
    assert confirm(client, again) == 303
    assert next(str(entry.value) for entry in other.history_of(Q3, make.branch("YA03"))) == "89"


def test_importing_again_replaces_and_what_stood_before_stays_readable(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.channel)
    for value in ("90", "91", "91"):
        confirm(client, upload(client, f"支行,得分\n吴起支行,{value}\n".encode()))
    entries = other.history_of(Q3, make.branch("YA03"))
    assert sorted(str(entry.value) for entry in entries) == ["90", "91"]


def test_in_a_confirmed_quarter_only_blanks_are_filled(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.channel)
    confirm(client, upload(client, "支行,得分\n吴起支行,90\n".encode()))
    frozen(cast).confirm(by=cast.leader, at=LATER)
    preview = upload(client, "支行,得分\n吴起支行,91\n宝塔支行,80\n".encode())
    assert "该季度已确认" in client.get(preview).text
    assert confirm(client, preview) == 409
    assert confirm(client, upload(client, "支行,得分\n宝塔支行,80\n".encode())) == 303


def test_another_s_file_is_not_there(cast: Cast, client_of: ClientOf) -> None:
    preview = upload(client_of(cast.channel), GOOD.encode())
    twin = make.a_person(cast, "channel2", role="channel") if hasattr(make, "a_person") else None
    if twin is not None:
        assert client_of(twin).get(preview).status_code == 404


@pytest.mark.parametrize(
    ("head", "meaning"),
    [
        ("支行", "branch"),
        ("中高端客户超时等候率", "overtime"),
        ("平均排队等候时间", "waiting"),
        ("客户服务满意率", "satisfaction"),
        ("有责投诉", "complaints"),
        ("考核得分", "value"),
        ("备注", ""),
    ],
)
def test_a_head_is_guessed_by_what_it_says(head: str, meaning: str) -> None:
    assert figures.guess([head], {}) == [meaning]
    assert figures.guess([head], {head: "value"}) == ["value"]


def test_a_file_without_rows_is_told_so() -> None:
    found = figures.read(Sheet([(1, ["支行", "得分"])], "UTF-8"), "o.csv", ["branch", "value"], {})
    assert [str(mistake) for mistake in found.mistakes] == [
        "o.csv, line 1: there is no row below the heads"
    ]

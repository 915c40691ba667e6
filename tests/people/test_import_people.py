"""Importing people: looked at row by row, all mistakes at once, then imported as it was seen."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from inspector.db import db
from inspector.history import Event
from inspector.people import imports, keeping
from inspector.people.models import Person
from inspector.people.queries import person_called
from inspector.people.uploads import Upload
from inspector.spreadsheets import MOST_BYTES
from tests import cast as make
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from tests.together import at_once, request, statuses

HEAD = "账号,姓名,角色,机构代码,邮箱"
NEW = "Sun,孙巡,检查员,YA,sun@bank.example"
CHANGED = "outlet,郝胜利,outlet,YA0303,"
SAME = "channel,张渠,Channel department,YA,"


def a_file(*lines: str, encoding: str = "utf-8") -> dict[str, Any]:
    return {"file": (io.BytesIO("\r\n".join(lines).encode(encoding)), "人员.csv")}


def look(client: Client, *lines: str, encoding: str = "utf-8") -> str:
    """Choose a file. The address of what it would do."""
    response = client.post("/people/import", data=a_file(*lines, encoding=encoding))
    assert response.status_code == 303
    return response.headers["Location"]


def confirm(client: Client, address: str, digest: str = "") -> TestResponse:
    digest = digest or seen(client, address)
    return client.post(f"{address}/confirmation", data={"digest": digest})


def seen(client: Client, address: str) -> str:
    found = re.search(r'name="digest" value="(\w+)"', client.get(address).text)
    assert found is not None
    return found[1]


def how_many() -> int:
    return db.session.scalar(select(func.count(Person.id))) or 0


def test_what_would_change_is_shown_row_by_row_and_nothing_is_imported_yet(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.admin)
    address = look(client, HEAD, NEW, CHANGED, SAME)
    assert "新增 1 条，修改 1 条，不变 1 条" in client.get(address).text
    added = client.get(f"{address}?only=add").text
    assert "sun" in added
    assert "检查员" in added
    changed = re.sub(r"\s+", " ", client.get(f"{address}?only=change").text)
    assert "胜利路负责人 → 郝胜利" in changed
    assert "YA0302 吴起支行胜利路网点 → YA0303" in changed
    assert "<td>channel</td>" in client.get(f"{address}?only=keep").text
    absent = client.get(f"{address}?only=absent").text
    assert "<td>leader</td>" in absent
    assert "<td>channel</td>" not in absent
    assert person_called("sun") is None
    assert cast.outlet.name == "胜利路负责人"


def test_what_was_seen_is_imported_and_on_record(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.admin)
    address = look(client, HEAD, NEW, CHANGED, SAME)
    assert confirm(client, address).headers["Location"] == "/people"
    sun = person_called("sun")
    assert sun is not None
    assert (sun.name, sun.role, sun.email) == ("孙巡", "inspector", "sun@bank.example")
    assert not sun.has_password("")
    assert (cast.outlet.name, cast.outlet.branch.code) == ("郝胜利", "YA0303")
    verbs = select(Event.subject_id, Event.verb, Event.by_id)
    acts = {(key, verb) for key, verb, by in db.session.execute(verbs) if by == cast.admin.id}
    assert {(sun.id, "add"), (cast.outlet.id, "change")} <= acts
    assert (cast.channel.id, "change") not in acts
    upload = db.session.scalars(select(Upload)).one()
    assert (upload.content, upload.imported_at is not None) == (None, True)
    assert (upload.id, "import") in acts


def test_the_same_file_again_changes_nothing(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.admin)
    confirm(client, look(client, HEAD, NEW, CHANGED))
    html = client.get(look(client, HEAD, NEW, CHANGED)).text
    assert "没有变化" in html
    assert 'name="digest"' not in html


MISTAKES = [
    ("?,孙巡,检查员,YA,", "账号", "账号须以字母或数字开头"),
    (",孙巡,检查员,YA,", "账号", "账号须以字母或数字开头"),
    ("sun,,检查员,YA,", "姓名", "请填写姓名"),
    ("sun,孙巡,国王,YA,", "角色", "应为 检查员、神秘人、非现场检查员、网点负责人"),
    ("sun,孙巡,,YA,", "角色", "现为 空"),
    ("sun,孙巡,检查员,YA99,", "机构代码", "没有这个机构：YA99"),
    ("sun,孙巡,检查员,,", "机构代码", "不得为空"),
    ("sun,孙巡,网点负责人,YA03,", "机构代码", "网点负责人应归属网点"),
    ("sun,孙巡,检查员,YA,sun", "邮箱", "邮箱格式不对"),
    ("leader,刘行,分管副行长,YA0302,", "机构代码", "应归属分行"),
    ("admin,管理员,渠道部,YA,", "角色", "这是最后一名管理员"),
    ("reviewer,新名,reviewer,YA,", "账号", "已停用，请先重新启用再修改"),
    ("sun,孙巡,检查员,YA,,,x", "—", "有 7 列，应为 5 列"),
]


@pytest.mark.parametrize(("line", "column", "sentence"), MISTAKES)
def test_each_mistake_is_told_with_its_line_and_column(
    cast: Cast, client_of: ClientOf, line: str, column: str, sentence: str
) -> None:
    cast.reviewer.closed_at = make.MONDAY
    client = client_of(cast.admin)
    before = how_many()
    html = client.get(address := look(client, HEAD, SAME, line)).text
    row = html.split('<tr class="late">')[1].split("</tr>")[0]
    assert '<td class="n" data-label="行">3</td>' in row
    assert sentence in row
    assert column == "—" or f"<td>{column}</td>" in row
    assert 'name="digest"' not in html
    assert client.post(f"{address}/confirmation", data={"digest": "x"}).status_code == 409
    assert how_many() == before


def test_all_mistakes_are_told_at_once_in_both_languages(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.admin)
    address = look(
        client, HEAD, "?,,国王,YA99,x", "outlet,a,outlet,YA0302,", "OUTLET,b,outlet,YA0302,"
    )
    html = client.get(address).text
    assert html.count('<tr class="late">') == 6, "five of the first line, one of the last"
    assert "重复，首次出现在第 3 行" in html
    client.post("/language", data={"language": "en"})
    html = client.get(address).text
    assert "is given twice, first on line 3" in html
    assert "is not a known branch: YA99" in html
    assert "account outlet" in html


@pytest.mark.parametrize(
    "head",
    ["username,name,role,branch,email", "Account,FULL NAME,Role,Branch code,Email", HEAD],
)
def test_the_head_is_understood_in_each_language(
    cast: Cast, client_of: ClientOf, head: str
) -> None:
    client = client_of(cast.admin)
    assert confirm(client, look(client, head, NEW)).status_code == 303
    assert person_called("sun") is not None


def test_a_wrong_head_is_told(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.admin)
    html = client.get(look(client, "账号,姓名,角色,工资", "sun,孙巡,检查员,1")).text
    assert "缺少这一列" in html
    assert "<td>工资</td>" in html
    assert "不认识这一列" in html


def test_a_file_saved_by_excel_in_china_is_read_and_said(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.admin)
    address = look(client, HEAD, NEW, encoding="gbk")
    assert "文件按 GBK 编码读取" in client.get(address).text
    confirm(client, address)
    sun = person_called("sun")
    assert sun is not None
    assert sun.name == "孙巡"


def test_an_xlsx_file_is_imported(cast: Cast, client_of: ClientOf) -> None:
    book = Workbook()
    assert book.active is not None
    for row in (HEAD.split(","), [10023, "孙巡", "检查员", "YA", None]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    client = client_of(cast.admin)
    file = {"file": (io.BytesIO(out.getvalue()), "人员.xlsx")}
    address = client.post("/people/import", data=file).headers["Location"]
    confirm(client, address)
    assert person_called("10023") is not None


def test_if_the_database_changed_meanwhile_it_is_shown_again_and_nothing_is_imported(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.admin)
    address = look(client, HEAD, NEW, CHANGED)
    digest = seen(client, address)
    said = keeping.Entry("outlet", "他人", "outlet", make.branch("YA0302"), "")
    keeping.change(cast.outlet, said, by=cast.admin, at=make.MONDAY)
    response = confirm(client, address, digest)
    assert response.status_code == 409
    assert "预览之后系统中的数据有变动" in response.text
    assert "他人" in client.get(f"{address}?only=change").text
    assert person_called("sun") is None
    assert cast.outlet.name == "他人"
    assert confirm(client, address).status_code == 303
    assert cast.outlet.name == "郝胜利"


def test_of_two_confirmations_at_once_one_imports(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.admin)
    address = look(client, HEAD, NEW)
    said = {"digest": seen(client, address)}
    calls = [request(client_of(cast.admin), f"{address}/confirmation", data=said) for _ in "ab"]
    assert statuses(at_once(*calls)) == [303, 409]
    assert db.session.scalar(select(func.count()).where(Person.username == "sun")) == 1


def test_of_two_files_with_the_same_person_at_once_one_is_imported(
    cast: Cast, client_of: ClientOf
) -> None:
    other = make.a_person(cast, "second", role="admin")
    clients = [client_of(cast.admin), client_of(other)]
    calls = []
    for client in clients:
        address = look(client, HEAD, NEW)
        said = {"digest": seen(client, address)}
        calls.append(request(client, f"{address}/confirmation", data=said))
    assert statuses(at_once(*calls)) == [303, 409]
    assert person_called("sun") is not None


def test_a_row_that_breaks_takes_the_whole_file_back(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, client = keeping.put, client_of(cast.admin)
    address = look(client, HEAD, NEW, "twin,双,检查员,YA,")

    def broken(entry: keeping.Entry, **who: Any) -> Person:
        if entry.username == "twin":
            raise RuntimeError("the disk is full")
        return put(entry, **who)

    monkeypatch.setattr(keeping, "put", broken)
    with pytest.raises(RuntimeError):
        confirm(client, address)
    db.session.rollback()
    assert person_called("sun") is None


def test_who_has_work_in_hand_is_marked(cast: Cast, client_of: ClientOf) -> None:
    make.a_visit(cast)
    client = client_of(cast.admin)
    address = look(client, HEAD, "inspector,李巡,检查员,YA03,", "colleague,王察,检查员,YA,")
    assert client.get(address).text.count("有未完成的工作") == 1


def test_an_address_that_the_file_does_not_speak_of_stays(cast: Cast, client_of: ClientOf) -> None:
    cast.outlet.email = "hao@bank.example"
    client = client_of(cast.admin)
    confirm(client, look(client, HEAD.removesuffix(",邮箱"), CHANGED.removesuffix(",")))
    assert cast.outlet.email == "hao@bank.example"


def test_no_file_and_too_large_a_file_are_told(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.admin)
    response = client.post("/people/import")
    assert (response.status_code, "请选择文件" in response.text) == (422, True)
    response = client.post("/people/import", data=a_file("x" * MOST_BYTES + "xx"))
    assert (response.status_code, "文件超过 5 MB" in response.text) == (422, True)
    assert db.session.scalar(select(func.count(Upload.id))) == 0


def test_a_file_that_was_not_imported_is_thrown_away_by_the_next(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.admin)
    first = look(client, HEAD, NEW)
    look(client, HEAD, CHANGED)
    assert client.get(first).status_code == 404
    assert db.session.scalar(select(func.count(Upload.id))) == 1


def test_a_long_file_is_shown_in_pages(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "SHOWN", 2)
    client = client_of(cast.admin)
    address = look(client, HEAD, *(f"p{n},人,检查员,YA," for n in range(3)))
    assert "<td>p2</td>" not in client.get(f"{address}?only=add").text
    assert "<td>p2</td>" in client.get(f"{address}?only=add&from=2").text


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_is_imported_without_a_change(
    cast: Cast, client_of: ClientOf, form: str
) -> None:
    cast.reviewer.closed_at = make.MONDAY
    client = client_of(cast.admin)
    response = client.get(f"/people/export.{form}")
    assert response.headers["Content-Disposition"].startswith("attachment")
    file = {"file": (io.BytesIO(response.data), f"people.{form}")}
    html = client.get(client.post("/people/import", data=file).headers["Location"]).text
    assert "没有变化" in html


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_can_be_imported(cast: Cast, client_of: ClientOf, form: str) -> None:
    client = client_of(cast.admin)
    content = client.get(f"/people/template.{form}").data
    file = {"file": (io.BytesIO(content), f"people.{form}")}
    address = client.post("/people/import", data=file).headers["Location"]
    confirm(client, address)
    assert person_called("zhangsan") is not None


def test_a_name_like_a_formula_is_text_in_the_export(cast: Cast, client_of: ClientOf) -> None:
    cast.outlet.name = "=HYPERLINK(1)"
    assert ",'=HYPERLINK(1)," in client_of(cast.admin).get("/people/export.csv").text


def test_closing_in_the_file_is_refused(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.admin)
    html = client.get(look(client, f"{HEAD},停用日期", f"{SAME},2026-11-23")).text
    assert "此列只供查看" in html


def test_the_command_imports_and_tells_the_same(app: Flask, cast: Cast, tmp_path: Any) -> None:
    file = tmp_path / "people.csv"
    file.write_text("\n".join((HEAD, NEW, CHANGED)), "utf-8")

    def run(*options: str) -> tuple[int, str]:
        db.session.commit()
        done = app.test_cli_runner().invoke(args=["people", "import", str(file), *options])
        db.session.rollback()
        db.session.expire_all()
        return done.exit_code, done.output

    code, output = run("--dry-run")
    assert code == 0
    assert "sun: new, 孙巡" in output
    assert "outlet: name: 胜利路负责人 → 郝胜利" in output
    assert output.endswith("Nothing was changed: --dry-run.\n")
    assert person_called("sun") is None
    assert run()[0] == 0
    assert person_called("sun") is not None
    file.write_text("\n".join((HEAD, "?,a,国王,YA,")), "utf-8")
    code, output = run()
    assert code == 1
    assert "line 2, account ?, role: must be Inspector, Mystery shopper" in output

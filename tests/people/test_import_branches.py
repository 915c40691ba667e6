"""`flask branches import`: every mistake with its place; twice is harmless; none is deleted."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from inspector.db import db
from inspector.history import Event
from inspector.people.branch_import import LIBRARY
from inspector.people.models import Branch, Person
from tests.walls import erase

HEAD = "code,name_zh,name_en,level,parent_code,district,opened_on,renovated_on,fitout,lat,lon"
CITY = "YA,延安分行,Yan'an City Branch,city,,宝塔区,1984-10-01,,none,36.5853,109.4898"
SUBBRANCH = "YA03,吴起支行,Wuqi Sub-branch,subbranch,YA,吴起县,1986-07-01,,none,36.9,108.2"
OUTLET = (
    "YA0302,胜利路网点,Shengli Road,outlet,YA03,吴起县,2002-10-08,2026-09-01,relocated,36.9,108.2"
)
COLUMNS = HEAD.split(",")


@pytest.fixture
def empty(app: Flask) -> Flask:
    """The app without the branches and people that the harness creates."""
    erase(Event, Person, Branch)
    return app


def a_file(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    file = tmp_path / "branches.csv"
    file.write_text("\n".join(lines) + "\n", encoding)
    return file


def line_with(line: str, **cells: str) -> str:
    row = dict(zip(COLUMNS, line.split(","), strict=True)) | cells
    return ",".join(row.values())


def run(app: Flask, file: Path) -> Result:
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["branches", "import", str(file)])
    db.session.expire_all()
    return result


def branch(code: str) -> Branch:
    return db.session.scalars(select(Branch).where(Branch.code == code)).one()


def how_many() -> int:
    return db.session.scalar(select(func.count(Branch.id))) or 0


def test_the_bundled_branches_are_imported_as_a_tree(empty: Flask) -> None:
    result = run(empty, LIBRARY)
    assert result.exit_code == 0, result.output
    assert result.output == "imported 52, changed 0, unchanged 0\n"
    levels = db.session.execute(select(Branch.level, func.count()).group_by(Branch.level))
    assert {level: number for level, number in levels} == {"city": 1, "subbranch": 13, "outlet": 38}
    shengli = branch("YA0302")
    assert shengli.parent is not None
    assert shengli.parent.parent is not None
    assert (shengli.parent.name_zh, shengli.parent.parent.code) == ("吴起支行", "YA")
    assert (shengli.fitout, shengli.renovated_on) == ("relocated", date(2026, 9, 1))
    assert (shengli.lat, shengli.lon) == (36.9308, 108.1710)
    assert db.session.scalar(select(func.count()).where(Event.verb == "add")) == 52


def test_the_same_file_again_changes_nothing(empty: Flask) -> None:
    run(empty, LIBRARY)
    assert run(empty, LIBRARY).output == "imported 0, changed 0, unchanged 52\n"
    assert db.session.scalar(select(func.count(Event.id))) == 52


def test_the_order_of_the_lines_does_not_matter(empty: Flask, tmp_path: Path) -> None:
    result = run(empty, a_file(tmp_path, HEAD, OUTLET, SUBBRANCH, CITY))
    assert result.output == "imported 3, changed 0, unchanged 0\n"


def test_columns_may_stand_in_another_order(empty: Flask, tmp_path: Path) -> None:
    lines = [",".join(reversed(line.split(","))) for line in (HEAD, CITY)]
    assert run(empty, a_file(tmp_path, *lines)).output == "imported 1, changed 0, unchanged 0\n"


def test_a_file_saved_by_a_spreadsheet_is_read(empty: Flask, tmp_path: Path) -> None:
    file = tmp_path / "branches.csv"
    quoted = ",".join(f'"{cell}"' for cell in CITY.split(","))
    file.write_bytes("\r\n".join((HEAD, quoted, "", "")).encode("utf-8-sig"))
    assert run(empty, file).output == "imported 1, changed 0, unchanged 0\n"
    assert branch("YA").name_zh == "延安分行"


def test_what_differs_is_updated_and_said(empty: Flask, tmp_path: Path) -> None:
    run(empty, a_file(tmp_path, HEAD, CITY, SUBBRANCH, OUTLET))
    key = branch("YA0302").id
    renamed = line_with(OUTLET, name_zh="新名网点", opened_on="2003-01-01")
    plain = line_with(SUBBRANCH, renovated_on="2020-05-05", fitout="renovated")
    result = run(empty, a_file(tmp_path, HEAD, CITY, plain, renamed))
    assert result.output.splitlines() == [
        "YA03: renovated_on: empty → 2020-05-05; fitout: none → renovated",
        "YA0302: name_zh: 胜利路网点 → 新名网点; opened_on: 2002-10-08 → 2003-01-01",
        "imported 0, changed 2, unchanged 1",
    ]
    assert branch("YA0302").id == key
    assert branch("YA0302").name_zh == "新名网点"
    event = db.session.scalars(select(Event).where(Event.subject_id == key, Event.verb == "change"))
    assert event.one().detail == {
        "before": {"name_zh": "胜利路网点", "opened_on": "2002-10-08"},
        "after": {"name_zh": "新名网点", "opened_on": "2003-01-01"},
    }


def test_an_outlet_can_move_to_another_sub_branch(empty: Flask, tmp_path: Path) -> None:
    other = line_with(SUBBRANCH, code="YA04")
    run(empty, a_file(tmp_path, HEAD, CITY, SUBBRANCH, other, OUTLET))
    result = run(empty, a_file(tmp_path, HEAD, line_with(OUTLET, parent_code="YA04")))
    assert "YA0302: parent_code: YA03 → YA04" in result.output
    assert branch("YA0302").subbranch.code == "YA04"


def test_branches_missing_from_the_file_are_named_and_kept(empty: Flask, tmp_path: Path) -> None:
    run(empty, a_file(tmp_path, HEAD, CITY, SUBBRANCH, OUTLET))
    result = run(empty, a_file(tmp_path, HEAD, CITY))
    assert result.exit_code == 0
    assert "Not in the file, and left as they are: YA03, YA0302" in result.output
    assert how_many() == 3


MISTAKES = [
    ({"code": ""}, "code", "must not be empty"),
    ({"code": "Y" * 21}, "code", "must be at most 20 characters long"),
    ({"name_zh": ""}, "name_zh", "must not be empty"),
    ({"name_en": " "}, "name_en", "must not be empty"),
    ({"district": ""}, "district", "must not be empty"),
    ({"level": "branch"}, "level", "must be city, subbranch or outlet, not “branch”"),
    ({"parent_code": ""}, "parent_code", "must name a subbranch"),
    ({"parent_code": "YA99"}, "parent_code", "is not a known branch: YA99"),
    ({"parent_code": "YA"}, "parent_code", "must name a subbranch; YA is a city"),
    ({"level": "subbranch"}, "parent_code", "must name a city; YA03 is a subbranch"),
    ({"level": "city"}, "parent_code", "must be empty for a city branch, not “YA03”"),
    ({"opened_on": ""}, "opened_on", "must be a date as 2026-11-23, not empty"),
    ({"opened_on": "8.10.2002"}, "opened_on", "must be a date as 2026-11-23, not “8.10.2002”"),
    ({"opened_on": "2002-02-30"}, "opened_on", "must be a date as 2026-11-23, not “2002-02-30”"),
    ({"renovated_on": "soon"}, "renovated_on", "must be a date as 2026-11-23, not “soon”"),
    ({"renovated_on": ""}, "renovated_on", "must not be empty for fitout relocated"),
    ({"renovated_on": "2001-01-01"}, "renovated_on", "must not be before opened_on, 2002-10-08"),
    ({"fitout": "new"}, "fitout", "must be none, renovated or relocated, not “new”"),
    ({"lat": "north"}, "lat", "must be a number, not “north”"),
    ({"lat": "108.2"}, "lat", "must be 90 or less, not “108.2”"),
    ({"lon": "-181"}, "lon", "must be -180 or more, not “-181”"),
    ({"lon": "nan"}, "lon", "must be a number, not “nan”"),
]


@pytest.mark.parametrize(("change", "field", "sentence"), MISTAKES)
def test_each_mistake_is_named_with_its_line_and_column_and_nothing_is_imported(
    empty: Flask, tmp_path: Path, change: dict[str, str], field: str, sentence: str
) -> None:
    file = a_file(tmp_path, HEAD, CITY, SUBBRANCH, line_with(OUTLET, **change))
    result = run(empty, file)
    code = change.get("code", "YA0302")
    of = f", branch {code}" if code else ""
    assert result.exit_code == 1
    assert result.output.splitlines()[0] == "Error: Nothing was imported. The file has mistakes."
    assert f"{file}, line 4{of}, {field}: {sentence}" in result.output.splitlines()
    assert how_many() == 0


def test_all_mistakes_are_named_at_once(empty: Flask, tmp_path: Path) -> None:
    file = a_file(
        tmp_path,
        HEAD,
        line_with(CITY, opened_on="long ago"),
        line_with(SUBBRANCH, lat="x", parent_code="YB"),
        OUTLET + ",more",
        OUTLET,
        OUTLET,
    )
    assert run(empty, file).output.splitlines()[1:] == [
        f"{file}, line 2, branch YA, opened_on: must be a date as 2026-11-23, not “long ago”",
        f"{file}, line 3, branch YA03, lat: must be a number, not “x”",
        f"{file}, line 3, branch YA03, parent_code: is not a known branch: YB",
        f"{file}, line 4: has 12 columns, must have 11",
        f"{file}, line 6, branch YA0302, code: is given twice, first on line 5",
    ]


@pytest.mark.parametrize(
    ("head", "mistakes"),
    [
        (HEAD.replace(",lon", ""), ["line 1, lon: is missing from the columns"]),
        (HEAD + ",manager", ["line 1, manager: is not a known column"]),
        (HEAD + ",lat", ["line 1, lat: is given twice"]),
        (
            HEAD.replace("level", "Rank"),
            ["line 1, Rank: is not a known column", "line 1, level: is missing from the columns"],
        ),
    ],
)
def test_the_head_must_name_the_columns(
    empty: Flask, tmp_path: Path, head: str, mistakes: list[str]
) -> None:
    file = a_file(tmp_path, head, CITY)
    assert run(empty, file).output.splitlines()[1:] == [f"{file}, {text}" for text in mistakes]


def test_a_file_without_rows_imports_nothing(empty: Flask, tmp_path: Path) -> None:
    assert run(empty, a_file(tmp_path, HEAD)).output == "imported 0, changed 0, unchanged 0\n"
    result = run(empty, a_file(tmp_path, ""))
    assert result.exit_code == 1
    assert "line 1, code: is missing from the columns" in result.output


def test_a_file_that_excel_saved_in_china_is_read(empty: Flask, tmp_path: Path) -> None:
    theirs = line_with(CITY, opened_on="1984/10/1")
    result = run(empty, a_file(tmp_path, HEAD, theirs, encoding="gbk"))
    assert result.output == "Read as GBK.\nimported 1, changed 0, unchanged 0\n"
    assert (branch("YA").name_zh, branch("YA").opened_on) == ("延安分行", date(1984, 10, 1))


def test_a_dry_run_says_what_would_change_and_changes_nothing(empty: Flask, tmp_path: Path) -> None:
    db.session.commit()
    file = str(a_file(tmp_path, HEAD, CITY))
    result = empty.test_cli_runner().invoke(args=["branches", "import", file, "--dry-run"])
    assert result.output.splitlines() == [
        "YA: new, 延安分行",
        "imported 1, changed 0, unchanged 0",
        "Nothing was changed: --dry-run.",
    ]
    assert how_many() == 0


def test_a_broken_quote_is_refused_with_its_line(empty: Flask, tmp_path: Path) -> None:
    file = a_file(tmp_path, HEAD, CITY, '"YA03"x,吴起支行')
    assert f"{file}, line 3: is not CSV: " in run(empty, file).output


def test_lines_are_counted_right_after_a_cell_over_two_lines(empty: Flask, tmp_path: Path) -> None:
    two = CITY.replace("延安分行", '"延安\n分行"')
    file = a_file(tmp_path, HEAD, two, line_with(SUBBRANCH, lat="x"))
    assert f"{file}, line 4, branch YA03, lat: must be a number" in run(empty, file).output


def test_a_branch_keeps_its_level(empty: Flask, tmp_path: Path) -> None:
    run(empty, a_file(tmp_path, HEAD, CITY, SUBBRANCH, OUTLET))
    promoted = line_with(OUTLET, level="subbranch", parent_code="YA")
    file = a_file(tmp_path, HEAD, promoted)
    assert run(empty, file).output.splitlines()[1:] == [
        f"{file}, line 2, branch YA0302, level: must stay outlet: a branch keeps its level"
    ]
    assert branch("YA0302").level == "outlet"


def test_a_bad_file_leaves_the_branches_as_they_were(empty: Flask, tmp_path: Path) -> None:
    run(empty, a_file(tmp_path, HEAD, CITY, SUBBRANCH, OUTLET))
    renamed = line_with(SUBBRANCH, name_zh="新名支行")
    run(empty, a_file(tmp_path, HEAD, CITY, renamed, line_with(OUTLET, lat="x")))
    assert branch("YA03").name_zh == "吴起支行"

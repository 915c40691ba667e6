"""`flask checklists import`: all or nothing, once, and never over what was published."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from inspector.checklists import content, format
from inspector.checklists.models import Checklist, Item, Section, Version
from inspector.checklists.publishing import Changed, import_files, publish
from inspector.checklists.queries import latest_versions, version_called
from inspector.db import db
from inspector.history import Event
from tests.cast import Cast, a_visit
from tests.checklists.files import (
    MYSTERY,
    OFFSITE,
    ONSITE,
    YESNO,
    a_checklist,
    line_of,
    onsite_with,
    written,
)
from tests.walls import erase

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def empty(app: Flask) -> Flask:
    """The app without the checklists that the harness imports."""
    erase(Item, Section, Version, Checklist, Event)
    return app


def run(app: Flask, *files: Path) -> Result:
    db.session.commit()
    return app.test_cli_runner().invoke(args=["checklists", "import", *map(str, files)])


def a_file(tmp_path: Path, text: str, name: str = "test.yaml") -> Path:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    return file


def count(row: type) -> int:
    return db.session.scalar(select(func.count()).select_from(row)) or 0


def test_the_bundled_checklists_are_imported_together(empty: Flask) -> None:
    result = run(empty, ONSITE, MYSTERY, OFFSITE)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "ONSITE 1.0: imported, 109 items",
        "MYSTERY 1.0: imported, 42 items",
        "OFFSITE 1.0: imported, 28 items",
    ]
    assert count(Item) == 109 + 42 + 28
    assert {v.kind for v in latest_versions()} == {"onsite", "mystery", "offsite"}


def test_what_the_file_says_is_what_is_published(empty: Flask) -> None:
    run(empty, MYSTERY)
    document = format.read(MYSTERY)
    version = version_called("MYSTERY", "1.0")
    assert content.of_version(version) == content.of_document(document)
    assert version.digest == content.digest(content.of_document(document))
    assert [item.code for item in version.items] == [item.code for item in document.items]
    assert [item.position for item in version.items] == list(range(1, 43))
    assert version.items[0].points == Decimal(1)


def test_publishing_is_recorded(empty: Flask) -> None:
    run(empty, ONSITE)
    version = version_called("ONSITE", "1.0")
    (event,) = db.session.scalars(select(Event)).all()
    assert (event.verb, event.subject_table, event.subject_id, event.by_id) == (
        "publish",
        "checklist_version",
        version.id,
        None,
    )


def test_the_same_version_again_changes_nothing(empty: Flask) -> None:
    run(empty, ONSITE)
    before = {item.code: item.id for item in version_called("ONSITE", "1.0").items}
    result = run(empty, ONSITE)
    assert result.exit_code == 0
    assert result.output == "ONSITE 1.0: unchanged, 109 items\n"
    assert {item.code: item.id for item in version_called("ONSITE", "1.0").items} == before
    assert (count(Version), count(Event)) == (1, 1)


def test_the_same_content_written_another_way_is_the_same(empty: Flask, tmp_path: Path) -> None:
    run(empty, ONSITE)
    copy = a_file(tmp_path, onsite_with("ON-FAC-11", "points: 3", "points: 3.0"))
    assert run(empty, copy).output == "ONSITE 1.0: unchanged, 109 items\n"


def test_the_same_version_with_other_content_is_refused_with_the_differences(
    empty: Flask, tmp_path: Path
) -> None:
    run(empty, a_file(tmp_path, written(a_checklist(YESNO, YESNO | {"code": "TS-ENV-02"}))))
    changed = a_checklist(
        YESNO | {"points": 1.5, "photo_on_fail": True, "text_zh": "地面清洁。"},
        YESNO | {"code": "TS-ENV-03"},
        title_zh="另一张检查表",
    )
    changed["sections"][0]["title_en"] = "Surroundings"
    result = run(empty, a_file(tmp_path, written(changed)))
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "Error: Nothing was imported: this version exists with other content.",
        "TEST 1.0, item TS-ENV-03: new",
        "TEST 1.0, item TS-ENV-02: removed",
        "TEST 1.0, title_zh: 测试检查表 → 另一张检查表",
        "TEST 1.0, section ENV, title_en: Environment → Surroundings",
        "TEST 1.0, item TS-ENV-01, text_zh: 地面清洁干燥。 → 地面清洁。",
        "TEST 1.0, item TS-ENV-01, points: 2 → 1.5",
        "TEST 1.0, item TS-ENV-01, photo_on_fail: false → true",
    ]
    assert [item.points for item in version_called("TEST", "1.0").items] == [2, 2]


def test_another_order_of_the_items_is_other_content(empty: Flask) -> None:
    first, second = YESNO, YESNO | {"code": "TS-ENV-02"}
    publish(format.parse("a", written(a_checklist(first, second))), by=None, at=NOW)
    with pytest.raises(Changed) as raised:
        publish(format.parse("b", written(a_checklist(second, first))), by=None, at=NOW)
    assert raised.value.differences == ["TEST 1.0, the same sections and items in another order"]


def test_a_checklist_keeps_its_kind(empty: Flask, tmp_path: Path) -> None:
    run(empty, a_file(tmp_path, written(a_checklist())))
    result = run(empty, a_file(tmp_path, written(a_checklist(version="2.0", kind="offsite"))))
    assert result.exit_code == 1
    assert "TEST, kind: onsite → offsite; a checklist keeps its kind" in result.output
    assert count(Version) == 1


def test_a_new_version_leaves_a_visit_on_the_old_one_untouched(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    visit = a_visit(cast)
    old = {item.code: (item.id, item.points) for item in visit.version.items}
    text = onsite_with("ON-FAC-11", "points: 3", "points: 4")
    text = text.replace("version: '1.0'", "version: '1.10'")
    text = text.replace("total_points: 225", "total_points: 226")
    result = run(app, a_file(tmp_path, text))
    assert result.output == "ONSITE 1.10: imported, 109 items\n"
    db.session.refresh(visit)
    assert visit.version.version == "1.0"
    assert {item.code: (item.id, item.points) for item in visit.version.items} == old
    latest = next(version for version in latest_versions() if version.kind == "onsite")
    assert (latest.version, latest.total_points) == ("1.10", Decimal(226))


def test_the_highest_version_is_the_latest_whenever_it_was_imported(empty: Flask) -> None:
    for number in ("1.9", "1.10", "1.2"):
        publish(format.parse("a", written(a_checklist(version=number))), by=None, at=NOW)
    assert [version.version for version in latest_versions()] == ["1.10"]


def test_a_bad_file_imports_nothing_of_any_file(empty: Flask, tmp_path: Path) -> None:
    bad = a_file(tmp_path, onsite_with("ON-FAC-11", "points: 3", "points: 3.2"))
    result = run(empty, MYSTERY, bad, OFFSITE)
    line = line_of(bad.read_text("utf-8"), "points:", after="ON-FAC-11")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "Error: Nothing was imported. The file has mistakes.",
        f"{bad}, line {line}, item ON-FAC-11, points: must be a multiple of 0.5, not 3.2",
    ]
    assert (count(Checklist), count(Version), count(Item), count(Event)) == (0, 0, 0, 0)


def test_a_refused_version_imports_nothing_of_any_file(empty: Flask, tmp_path: Path) -> None:
    run(empty, a_file(tmp_path, written(a_checklist())))
    changed = a_file(tmp_path, written(a_checklist(title_en="Changed")))
    result = run(empty, OFFSITE, changed)
    assert result.exit_code == 1
    assert "TEST 1.0, title_en: Test checklist → Changed" in result.output
    assert [checklist.code for checklist in db.session.scalars(select(Checklist))] == ["TEST"]


def test_the_mistakes_of_all_files_are_named_at_once(empty: Flask, tmp_path: Path) -> None:
    one = a_file(tmp_path, written(a_checklist(code="bad one")), "one.yaml")
    two = a_file(tmp_path, "code: [", "two.yaml")
    result = run(empty, one, two)
    assert f"{one}, line 2, code: must be capitals" in result.output
    assert f"{two}, line 1: " in result.output


def test_two_files_of_one_version_must_agree(empty: Flask, tmp_path: Path) -> None:
    one = a_file(tmp_path, written(a_checklist()), "one.yaml")
    two = a_file(tmp_path, written(a_checklist(title_en="Changed")), "two.yaml")
    with pytest.raises(Changed):
        import_files([one, two], by=None, at=NOW)
    assert count(Version) == 0


def test_a_published_item_cannot_be_changed(app: Flask) -> None:
    item = version_called("ONSITE", "1.0").items[0]
    item.points = Decimal(5)
    with pytest.raises(RuntimeError, match="a published checklist does not change"):
        db.session.flush()
    db.session.rollback()


def test_the_database_refuses_an_item_in_a_section_of_another_version(app: Flask) -> None:
    item = version_called("ONSITE", "1.0").items[0]
    other = version_called("OFFSITE", "1.0").sections[0]
    with pytest.raises(IntegrityError):
        db.session.execute(
            Item.__table__.update().where(Item.id == item.id).values(section_id=other.id)  # type: ignore[attr-defined]
        )
    db.session.rollback()


@pytest.mark.parametrize(
    "nonsense",
    [
        {"type": "yesno", "limit": Decimal(1)},
        {"op": "<"},
        {"severity": "info"},
        {"points": Decimal(-1)},
        {"applies": "fitout", "na_allowed": False},
        {"max": 3},
        {"rectify_days": -1},
    ],
    ids=lambda nonsense: "-".join(nonsense),
)
def test_the_database_refuses_an_item_that_contradicts_itself(
    app: Flask, nonsense: dict[str, object]
) -> None:
    item = next(i for i in version_called("ONSITE", "1.0").items if i.code == "ON-RAK-02")
    with pytest.raises(IntegrityError):
        db.session.execute(Item.__table__.update().where(Item.id == item.id).values(nonsense))  # type: ignore[attr-defined]
    db.session.rollback()

"""Photos on the tablet: the formats that cameras give, captions, taking one away, files that are
refused, a fault corrected on the spot, and why there is no photo."""

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import ExifTags, Image
from pillow_heif import register_heif_opener
from playwright.sync_api import Page, expect

from inspector.db import db
from inspector.storage import storage
from inspector.visits.models import Photo
from tests import cast as make
from tests.browser import records, tablet
from tests.browser.conftest import Site
from tests.browser.test_pictures import look

ORIENTATION = 0x0112
QUARTER_TURN = 6
MANY_BYTES = 25 * 1024 * 1024 + 1


@pytest.fixture
def visit(site: Site) -> str:
    """A planned on-site visit: the kind on which a fault can be corrected on the spot."""
    return records.planned(site, "onsite")


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One photo in each format, all lying on their side; the JPEG's EXIF says so."""
    register_heif_opener()
    folder = tmp_path_factory.mktemp("shots")
    files = {}
    for colour, suffix in {"red": "jpg", "green": "png", "blue": "webp", "olive": "heic"}.items():
        files[suffix] = folder / f"IMG_0001.{suffix}"
        Image.new("RGB", (2400, 1800), colour).save(files[suffix])
    Image.new("RGB", (2400, 1800), "red").save(files["jpg"], exif=of_a_camera())
    return files


def of_a_camera() -> Image.Exif:
    """What a camera writes into a photo: how it was held, when, and where."""
    exif = Image.Exif()
    exif[ORIENTATION] = QUARTER_TURN
    exif.get_ifd(ExifTags.IFD.Exif).update({0x9003: "2026:11:20 09:12:05", 0x9011: "+08:00"})
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {1: "N", 2: (36.0, 35.0, 0.0), 3: "E", 4: (109, 29, 0)}
    )
    return exif


def test_every_format_of_a_camera_is_shown_at_once_and_kept_upright_and_small(
    site: Site, visit: str, shots: dict[str, Path], open_as: Callable[..., Page]
) -> None:
    page = open_as("inspector")
    fail(page, visit, "ON-ENV-01")
    tablet.take_photo(page, "ON-ENV-01", *shots.values())
    tiles = tablet.tiles(page, "ON-ENV-01")
    expect(tiles.locator("img:visible")).to_have_count(3)  # Chromium cannot show HEIC
    expect(tiles.locator("button[data-words*='无法预览']")).to_have_count(1)
    expect(tiles.filter(has_text=tablet.RECEIVED)).to_have_count(4, timeout=15_000)
    sizes = [picture.size for picture in pictures(site, visit)]
    assert sorted(sizes) == [(1536, 2048), (2048, 1536), (2048, 1536), (2048, 1536)]

    page.reload()
    tablet.expect_armed(page)
    expect(tiles.locator("img:visible")).to_have_count(4)


def test_what_leaves_the_tablet_is_upright_small_and_tells_nothing_but_itself(
    site: Site, visit: str, tmp_path: Path, open_as: Callable[..., Page]
) -> None:
    noisy = tmp_path / "IMG_0003.jpg"
    size = (2400, 1800)
    grain = Image.frombytes("L", size, os.urandom(size[0] * size[1])).convert("RGB")
    grain.paste("red", (0, 0, 2400, 900))  # the upper half as it lies: the right one, upright
    grain.save(noisy, exif=of_a_camera(), quality=95)
    page = open_as("inspector")
    fail(page, visit, "ON-ENV-01")
    with page.expect_request("**/api/blobs/*") as sent:
        tablet.take_photo(page, "ON-ENV-01", noisy)
    tablet.expect_received(page, "ON-ENV-01")

    data = sent.value.post_data_buffer or b""
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.info.get("exif"), len(data) < 600_000) == ("JPEG", None, True)
    assert picture.height > picture.width
    red, green, _ = picture.convert("RGB").getpixel((picture.width - 9, 99))  # type: ignore[misc]
    assert red > 200 > 80 > green  # turned as the tablet was held
    (shot,) = photos(site, visit)
    assert shot.sha256 == hashlib.sha256(data).hexdigest()
    assert shot.taken_at.isoformat() == "2026-11-20T01:12:05+00:00"
    assert [worker.url.split("/")[-1][:13] for worker in page.workers] == ["photo-worker-"]


def test_a_browser_that_cannot_draw_in_workers_does_it_on_the_page(
    site: Site, visit: str, shots: dict[str, Path], open_as: Callable[..., Page]
) -> None:
    page = open_as("inspector")
    page.add_init_script("globalThis.Worker = globalThis.OffscreenCanvas = undefined")
    fail(page, visit, "ON-ENV-01")
    tablet.take_photo(page, "ON-ENV-01", shots["jpg"])
    expect(tablet.tiles(page, "ON-ENV-01").locator("img")).to_be_visible()
    tablet.expect_received(page, "ON-ENV-01")
    assert [picture.size for picture in pictures(site, visit)] == [(1536, 2048)]


def test_a_photo_gets_a_caption_and_can_be_taken_away_before_submission(
    site: Site, visit: str, shots: dict[str, Path], open_as: Callable[..., Page]
) -> None:
    page = open_as("inspector")
    fail(page, visit, "ON-ENV-01")
    tablet.take_photo(page, "ON-ENV-01", shots["jpg"], shots["png"])
    tiles = tablet.tiles(page, "ON-ENV-01")
    tiles.first.locator("button").click()
    page.locator("#photo [data-caption]").fill("门头左侧")
    page.locator("#photo .actions [data-close]").click()
    tiles.last.locator("button").click()
    page.locator("#photo [data-remove]").click()
    expect(page.locator("#photo [data-remove]")).to_have_text("再按一次确认")
    page.locator("#photo [data-remove]").click()
    expect(tiles).to_have_count(1)
    tablet.expect_received(page, "ON-ENV-01")

    page.reload()
    tablet.expect_armed(page)
    expect(tiles).to_have_count(1)
    tiles.locator("button").click()
    expect(page.locator("#photo [data-caption]")).to_have_value("门头左侧")
    kept = photos(site, visit)
    assert sorted((shot.caption, shot.removed_at is None) for shot in kept) == [
        ("", False),
        ("门头左侧", True),
    ]


def test_what_is_no_photo_or_too_large_is_refused_in_words_and_nothing_else_is_lost(
    site: Site, visit: str, shots: dict[str, Path], tmp_path: Path, open_as: Callable[..., Page]
) -> None:
    text, large = tmp_path / "说明.jpg", tmp_path / "全景.jpg"
    text.write_text("这不是照片")
    large.write_bytes(shots["jpg"].read_bytes().ljust(MANY_BYTES, b"\0"))
    page = open_as("inspector")
    fail(page, visit, "ON-ENV-01")
    tablet.write(page, "ON-ENV-01", "note", "门头灯箱缺字")
    tablet.take_photo(page, "ON-ENV-01", shots["png"])
    strip = tablet.strip(page, "ON-ENV-01")
    for file, sentence in {
        text: "“说明.jpg”不是照片，没有收下。请使用 JPEG、PNG、WebP 或 HEIC。",
        large: "“全景.jpg”超过 25 MB，没有收下，请换一张小一些的。",
    }.items():
        strip.locator("[data-gallery]").set_input_files(file)
        expect(strip.locator(".error")).to_have_text(sentence)
    expect(tablet.tiles(page, "ON-ENV-01")).to_have_count(1)
    note = tablet.item(page, "ON-ENV-01").locator("[data-text=note]")
    expect(note).to_have_value("门头灯箱缺字")
    tablet.expect_received(page, "ON-ENV-01")
    assert len(photos(site, visit)) == 1
    assert records.answers(site, visit) == {"ON-ENV-01": "no"}


def test_a_broken_photo_that_only_the_server_can_tell_is_marked_and_can_be_taken_away(
    visit: str, tmp_path: Path, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    forgive.append("422 (UNPROCESSABLE")
    broken = tmp_path / "IMG_0002.jpg"
    broken.write_bytes(make.picture_bytes()[:40])
    page = open_as("inspector")
    fail(page, visit, "ON-ENV-01")
    tablet.take_photo(page, "ON-ENV-01", broken)
    tile = tablet.tiles(page, "ON-ENV-01")
    expect(tile).to_contain_text("未被接受", timeout=15_000)
    tablet.answer(page, "ON-ENV-02", "yes")
    tablet.expect_received(page, "ON-ENV-02")
    tile.locator("button").click()
    for _ in range(2):
        page.locator("#photo [data-remove]").click()
    expect(tile).to_have_count(0)
    tablet.expect_received(page, "ON-ENV-01")


def test_the_same_photo_twice_is_two_photos_of_one_picture(
    site: Site, visit: str, shots: dict[str, Path], open_as: Callable[..., Page]
) -> None:
    page = open_as("inspector")
    for code in ("ON-ENV-01", "ON-ENV-02"):
        fail(page, visit, code)
        tablet.take_photo(page, code, shots["jpg"])
        tablet.expect_received(page, code)
    assert [len({shot.sha256 for shot in photos(site, visit)}), len(photos(site, visit))] == [1, 2]
    tablet.tiles(page, "ON-ENV-02").locator("button").click()
    for _ in range(2):
        page.locator("#photo [data-remove]").click()
    expect(tablet.tiles(page, "ON-ENV-02")).to_have_count(0)
    page.reload()
    tablet.expect_armed(page)
    expect(tablet.tiles(page, "ON-ENV-01").locator("img:visible")).to_have_count(1)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A photo of a white page with something in its right half that must not be seen."""
    picture = Image.new("RGB", (2000, 1000), "white")
    picture.paste("blue", (1200, 400, 1800, 600))
    picture.save(tmp_path / "IMG_0004.jpg", quality=95)
    return tmp_path / "IMG_0004.jpg"


def test_what_is_covered_is_black_everywhere_and_the_photo_before_is_nowhere(
    site: Site, visit: str, secret: Path, open_as: Callable[..., Page]
) -> None:
    page = open_as("inspector")
    fail(page, visit, "ON-ENV-01")
    tablet.take_photo(page, "ON-ENV-01", secret)
    tile = tablet.tiles(page, "ON-ENV-01")
    tile.locator("button").click()
    page.locator("#photo [data-caption]").fill("柜台")
    tablet.expect_received(page, "ON-ENV-01")
    (uncovered,) = photos(site, visit)
    page.locator("#photo [data-edit]").click()
    tablet.draw(page, (0.55, 0.35), (0.95, 0.65))
    editor = page.locator("#photo-editor")
    editor.locator("label", has_text="箭头").click()
    tablet.draw(page, (0.1, 0.9), (0.4, 0.5))
    tablet.draw(page, (0.1, 0.1), (0.3, 0.1))
    editor.locator("[data-undo]").click()
    expect(editor.locator("[data-drawn]")).to_have_text("已遮挡 1 处 · 已标注 1 处")
    look(page, "tablet-editor-820-light", 820)
    editor.locator("[data-save]").click()
    expect(editor).to_be_hidden()
    expect(tile).to_have_count(1)
    expect(tile.filter(has_text=tablet.RECEIVED)).to_have_count(1, timeout=15_000)

    shown = [shot for shot in photos(site, visit) if shot.removed_at is None]
    assert [(shot.caption, shot.taken_at) for shot in shown] == [("柜台", uncovered.taken_at)]
    assert uncovered.sha256 != shown[0].sha256
    (picture,) = pictures(site, visit)
    assert dark(picture, (0.57, 0.37, 0.93, 0.63))
    red, green, _ = picture.getpixel((int(0.25 * picture.width), int(0.7 * picture.height)))  # type: ignore[misc]
    assert red > 150 > 100 > green  # the arrow
    assert picture.getpixel((picture.width // 5, picture.height // 10)) > (250,)  # type: ignore[operator]
    assert page.request.get(f"/api/blobs/{uncovered.sha256}").status == 404
    assert tablet.kept_pictures(page) == {shown[0].sha256}


def test_drawing_can_be_given_up_and_goes_by_keys_too(
    site: Site, visit: str, secret: Path, open_as: Callable[..., Page]
) -> None:
    page = open_as("inspector", width=390, scheme="dark")
    fail(page, visit, "ON-ENV-01")
    tablet.take_photo(page, "ON-ENV-01", secret)
    tablet.tiles(page, "ON-ENV-01").locator("button").click()
    editor = page.locator("#photo-editor")
    edit = page.locator("#photo [data-edit]")
    edit.click()
    tablet.draw(page, (0.1, 0.1), (0.3, 0.3))
    page.keyboard.press("Escape")
    expect(editor.locator("[data-cancel]")).to_have_text("再按一次：放弃所做的标注")
    look(page, "tablet-editor-390-dark", 390)
    page.keyboard.press("Escape")
    if editor.is_visible():  # it forgets the first press after a while
        editor.locator("[data-cancel]").click()
    expect(editor).to_be_hidden()
    tablet.expect_received(page, "ON-ENV-01")
    assert len(photos(site, visit)) == 1

    edit.click()
    expect(editor.locator("canvas")).to_be_focused()
    for key in ("Enter", "ArrowRight", "ArrowRight", "Shift+ArrowDown", "Enter", "Backspace"):
        page.keyboard.press(key)
    for key in ("Tab", "Tab"):
        page.keyboard.press(key)
    expect(editor.locator("[data-save]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(editor).to_be_hidden()
    page.locator("#photo[open]").wait_for(state="hidden")
    tablet.expect_received(page, "ON-ENV-01")
    (picture,) = pictures(site, visit)
    assert dark(picture, (0.45, 0.41, 0.63, 0.61))


def test_nothing_is_kept_of_a_photo_until_it_is_covered_where_that_was_chosen(
    site: Site, visit: str, secret: Path, shots: dict[str, Path], open_as: Callable[..., Page]
) -> None:
    page = open_as("inspector")
    fail(page, visit, "ON-ENV-01")
    strip = tablet.strip(page, "ON-ENV-01")
    strip.locator("[data-cover-first]").check()
    page.reload()
    tablet.expect_armed(page)
    expect(strip.locator("[data-cover-first]")).to_be_checked()
    strip.locator("[data-gallery]").set_input_files([secret, shots["png"], shots["heic"]])
    editor = page.locator("#photo-editor")
    tablet.draw(page, (0.55, 0.35), (0.95, 0.65))
    assert tablet.kept_pictures(page) == set()
    editor.locator("[data-save]").click()
    expect(tablet.tiles(page, "ON-ENV-01").filter(has_text="待遮挡")).to_have_count(1)
    for _ in range(2):
        editor.locator("[data-cancel]").click()
    expect(editor).to_be_hidden()
    expect(strip.locator(".error")).to_contain_text("IMG_0001.heic")
    expect(tablet.tiles(page, "ON-ENV-01")).to_have_count(1)
    tablet.expect_received(page, "ON-ENV-01")

    (shot,) = photos(site, visit)
    assert tablet.kept_pictures(page) == {shot.sha256}
    assert dark(pictures(site, visit)[0], (0.57, 0.37, 0.93, 0.63))
    names = [entry.payload.get("sha256") for entry in records.operations(site, visit)]
    assert set(filter(None, names)) == {shot.sha256}


def test_a_fault_corrected_on_the_spot_has_a_photo_of_the_correction(
    site: Site, visit: str, shots: dict[str, Path], open_as: Callable[..., Page]
) -> None:
    page = open_as("inspector")
    fail(page, visit, "ON-ENV-04")
    after = tablet.strip(page, "ON-ENV-04", "after")
    expect(after).to_be_hidden()
    tablet.item(page, "ON-ENV-04").locator("[data-corrected]").check()
    expect(after).to_be_visible()
    expect(after.locator("h3")).to_have_text("纠正后照片（至少一张）")
    tablet.take_photo(page, "ON-ENV-04", shots["png"], stage="after")
    expect(after.locator("h3")).to_have_text("纠正后照片")
    tablet.take_photo(page, "ON-ENV-04", shots["jpg"])
    tablet.expect_received(page, "ON-ENV-04")
    assert sorted(shot.stage for shot in photos(site, visit)) == ["after", "before"]
    with records.database(site):
        assert [a.corrected for a in records.visit_of(visit).answers.values()] == [True]


def test_where_no_photo_was_possible_the_reason_stands_in_for_it(
    site: Site, visit: str, open_as: Callable[..., Page]
) -> None:
    page = open_as("inspector")
    fail(page, visit, "ON-ENV-01")
    heading = tablet.strip(page, "ON-ENV-01").locator("h3")
    expect(heading).to_have_text("照片（至少一张）")
    tablet.write(page, "ON-ENV-01", "no_photo_reason", "客户在场，不便拍照")
    tablet.expect_received(page, "ON-ENV-01")
    expect(heading).to_have_text("照片")
    with records.database(site):
        kept = records.visit_of(visit).answers.values()
        assert [answer.no_photo_reason for answer in kept] == ["客户在场，不便拍照"]


def fail(page: Page, visit: str, code: str) -> None:
    """Open the visit unless it is open, and answer that an item does not comply."""
    if not page.url.split("#")[0].endswith(visit):
        tablet.open_visit(page, visit)
    tablet.answer(page, code, "no")


def photos(site: Site, visit: str) -> list[Photo]:
    """The photos that the server knows of a visit, removed ones too."""
    with records.database(site):
        shots = list(records.visit_of(visit).photos)
        db.session.expunge_all()
        return shots


def pictures(site: Site, visit: str) -> list[Image.Image]:
    """What the server keeps of a visit's photos; every one a JPEG that tells nothing but itself."""
    kept: list[Image.Image] = []
    with records.database(site):
        for shot in records.visit_of(visit).photos:
            if shot.removed_at is not None:
                continue
            assert shot.picture is not None
            kept.append(Image.open(io.BytesIO(storage().get(shot.picture.jpeg))))
    assert {picture.format for picture in kept} == {"JPEG"}
    assert [dict(picture.getexif()) for picture in kept] == [{}] * len(kept)
    return kept


def dark(picture: Image.Image, part: tuple[float, float, float, float]) -> bool:
    """Whether every pixel of a part, given in fractions of the picture, is as good as black."""
    sides = (picture.width, picture.height) * 2
    box = tuple(round(at * side) for at, side in zip(part, sides, strict=True))
    return picture.convert("L").crop(box).getextrema()[1] <= 8  # type: ignore[arg-type, operator]

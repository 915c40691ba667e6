"""All notices of a filter at once: asked for, watched, fetched, opened; with the worker killed in
the middle."""

import io
import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader
from sqlalchemy import select

from inspector.db import db
from inspector.downloads.models import Download
from inspector.notices.models import Notice
from tests import cast as make
from tests.browser.conftest import Site
from tests.downloads.papers import hashed, issued, listed, unzipped
from tests.downloads.test_worker import paper_of
from tests.downloads.worker import Worker

COUNT = 12


@pytest.fixture(scope="module")
def hashes(site: Site) -> list[str]:
    """The SHA-256 of each of a dozen notices of Shengli Road."""
    with site.app.test_request_context():
        issued(make.Cast.now(), COUNT)
        found = list(db.session.scalars(select(Notice.pdf_sha256).order_by(Notice.doc_seq)))
        db.session.remove()
    return [str(sha256) for sha256 in found]


@pytest.fixture
def worker(site: Site, tmp_path: Path) -> Iterator[Worker]:
    """A worker that was not started yet."""
    made = Worker(site.app, tmp_path)
    yield made
    made.kill()


def test_from_the_list_to_the_files_though_the_worker_was_killed(
    site: Site, open_as: Callable[..., Page], hashes: list[str], worker: Worker
) -> None:
    page = open_as("outlet", width=390)
    page.goto("/notices")
    with site.app.app_context():
        stuck = paper_of(hashes[7])
    good = stuck.read_bytes()
    stuck.unlink()
    os.mkfifo(stuck)  # whoever reads it waits for ever
    page.get_by_role("button", name=f"打包下载{COUNT}份（ZIP）").click()
    page.wait_for_url(re.compile("/downloads"))
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("排队中")
    worker.start()
    expect(row).to_contain_text("正在生成", timeout=30_000)
    expect(row.locator("progress")).to_have_attribute("max", str(COUNT))
    worker.kill()
    stuck.unlink()
    stuck.write_bytes(good)
    forget_the_worker(site)
    expect(row).to_contain_text("已中断", timeout=10_000)
    worker.start()
    expect(row).to_contain_text("已生成", timeout=30_000)
    expect(page.locator("#downloads [role=status]")).to_have_text("全部生成完毕。")

    files = unzipped(fetched(page, row))
    assert [hashed(files[line["文件名"]]) for line in listed(files)] == hashes
    assert list(files)[1] == "〔2026〕1号 吴起支行胜利路网点.pdf"

    page.get_by_role("button", name="生成合并PDF").click()
    expect(row).to_have_count(2)
    merged = row.filter(has_text="合并PDF")
    expect(merged).to_contain_text("已生成", timeout=30_000)
    paper = PdfReader(io.BytesIO(fetched(page, merged)))
    cover = "".join("".join(page.extract_text().split()) for page in paper.pages[:2])
    assert [sha256 for sha256 in hashes if sha256 not in cover] == []
    assert len(paper.pages) == 2 + sum(n % 3 + 1 for n in range(COUNT))

    row.filter(has_text="ZIP").get_by_role("button", name="删除").click()
    page.locator("#confirm").get_by_role("button", name="确认").click()
    expect(row).to_have_count(1)


def test_without_scripts_the_page_is_looked_at_again_by_a_link(
    site: Site, open_as: Callable[..., Page], hashes: list[str], worker: Worker
) -> None:
    page = open_as("channel", script=False)
    page.goto("/notices")
    page.get_by_role("button", name=re.compile("打包下载")).click()
    row = page.locator("tbody tr")
    expect(row).to_contain_text("排队中")
    row.get_by_role("button", name="取消").click()
    expect(row).to_contain_text("已取消")
    row.get_by_role("button", name="重试").click()
    worker.start()
    for _ in range(60):
        if row.get_by_role("link", name="下载").count():
            break
        page.wait_for_timeout(500)
        page.get_by_role("link", name="查看进度").click()
    assert len(unzipped(fetched(page, row))) == len(hashes) + 1


def forget_the_worker(site: Site) -> None:
    """So much time passes that its silence is noticed."""
    with site.app.test_request_context():
        download = db.session.scalars(select(Download)).one()
        assert download.beat_at is not None
        download.beat_at -= timedelta(minutes=1)
        db.session.commit()
        db.session.remove()


def fetched(page: Page, row: Locator) -> bytes:
    """The file behind the link of a row."""
    with page.expect_download() as download:
        row.get_by_role("link", name="下载").click()
    return Path(download.value.path()).read_bytes()

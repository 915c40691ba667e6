"""Plots: what they say, that a page may show them, that paper can keep them."""

import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring
from markupsafe import Markup

from inspector import pdf, plots
from inspector.plots import Series
from tests.notices.paper import quiet_renderer, words
from tests.pdf.archive import assert_archival, assert_tagged, fonts_of

pytestmark = pytest.mark.one_engine

BRANCHES = ["宝塔支行", "延长支行", "子长支行"]
ALL: dict[str, Callable[[], Markup]] = {
    "trend": lambda: plots.trend(
        ["2026 Q1", "2026 Q2", "2026 Q3"],
        [Series("本网点", [88.5, None, 91]), Series("全行", [86, 87, 90.5], "ink-2")],
        alt="得分走势",
    ),
    "stacked": lambda: plots.stacked(
        BRANCHES,
        [Series("未到期", [12, 0, 3], strength=0.3), Series("逾期 <7 天", [31, 2, 0], "fail")],
        alt="逾期情况",
    ),
    "histogram": lambda: plots.histogram(["0–3", "4–7", "8+"], [3, 12, 1], alt="销号用时"),
    "pareto": lambda: plots.pareto(BRANCHES, [23, 17, 10], alt="问题分布", total=100),
    "heat_map": lambda: plots.heat_map(
        BRANCHES, ["公告栏", "Log book"], [[0, 12.4], [None, 60], [49.5, 7]], alt="扣分率"
    ),
}
every_plot = pytest.mark.parametrize("draw", ALL.values(), ids=ALL)


def said(plot: str) -> list[str]:
    return [element.text for element in fromstring(plot).iter() if element.text]


@every_plot
def test_a_page_may_show_it_and_it_says_what_it_is(draw: Callable[[], Markup]) -> None:
    plot = draw()
    assert not re.search(r"style|<script|url\(|http://(?!www.w3.org/2000/svg)", plot)
    root = fromstring(plot)
    assert root.get("role") == "img"
    assert root[0].tag.endswith("title")
    assert root[0].text
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    used = {e.get("href") for e in root.iter() if e.get("href")}
    assert {f"#{one}" for one in ids} == used
    assert len(plot) < 10_000


@every_plot
def test_each_colour_has_a_class_that_the_page_knows(draw: Callable[[], Markup]) -> None:
    known = Path("static/css/plot.css").read_text()
    for element in fromstring(draw()).iter():
        colours = [f"{n}-" for n in ("fill", "stroke") if element.get(n, "").startswith("#")]
        classes = element.get("class", "").split()
        assert [one.partition("-")[0] + "-" for one in classes] == colours
        assert all(f".{one} {{" in known for one in classes)


def test_its_colours_are_those_of_the_page_by_day() -> None:
    tokens = Path("static/css/tokens.css").read_text().partition("@media")[0]
    by_day = {name: value for name, value in re.findall(r"--([\w-]+): (#\w+);", tokens)}
    by_day["paper"] = "#ffffff"
    assert {name: by_day[name] for name in plots.TONES} == plots.TONES


def test_the_numbers_stand_in_the_picture() -> None:
    assert {"12", "31", "43", "2", "3", *BRANCHES, "未到期", "逾期 <7 天"} <= set(
        said(ALL["stacked"]())
    )
    assert {"91", "90.5", "2026 Q3", "本网点"} <= set(said(ALL["trend"]()))
    assert [text for text in said(ALL["histogram"]()) if text.isdigit()] == ["3", "12", "1"]
    assert {"23%", "40%", "50%"} <= set(said(ALL["pareto"]()))
    assert {"0", "12", "–", "60", "50", "7", "公", "Log book"} <= set(said(ALL["heat_map"]()))


@pytest.mark.parametrize("name", ALL)
def test_the_same_numbers_give_the_same_bytes_in_any_thread(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plots, name, getattr(plots, name).__wrapped__)  # drawn, and not kept
    with ThreadPoolExecutor(4) as threads:
        assert len({*threads.map(lambda _: ALL[name](), range(4))}) == 1


def test_the_same_numbers_are_drawn_once_and_others_anew() -> None:
    counts = [3, 1]
    first = plots.histogram(["a", "b"], counts, alt="x")
    assert plots.histogram(("a", "b"), (3, 1), alt="x") is first
    counts[0] = 4
    assert said(plots.histogram(["a", "b"], counts, alt="x"))[-2:] != said(first)[-2:]
    series = Series("x", counts)
    counts[0] = 5
    assert series.values == (4, 1)


def test_what_someone_wrote_is_text_and_nothing_else() -> None:
    plot = plots.stacked(['<b onclick="x">$a_1$</b>'], [Series("x", [1])], alt='" onload="x')
    assert '<b onclick="x">$a_1$</b>' in said(plot)
    assert fromstring(plot)[0].text == '" onload="x'
    assert fromstring(plot).get("onload") is None


@pytest.mark.parametrize("draw", [
    lambda: plots.trend([], [], alt="x"),
    lambda: plots.trend(["2026 Q1"], [Series("x", [None])], alt="x"),
    lambda: plots.trend(["2026 Q1"], [Series("x", [100])], alt="x"),
    lambda: plots.stacked([], [Series("x", [])], alt="x"),
    lambda: plots.stacked(["a"], [Series("x", [0]), Series("y", [None])], alt="x"),
    lambda: plots.histogram([], [], alt="x"),
    lambda: plots.pareto([], [], alt="x"),
    lambda: plots.heat_map([], [], [], alt="x"),
])  # fmt: skip
def test_nothing_to_show_is_a_picture_too(draw: Callable[[], Markup]) -> None:
    assert fromstring(draw()).get("viewBox")


def test_a_long_name_stands_above_its_bar_and_is_cut_where_it_would_not_fit() -> None:
    name = "大堂经理未在岗，大堂无人值守超过五分钟，且未安排其他人员补位，客户无人引导分流"
    (text,) = [text for text in said(plots.pareto([name], [3], alt="x")) if "大堂" in text]
    assert text.endswith("…")
    assert name.startswith(text[:-1])


def test_paper_sets_it_in_its_own_fonts_as_text_that_an_archive_can_keep() -> None:
    head = '<html lang="zh-CN"><title>x</title><meta name="dcterms.created" content="2026-11-02">'
    figures = "".join(f"<p>{draw()}</p>" for draw in ALL.values())
    with quiet_renderer():
        paper = pdf.render(head + figures, {}, {})
    assert_archival(paper)
    assert_tagged(paper)
    assert fonts_of(paper) <= {"Noto-Sans-SC-Cut"}
    for word in ("本网点", "延长支行", "43", "40%", "90.5"):
        assert word in words(paper)


@pytest.mark.parametrize("library", ["matplotlib", "weasyprint"])
def test_no_command_waits_for_a_library_that_it_does_not_need(library: str) -> None:
    code = f"import inspector.cli, inspector.plots, sys; sys.exit('{library}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""Plots: numbers in, SVG out, the same for the page and for paper. The only file that imports
matplotlib, and only when the first plot is drawn: it takes most of a second, which no command that
draws nothing should wait for.

Colour is never alone in telling things apart: numbers stand at the bars, lines have marks and
dashes of their own, and the template puts the table behind each plot (components/plot.html).
The same numbers give the same bytes.
"""

import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, ParamSpec
from unicodedata import east_asian_width

from markupsafe import Markup

from inspector import svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TONES: Final = {
    "ink": "#1a1f27",
    "ink-2": "#525c6b",
    "paper": "#ffffff",
    "line": "#d9dde3",
    "edge": "#848d9a",
    "accent": "#1d4f91",
    "pass": "#17744a",
    "fail": "#b42318",
    "warn": "#8a5a00",
}
"""The colours of tokens.css by day, which are those of paper."""

WIDTH: Final = 440
"""In pixels: what a phone shows without making the text too small to read."""

TEXT: Final = 12
SMALL: Final = 11
LINE: Final = 20
MEASURED_IN: Final = ("Noto Sans CJK SC", "DejaVu Sans")
SHAPES: Final = ("o", "s", "^", "D")
DASHES: Final = ("-", "--", ":", "-.")
KEPT: Final = 256
"""Drawings that a process keeps, of some 20 KB each."""
_one_at_a_time = Lock()
Given = ParamSpec("Given")


@dataclass(frozen=True)
class Series:
    """Numbers of one kind, one for each label; None where there is none. `strength` below 1 thins
    the tone out, so that steps of one thing are steps of one colour."""

    name: str
    values: Sequence[float | None]
    tone: str = "accent"
    strength: float = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(self.values))


def _drawn_once(draw: Callable[Given, Markup]) -> Callable[Given, Markup]:
    """Keeps what was drawn of the same numbers: drawing is most of the time that a page takes."""
    once: Callable[..., Markup] = lru_cache(KEPT)(draw)

    @wraps(draw)
    def drawn(*given: Given.args, **look: Given.kwargs) -> Markup:
        return once(*map(_fixed, given), **look)

    return drawn


def _fixed(given: object) -> object:
    """What can be compared, and does not change any more."""
    return tuple(map(_fixed, given)) if isinstance(given, list | tuple) else given


@_drawn_once
def trend(labels: Sequence[str], series: Sequence[Series], *, alt: str, top: float = 100) -> Markup:
    """Lines over time, from left to right, up to `top`. A missing number leaves a gap."""
    known = [value for one in series for value in one.values if value is not None]
    lowest = min(known, default=0)
    step = _step(max(top - lowest, top / 20))
    several = len(series) > 1
    above = 14 + (LINE * _legend_lines(series) if several else 0)
    with _one_at_a_time:
        sheet = _Sheet(WIDTH, 190 + above, left=36, right=46, below=26, above=above)
        sheet.axes.set_ylim(max(0, math.floor((lowest - step / 2) / step) * step), top)
        sheet.axes.set_xlim(-0.3, max(len(labels) - 0.7, 0.3))
        sheet.axes.yaxis.set_major_locator(_tools().MultipleLocator(step))
        sheet.axes.grid(axis="y", color=TONES["line"], linewidth=1)
        widest = max(map(_wide, labels), default=0) + 12
        every = max(1, math.ceil(len(labels) * widest / sheet.inner_width))
        shown = range((len(labels) - 1) % every, len(labels), every)
        sheet.axes.set_xticks(list(shown), [labels[at] for at in shown])
        for number, one in enumerate(series):
            values = [math.nan if value is None else float(value) for value in one.values]
            look = _look(number)
            sheet.axes.plot(values, color=TONES[one.tone], clip_on=False, **look)
        for x, y, moved in _ends(series, 190 - 26, sheet.axes.get_ylim()):
            sheet.write(_said(y), x, y, right=8, up=moved, ha="left")
        if several:
            sheet.legend(series, lines=True)
        return sheet.drawn(alt)


@_drawn_once
def stacked(labels: Sequence[str], series: Sequence[Series], *, alt: str) -> Markup:
    """A lying bar for each label with a part for each series, its number in it, the sum behind it.
    With one series these are plain bars."""
    several = len(series) > 1
    totals = [sum(one.values[at] or 0 for one in series) for at in range(len(labels))]
    longest = max(totals, default=0) or 1
    with _one_at_a_time:
        above = 8 + LINE * _legend_lines(series) if several else 4
        sheet = _lying(labels, right=44, above=above)
        sheet.axes.set_xlim(0, longest)
        start = [0.0] * len(labels)
        for one in series:
            for at, value in enumerate(one.values):
                size = float(value or 0)
                if size:
                    sheet.bar(at, size, start[at], one)
                if several and size / longest * sheet.inner_width >= _wide(_said(size)) + 2:
                    tone = "paper" if one.strength == 1 else "ink"
                    sheet.write(_said(size), start[at] + size / 2, at, ha="center", tone=tone)
                start[at] += size
        for at, total in enumerate(totals):
            sheet.write(_said(total), total, at, right=6, ha="left")
        if several:
            sheet.legend(series)
        return sheet.drawn(alt)


@_drawn_once
def histogram(labels: Sequence[str], counts: Sequence[int], *, alt: str) -> Markup:
    """How many fall between which bounds: standing bars, side by side, the number above each."""
    with _one_at_a_time:
        sheet = _Sheet(WIDTH, 210, left=6, right=6, below=26, above=20)
        sheet.axes.set_ylim(0, max(counts, default=0) or 1)
        sheet.axes.set_xlim(-0.5, max(len(counts), 1) - 0.5)
        sheet.axes.bar(range(len(counts)), counts, width=0.9, color=TONES["accent"])
        for at, count in enumerate(counts):
            sheet.write(_said(count), at, count, up=9, ha="center")
        sheet.axes.set_xticks(range(len(labels)), list(labels))
        sheet.axes.axhline(0, color=TONES["edge"], linewidth=2)
        return sheet.drawn(alt)


@_drawn_once
def pareto(labels: Sequence[str], counts: Sequence[int], *, alt: str, total: int = 0) -> Markup:
    """Causes from the most frequent down: how often each, and as a line the share of all so far.
    `total` counts also those that are not shown."""
    highest = max(counts, default=0) or 1
    total = max(total, sum(counts), 1)
    shares = [sum(counts[: at + 1]) / total for at in range(len(counts))]
    with _one_at_a_time:
        sheet = _lying(labels, right=66, above=4)
        sheet.axes.set_xlim(0, highest)
        across = [share * highest for share in shares]
        thin: dict[str, Any] = {"color": TONES["edge"], "linewidth": 1, "zorder": 0.5}
        sheet.axes.plot(across, range(len(counts)), clip_on=False, **thin)
        for at, count in enumerate(counts):
            sheet.bar(at, count, 0, Series("", (), strength=0.3))
            sheet.write(_said(count), count, at, right=6, ha="left")
            sheet.axes.plot(across[at], at, color=TONES["accent"], clip_on=False, **_look(0))
            sheet.write(f"{shares[at]:.0%}", highest, at, right=62, ha="right", tone="ink-2")
        return sheet.drawn(alt)


@_drawn_once
def heat_map(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[float | None]],
    *,
    alt: str,
    worst: float = 50,
) -> Markup:
    """A number for each row and column, the darker the higher; `worst` and above are darkest. The
    numbers stand in the cells; a missing one is a dash."""
    left = 12 + min(max(map(_wide, rows), default=0), 150)
    heads = [_upright(column) for column in columns]
    above = 10 + max(map(_tall, heads), default=0)
    numbers = {(x, y): value for y, line in enumerate(cells) for x, value in enumerate(line)}
    small: dict[str, Any] = {"ha": "center", "size": SMALL}
    width, height = left + 32 * len(columns), above + 22 * len(rows)
    with _one_at_a_time:
        sheet = _Sheet(width + 2, height + 2, left=left, right=2, below=2, above=above)
        sheet.axes.set_xlim(0, max(len(columns), 1))
        sheet.axes.set_ylim(max(len(rows), 1), 0)
        for strength, places in _by_strength(numbers, worst):
            tint = {"color": TONES["fail"], "alpha": strength, "linewidth": 0}
            for x, y in places:
                rectangle = _tools().Rectangle((x, y), 1, 1, **tint)
                sheet.axes.add_artist(rectangle)
        for (x, y), value in numbers.items():
            sheet.write("–" if value is None else _said(round(value)), x + 0.5, y + 0.5, **small)
        for y in range(len(rows) + 1):
            sheet.axes.axhline(y, color=TONES["line"], linewidth=1, clip_on=False)
        for y, name in enumerate(rows):
            sheet.write(_cut(name, left - 12), 0, y + 0.5, right=-8, ha="right")
        for x, head in enumerate(heads):
            turn = 90 if _tall(head) > LINE and "\n" not in head else 0
            lying: dict[str, Any] = {"rotation": turn, "linespacing": 1, "va": "bottom"}
            sheet.write(head, x + 0.5, 0, up=6, **small, **lying)
        return sheet.drawn(alt)


class _Sheet:
    """A figure whose units are pixels, with one pair of axes, no frame and no marks."""

    def __init__(
        self, width: float, height: float, *, left: float, right: float, below: float, above: float
    ) -> None:
        self.width, self.height, self.left = width, height, left
        self.inner_width, inner_height = width - left - right, height - below - above
        self.bar_height = 0.7
        self.figure: Figure = _tools().Figure(figsize=(width / 72, height / 72), dpi=72)
        _tools().Canvas(self.figure)
        place = (left / width, below / height, self.inner_width / width, inner_height / height)
        self.axes: Axes = self.figure.add_axes(place)
        self.axes.set_frame_on(False)
        self.axes.set_axisbelow(True)
        self.axes.set_xticks([])
        self.axes.set_yticks([])
        self.axes.tick_params(length=0, pad=6, labelsize=SMALL, labelcolor=TONES["ink-2"])

    def write(
        self,
        text: str,
        x: float,
        y: float,
        *,
        right: float = 0,
        up: float = 0,
        tone: str = "ink",
        va: str = "center_baseline",
        **look: Any,
    ) -> None:
        """A text at a place of the axes, so many pixels to the right and up."""
        self.axes.annotate(
            text,
            (x, y),
            xytext=(right, up),
            textcoords="offset pixels",
            color=TONES[tone],
            va=va,
            annotation_clip=False,
            **look,
        )

    def bar(self, at: float, size: float, start: float, one: Series) -> None:
        """A lying bar, with an edge in the colour of the paper towards its neighbour."""
        look = _fill(one)
        gap = self.axes.get_xlim()[1] / self.inner_width if start else 0
        self.axes.barh(at, size - gap, left=start + gap, height=self.bar_height, **look)

    def legend(self, series: Sequence[Series], *, lines: bool = False) -> None:
        """What is what, above, in the order of the parts."""
        for number, (one, (x, line)) in enumerate(zip(series, _places(series), strict=True)):
            y = self.height - 12 - line * LINE
            if lines:
                look = {"color": TONES[one.tone], **_look(number)}
                mark = _tools().Line2D([x, x + 12, x + 24], [y] * 3, markevery=[1], **look)
            else:
                mark = _tools().Rectangle((x + 8, y - 6), 14, 12, **_fill(one))
            self.figure.add_artist(mark)
            mark.set_transform(_tools().Identity())
            self.axes.annotate(
                one.name,
                (x + 30, y),
                xycoords="figure pixels",
                va="center_baseline",
                size=SMALL,
                color=TONES["ink"],
                annotation_clip=False,
            )

    def drawn(self, alt: str) -> Markup:
        """The whole as SVG."""
        file = io.StringIO()
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        self.figure.savefig(file, format="svg", metadata=nothing, transparent=True)
        tones = {colour: name for name, colour in TONES.items()}
        return Markup(svg.fit(file.getvalue(), alt=alt, tones=tones))


@dataclass(frozen=True)
class _Tools:
    """What is used of matplotlib."""

    Figure: Any
    Canvas: Any
    Identity: Any
    Line2D: Any
    MultipleLocator: Any
    Rectangle: Any


@cache
def _tools() -> _Tools:
    import matplotlib
    from matplotlib import font_manager
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle
    from matplotlib.ticker import MultipleLocator
    from matplotlib.transforms import IdentityTransform

    installed = font_manager.get_font_names()
    matplotlib.rcParams.update(
        {
            "font.family": [name for name in MEASURED_IN if name in installed],
            "font.size": TEXT,
            "svg.fonttype": "none",  # text stays text: read aloud, found, in the page's own font
            "svg.hashsalt": "inspector",
            "text.parse_math": False,  # a dollar in a name is a dollar
        }
    )
    tools = Figure, FigureCanvasSVG, IdentityTransform, Line2D, MultipleLocator, Rectangle
    return _Tools(*tools)


def _lying(labels: Sequence[str], *, right: float, above: float) -> _Sheet:
    """A sheet for lying bars: their names beside them, or above where these are long."""
    widest = max(map(_wide, labels), default=0)
    beside = widest <= WIDTH * 0.36
    row, left = (26, widest + 12) if beside else (44, 4)
    height = above + row * max(len(labels), 1) + 4
    sheet = _Sheet(WIDTH, height, left=left, right=right, below=4, above=above)
    sheet.bar_height = 18 / row
    sheet.axes.set_ylim(max(len(labels), 1) - 0.5, -0.5)
    for at, label in enumerate(labels):
        if beside:
            sheet.write(label, 0, at, right=-8, ha="right")
        else:  # the bar is low in its row, the name above it
            sheet.write(_cut(label, WIDTH - 8), 0, at, up=20, ha="left")
    return sheet


def _by_strength(
    numbers: Mapping[tuple[int, int], float | None], worst: float
) -> list[tuple[float, list[tuple[int, int]]]]:
    """Which cells to tint how strongly, in ten steps, so that a
    hundred cells of one step are one path."""
    steps: dict[int, list[tuple[int, int]]] = {}
    for place, value in numbers.items():
        step = 0 if value is None else math.ceil(min(max(value / worst, 0), 1) * 10)
        steps.setdefault(step, []).append(place)
    return [(step * 0.06, steps[step]) for step in sorted(steps) if step]


def _look(number: int) -> dict[str, Any]:
    """Marks and dashes of the n-th line."""
    dashes, shape = DASHES[number % len(DASHES)], SHAPES[number % len(SHAPES)]
    return {"linestyle": dashes, "linewidth": 2, "marker": shape, "markersize": 6}


def _fill(one: Series) -> dict[str, Any]:
    return {"color": TONES[one.tone], "alpha": one.strength, "linewidth": 0}


def _ends(
    series: Sequence[Series], height: float, bounds: tuple[float, float]
) -> list[tuple[int, float, float]]:
    """The last known number of each line, from the lowest up: where it is, and by how many pixels
    what is written beside it has to move so that two do not lie on each other."""
    last = [
        max((at, float(value)) for at, value in enumerate(one.values) if value is not None)
        for one in series
        if any(value is not None for value in one.values)
    ]
    scale = height / (bounds[1] - bounds[0])
    ends, free = [], -math.inf
    for at, value in sorted(last, key=lambda end: end[1]):
        place = max(value * scale, free)
        ends.append((at, value, place - value * scale))
        free = place + SMALL + 2
    return ends


def _places(series: Sequence[Series]) -> list[tuple[float, int]]:
    """Where each entry of the legend stands: from the left, and on which line."""
    places, x, line = [], 0.0, 0
    for one in series:
        width = 46 + _wide(one.name)
        if x and x + width > WIDTH:
            x, line = 0, line + 1
        places.append((x, line))
        x += width
    return places


def _legend_lines(series: Sequence[Series]) -> int:
    return 1 + max((line for _, line in _places(series)), default=0)


def _step(span: float) -> float:
    """A round distance between three to six lines over a span."""
    power = 10 ** math.floor(math.log10(span / 3))
    return float(max(power * factor for factor in (1, 2, 5) if power * factor <= span / 3))


def _said(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _wide(text: str) -> float:
    """About how many pixels a text takes: a hanzi is square, a letter a little over half of it."""
    return sum(TEXT if east_asian_width(sign) in "WF" else TEXT * 0.58 for sign in text)


def _cut(text: str, width: float) -> str:
    if _wide(text) <= width:
        return text
    while text and _wide(text) > width - TEXT:
        text = text[:-1]
    return f"{text}…"


def _upright(text: str) -> str:
    """A head over a narrow column: Chinese from top to bottom; other writing will be turned."""
    text = _cut(text, 9 * TEXT)
    return "\n".join(text) if all(east_asian_width(sign) in "WF" for sign in text) else text


def _tall(head: str) -> float:
    lines = head.count("\n") + 1
    return lines * SMALL * 1.25 if lines > 1 else max(_wide(head), LINE)

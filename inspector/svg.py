"""What a drawing library writes as SVG, made fit for a page under our policy and for paper.

The policy forbids style attributes and style elements, so each property becomes an attribute, and
each colour a class besides: the page's own style sheet says what it is by night (plot.css). Paper
knows no classes and keeps the colour of the attribute.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from itertools import groupby
from xml.etree.ElementTree import Element, tostring

from defusedxml.ElementTree import fromstring

KEPT = (
    "fill",
    "fill-opacity",
    "font-size",
    "font-weight",
    "opacity",
    "stroke",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-opacity",
    "stroke-width",
    "text-anchor",
)
OWN = ("d", "x", "y", "transform")
"""What two elements that look the same need not share."""

FONTS = "'Noto Sans SC Cut', 'Noto Sans CJK SC', sans-serif"
"""On paper; a page sets its own."""


def fit(svg: str, *, alt: str, tones: Mapping[str, str]) -> str:
    """The same drawing without styles, ids of no use and numbers finer than a pixel's tenth.
    `alt` is what it says to those who cannot see it; `tones` the names of colours, by #rrggbb."""
    root = fromstring(svg)
    _strip(root)
    prefix = f"plot-{sha256((svg + alt).encode()).hexdigest()[:8]}"
    used = {element.get("href", "").removeprefix("#") for element in root.iter("use")}
    for element in root.iter():
        _tidy(element, tones, prefix, used)
    _unwrap(root)
    _gather(root)
    _, _, width, height = root.get("viewBox", "").split()
    root.attrib = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {width} {height}",
        "width": width,
        "height": height,
        "role": "img",
        "font-family": FONTS,
    }
    title = Element("title")
    title.text = alt
    root.insert(0, title)
    return tostring(root, encoding="unicode")


def _strip(element: Element) -> None:
    """Without namespaces, metadata, style sheets and clipping, which nothing drawn here needs."""
    element.tag = _plain(element.tag)
    element.attrib = {_plain(name): value for name, value in element.attrib.items()}
    element.tail = None
    if element.tag != "text":
        element.text = None
    for child in list(element):
        if _plain(child.tag) in {"metadata", "style", "clipPath"}:
            element.remove(child)
        else:
            _strip(child)


def _plain(name: str) -> str:
    return name.rpartition("}")[2]


def _tidy(element: Element, tones: Mapping[str, str], prefix: str, used: set[str]) -> None:
    attributes = dict(element.attrib)
    style = attributes.pop("style", "")
    attributes.pop("clip-path", None)
    properties = dict(part.strip().split(": ", 1) for part in style.split(";") if part.strip())
    attributes |= {name: properties[name] for name in KEPT if name in properties}
    named = [
        f"{name}-{tones[attributes[name]]}"
        for name in ("fill", "stroke")
        if attributes.get(name) in tones
    ]
    if named:
        attributes["class"] = " ".join(named)
    if attributes.get("id") in used:
        attributes["id"] = f"{prefix}-{attributes['id']}"
    else:
        attributes.pop("id", None)
    if "href" in attributes:
        attributes["href"] = f"#{prefix}-{attributes['href'].removeprefix('#')}"
    if attributes.get("transform", "").startswith("rotate(-0 "):
        del attributes["transform"]
    for name in ("d", "x", "y", "width", "height", "transform"):
        if name in attributes:
            short = re.sub(r"-?\d+\.\d+", _shorter, " ".join(attributes[name].split()))
            attributes[name] = re.sub(r" ?([A-Za-z]) ?", r"\1", short) if name == "d" else short
    element.attrib = attributes


def _shorter(number: re.Match[str]) -> str:
    return f"{round(float(number[0]), 1) + 0:g}"


def _unwrap(element: Element) -> None:
    """Takes away groups that say nothing, and what is left empty."""
    kept: list[Element] = []
    for child in element:
        _unwrap(child)
        if child.tag in {"g", "defs"} and not child.attrib and (child.tag == "g" or not len(child)):
            kept.extend(child)
        else:
            kept.append(child)
    element[:] = kept


def _gather(root: Element) -> None:
    """Makes neighbours that look the same into one path, or into one group of texts."""
    gathered: list[Element] = []
    for look, alike in groupby(root, key=_look):
        elements = list(alike)
        if elements[0].tag == "path":
            elements[0].set("d", " ".join(element.get("d", "") for element in elements))
            gathered.append(elements[0])
        elif elements[0].tag == "text" and len(elements) > 1:
            group = Element("g", dict(look[1]))
            for element in elements:
                element.attrib = {
                    name: element.attrib[name] for name in OWN if name in element.attrib
                }
            group.extend(elements)
            gathered.append(group)
        else:
            gathered.extend(elements)
    root[:] = gathered


def _look(element: Element) -> tuple[str, tuple[tuple[str, str], ...]]:
    return element.tag, tuple(pair for pair in element.items() if pair[0] not in OWN)

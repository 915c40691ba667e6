"""How fast paper is drawn, as lines of `name value unit`. See bin/bench pdf.

Seconds of one paper are seconds of a core, and so is what a core does in bulk: other work on the
machine lengthens them less than the clock's, which the rate of bulk on all cores goes by.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

from inspector.notices.papers.drawing import FOLDER, document_html, draw
from tests.notices.paper import a_notice, some_photos
from tests.pdf.specimens import a_ledger

ROWS = 1000
BULK = 500
PHOTOS, IMAGES = some_photos(2)
NOTICE = a_notice(photos=PHOTOS)


def main() -> None:
    """Measure, and say it."""
    say("notice_first", seconds(lambda: draw(NOTICE, IMAGES), times=1), "s")
    say("notice_warm", seconds(lambda: draw(NOTICE, IMAGES)), "s")
    say("notice_plain_renderer", seconds(plainly), "s")
    say("notice_size", len(draw(NOTICE, IMAGES)) / 1000, "KB")
    say("notice_size_plain_renderer", len(plainly()) / 1000, "KB")
    say("notice_peak_memory", in_a_new_process(peak_memory), "MB")
    bulk()
    ledger, _ = a_ledger()
    rows = replace(ledger, lines=(ledger.lines * ROWS)[:ROWS])
    say(f"ledger_{ROWS}_rows", seconds(lambda: draw(rows), times=1), "s")
    say("load_of_the_machine", os.getloadavg()[0], "processes")


def bulk() -> None:
    """Many notices at once, each with a number of its own."""
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, get_context("spawn")) as pool:
        list(pool.map(one_of_many, range(cores * 2)))  # warm
        start = time.perf_counter()
        took = list(pool.map(one_of_many, range(BULK), chunksize=5))
        say("bulk_notices", BULK / (time.perf_counter() - start), "per_s")
    say("bulk_notices_per_core", BULK / sum(took), "per_s")


def one_of_many(number: int) -> float:
    return seconds(lambda: draw(replace(NOTICE, doc_seq=number), IMAGES), times=1)


def peak_memory() -> float:
    for number in range(20):
        one_of_many(number)
    status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1000


def plainly() -> bytes:
    """The same notice by the renderer alone: whole fonts, photos as they are stored, no archive."""

    class Assets(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            kind, name = url.split(":")
            if kind == "photo":
                return URLFetcherResponse(url, IMAGES[name], {"Content-Type": "image/jpeg"})
            css = (FOLDER / name).read_text().replace(" SC Cut", " CJK SC")
            return URLFetcherResponse(url, css.encode(), {"Content-Type": "text/css"})

    paper: bytes = HTML(string=document_html(NOTICE), url_fetcher=Assets()).write_pdf()
    return paper


def seconds(work: Callable[[], Any], times: int = 9) -> float:
    """The median of so many runs, in seconds of the processor."""
    took = []
    for _ in range(times):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return statistics.median(took)


def in_a_new_process(work: Callable[[], float]) -> float:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work).result()


def say(name: str, value: float, unit: str) -> None:
    print(name, f"{value:.3g}", unit)
    sys.stdout.flush()


if __name__ == "__main__":
    main()

"""The card of a link: what drawing it takes, and what of that is the SVG and its pixels."""

from __future__ import annotations

from importlib.util import find_spec

from bench.figure import Figure, at_most
from bench.timing import interleaved
from sentiment.charts import svg
from sentiment.models import Selection
from sentiment.web import pictures
from sentiment.web.pictures import png

PART = "pictures"
BASE = "http://localhost:8501/"


def measure(*, quick: bool = False) -> list[Figure]:
    def draw(form):
        return pictures.draw("card", form, Selection(), BASE)

    drawn, blank = draw("svg").decode(), svg.document((1200, 628), [], title="", alt="", metadata="")
    cases = {
        "svg": lambda: draw("svg"),
        "png": lambda: draw("png"),
        "blank": lambda: png.pixels(blank, None, 1),
        "pixels": lambda: png.pixels(drawn, None, 1),
        "by png": lambda: png.by_png(drawn, 1),
    }
    extra = find_spec("svg2png_py") is not None  # not every system has a wheel of it
    if extra:
        cases["direct"] = lambda: png.direct(drawn, 1)
        if png.direct(drawn, 1).tobytes() != png.by_png(drawn, 1).tobytes():
            raise SystemExit("the two ways to draw a card do not agree")
    times = {name: one.least * 1e3 for name, one in interleaved(cases, 1 if quick else 15).items()}
    ways = times["direct"] / times["by png"] if extra else float("nan")
    return [
        at_most(PART, "a card drawn anew, its screen at hand", times["png"], "ms", 50),
        Figure(PART, "its SVG alone", times["svg"], "ms"),
        Figure(PART, "an empty picture of its size as PNG", times["blank"], "ms"),
        at_most(PART, "its drawing with the extra pictures / without", ways, "", 0.5),
        at_most(PART, "its pixels / those of an empty picture", times["pixels"] / times["blank"], "", 6),
        at_most(PART, "bytes of a card", len(draw("png")) / 1e3, "kB", 60),
    ]

"""Pictures drawn by us: texts, lines and scales on data small enough to work out by hand."""

from __future__ import annotations

import io
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
import resvg_py
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sentiment.charts import svg, svg_axes, svg_marks, svg_panels
from sentiment.charts.colours import COMPLACENT, FEAR, NEUTRAL
from sentiment.charts.dumbbell import Reading
from sentiment.models import Regime

BOX = svg.Box(0, 0, 100, 50)
SPACE = "{http://www.w3.org/2000/svg}"
FEARFUL, COMPLACENCY = Regime.FEAR_OUTWEIGHS.value, Regime.COMPLACENT.value


def drawn(parts, size=(200, 100)):
    return svg.document(size, parts, title="title", alt="alt", metadata="cited")


def elements(parts):
    return list(ET.fromstring(drawn(parts)))[4:]  # noqa: S314 - our own; after title, desc, metadata and ground


def darkest(picture, fonts):
    """Return the darkest pixel of a picture, from 0 to 255."""
    png = resvg_py.svg_to_bytes(
        svg_string=picture, skip_system_fonts=True, font_files=list(fonts), font_family=svg.FAMILY
    )
    return Image.open(io.BytesIO(bytes(png))).convert("L").getextrema()[0]


def axes_of(close, fear, justified, regime, first="2025-12-01"):
    index = pd.date_range(first, periods=len(close), freq="D", tz="UTC", name="date")
    frame = pd.DataFrame({"close": close, "fear": fear, "justified": justified}, index, dtype=float)
    return frame.assign(regime=pd.Series(regime, index, dtype=object), gap=frame["fear"] - frame["justified"])


def test_a_document_names_itself_and_says_how_it_is_cited():
    root = ET.fromstring(drawn([svg.rectangle(BOX, "#123456")]))  # noqa: S314 - our own
    assert [(one.tag.removeprefix(SPACE), one.text) for one in root][:3] == [
        ("title", "title"),
        ("desc", "alt"),
        ("metadata", "cited"),
    ]
    assert [root.get(name) for name in ("width", "height", "viewBox", "role")] == ["200", "100", "0 0 200 100", "img"]
    assert [root[4].get(name) for name in ("x", "y", "width", "height", "fill")] == [
        *("0.0", "0.0", "100.0", "50.0"),
        "#123456",
    ]


def test_a_line_is_broken_where_a_value_is_missing():
    (line,) = elements([svg.line([0, 1, 2, 3, 4], [5, 6, np.nan, 7, 8], FEAR)])
    assert line.get("d") == "M0.0 5.0L1.0 6.0M3.0 7.0L4.0 8.0"
    (alone,) = elements([svg.line([0, 1, 2], [np.nan, 3, np.nan], FEAR)])
    assert alone.get("d") == "M1.0 3.0L1.0 3.0"


@given(st.text(max_size=30))
def test_no_text_breaks_out_of_a_picture(content):
    (text,) = elements([svg.text(1, 2, content, 10)])
    assert text.tag == f"{SPACE}text"
    assert len(text) == 0


def test_a_text_says_its_length_and_shows_what_it_cannot_write():
    plain, tags, foreign = elements([svg.text(1, 2, words, 10) for words in ("ab", "<b>&\u202e", "中€")])
    assert float(plain.get("textLength")) == pytest.approx(svg.width_of("ab", 10), abs=0.06)
    assert tags.text == "<b>&[U+202E]"
    assert foreign.text == "[U+4E2D]€"
    assert svg.can_write("Ångström €, Ελλάδα, Рубль")
    assert not svg.can_write("中")


def test_texts_fit_their_room():
    lines = svg.wrapped("one two three four five six seven", 20, 90, most=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(svg.width_of(line, 20) <= 90 for line in lines)
    assert svg.wrapped("one two", 20, 900) == ["one two"]
    assert svg.wrapped("", 20, 900) == []


def test_words_are_drawn_with_our_font_alone():
    words = drawn([svg.text(10, 60, "Fear 76", 40)])
    assert darkest(words, svg.FONT_FILES) < 60
    assert darkest(words, ()) == 255, "a font of this machine was used"


def test_round_values_and_days_are_marked():
    assert svg_axes.value_ticks(0.3, 9.7) == [2, 4, 6, 8]
    assert svg_axes.value_ticks(-37, 52, most=5) == [-20, 0, 20, 40]
    assert svg_axes.value_ticks(40, 120_000, log=True) == [100, 1_000, 10_000, 100_000]
    assert svg_axes.value_ticks(50, 60, log=True) == [50, 52, 54, 56, 58, 60]
    first = pd.Timestamp("2025-11-28")
    assert [words for _, words in svg_axes.day_ticks(first, first + pd.Timedelta(3, "D"), 8)] == [
        *("28 Nov", "29 Nov", "30 Nov", "1 Dec"),
    ]
    months = svg_axes.day_ticks(pd.Timestamp("2024-12-03"), pd.Timestamp("2025-12-02"), 4)
    assert [words for _, words in months] == ["Jan 2025", "Apr 2025", "Jul 2025", "Oct 2025"]
    years = svg_axes.day_ticks(pd.Timestamp("2015-01-01"), pd.Timestamp("2026-10-03"), 4)
    assert [words for _, words in years] == ["2016", "2019", "2022", "2025"]


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9), st.integers(2, 10))
def test_marks_lie_inside_and_are_few(low, span, most):
    high = low + span
    ticks = svg_axes.value_ticks(low, high, most=most)
    assert len(ticks) <= most
    assert all(low - 1e-6 * span <= tick <= high + 1e-6 * span for tick in ticks)


def test_a_panel_takes_a_single_day_and_days_without_a_reading():
    for axes in (
        axes_of([5], [50], [np.nan], [np.nan]),
        axes_of([5, 5], [np.nan, np.nan], [np.nan, np.nan], [np.nan, np.nan]),
    ):
        parts = [*svg_panels.price_panel(axes, BOX, log=True), *svg_panels.gap_panel(axes, BOX)]
        assert "nan" not in "".join(parts)


def test_the_area_of_the_gap_has_the_colour_of_the_regime():
    axes = axes_of([1, 2, 3, 4], [60, 80, 50, 20], [50, 40, 50, 60], [np.nan, FEARFUL, np.nan, COMPLACENCY])
    areas = [one for one in elements(svg_panels.gap_panel(axes, BOX)) if one.get("fill-opacity") == "0.32"]
    assert [one.get("fill") for one in areas] == [NEUTRAL, FEAR, NEUTRAL, COMPLACENT]


def test_the_dumbbell_has_its_dots_at_their_values():
    parts = elements(svg_marks.dumbbell(Reading("", 76, 24), svg.Box(0, 0, 100, 60), 10))
    dots = [(float(one.get("cx")), one.get("fill")) for one in parts if one.tag == f"{SPACE}circle"]
    assert dots == [(24, svg.PAPER), (76, FEAR)]
    assert {one.text for one in parts if one.text} == {
        "0 calm",
        "50",
        "100 extreme fear",
        "justified 24",
        "fear 76",
        "+52",
    }
    alone = elements(svg_marks.dumbbell(Reading("", 76, np.nan), svg.Box(0, 0, 100, 60), 10))
    assert {one.text for one in alone if one.text} == {"0 calm", "50", "100 extreme fear", "fear 76"}


def test_the_watchlist_has_a_row_for_each_reading():
    rows = [(Reading("Bitcoin", 76, 24), "+52"), (Reading("Euro", 40, np.nan), "—")]
    parts = elements(svg_marks.dumbbells(rows, svg.Box(0, 0, 790, svg_marks.dumbbells_height(rows))))
    dots = [(float(one.get("cx")), one.get("fill")) for one in parts if one.tag == f"{SPACE}circle"]
    assert dots == [(300 + 4 * 24, svg.PAPER), (300 + 4 * 76, FEAR), (300 + 4 * 40, FEAR)]
    assert [one.text for one in parts if one.text] == [
        *("0 calm", "50", "100 extreme fear", "gap"),
        *("Bitcoin", "+52", "Euro", "—"),
    ]
    assert svg_marks.dumbbells([], BOX) == []


def test_an_address_is_broken_and_not_cut():
    address = "http://localhost:8501/?weights=" + "drawdown:20,policy:0," * 20
    lines = svg.broken(address, 16, 300)
    assert "".join(lines) == address
    assert len(lines) > 3
    assert all(svg.width_of(line, 16) <= 300 for line in lines)

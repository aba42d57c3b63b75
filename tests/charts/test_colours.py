"""Every colour can be told from its ground in both themes, and from its neighbours by the colour-blind."""

from __future__ import annotations

import re
import tomllib
from itertools import combinations

import numpy as np
import pytest

from sentiment import files
from sentiment.charts import colours
from sentiment.charts.figures import STATUS_MARK, outcome_mark
from sentiment.models import Selection
from sentiment.web.api.badge import text_colour

TEXT, MARK = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
CAPTION = 0.6  # Streamlit sets captions in the text's colour at this opacity
APART = 20.0  # CIE76; 2.3 is just noticeable, and lines of two pixels need more than areas
GREY = 24  # between the channels of a colour that has none: the theme's greys are a little blue
GROUNDS = ("backgroundColor", "secondaryBackgroundColor")
THEME = tomllib.loads((files.ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
THEMES = [(name, ground) for name in ("light", "dark") for ground in GROUNDS]
MEANING = {
    "fear": colours.FEAR,
    "fundamentals": colours.FUNDAMENTALS,
    "neutral": colours.NEUTRAL,
    "complacent": colours.COMPLACENT,
}
# Drawn on one chart with the same shape, so that colour alone tells them apart: fear and fundamentals are two lines, the
# regimes two shades beside the price, and the band of redrawn weights lies between the borders of the regimes.
TOGETHER = [*combinations(("fear", "fundamentals", "neutral"), 2), ("fear", "complacent"), ("neutral", "complacent")]
# Machado, Oliveira and Fernandes (2009), A Physiologically-based Model for Simulation of Color Vision Deficiency, IEEE TVCG
# 15(6), table of severity 1.0; on linear RGB.
SIGHT = {
    "full": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour):
    channels = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    low, high = sorted(float(linear(colour) @ (0.2126, 0.7152, 0.0722)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def over(colour, ground, share):
    """A colour at an opacity over a ground, as a screen mixes it."""
    parts = [(int(colour[place : place + 2], 16), int(ground[place : place + 2], 16)) for place in (1, 3, 5)]
    return "#" + "".join(f"{round(share * top + (1 - share) * below):02X}" for top, below in parts)


def lab(colour, sight):
    """CIE L*a*b* under D65 of a colour as such eyes see it."""
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    seen = np.clip(np.array(SIGHT[sight]) @ linear(colour), 0, 1)
    x, y, z = np.cbrt(np.array(to_xyz) @ seen / (0.95047, 1.0, 1.08883))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(one, other, sight):
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))


def test_the_contrast_is_the_standards_own():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize(("theme", "ground"), THEMES)
def test_text_stands_out_from_its_ground(theme, ground):
    chosen = THEME[theme]
    page = chosen[ground]
    for name in ("textColor", "primaryColor", "linkColor"):
        assert contrast(chosen[name], page) >= TEXT, name
    assert contrast(over(chosen["textColor"], page, CAPTION), page) >= TEXT


@pytest.mark.parametrize(("theme", "ground"), THEMES)
@pytest.mark.parametrize(("name", "colour"), sorted(MEANING.items()))
def test_marks_stand_out_from_their_ground(theme, ground, name, colour):
    assert contrast(colour, THEME[theme][ground]) >= MARK, name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_marks_of_a_reading_stand_out_and_its_words_on_them(theme):
    style = files.NOTE_STYLE.read_text("utf-8").lower()
    lines = re.findall(r"border-bottom[^;]*(#[0-9a-f]{6})", style)
    shades = re.findall(r"rgba\((\d+), (\d+), (\d+), ([\d.]+)\)", style)
    page, text = THEME[theme]["backgroundColor"], THEME[theme]["textColor"]
    assert len(lines) == 7
    assert len(shades) == 2
    for line in lines:
        assert contrast(line, page) >= MARK
    for *channels, share in shades:
        shaded = over("#" + "".join(f"{int(channel):02X}" for channel in channels), page, float(share))
        assert contrast(text, shaded) >= TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_palette_begins_with_the_colours_of_a_meaning(theme):
    palette = THEME[theme]["chartCategoricalColors"]
    assert palette[:4] == list(MEANING.values())
    assert set(palette[4:]) == {colours.NEUTRAL}  # what is given no colour has none
    assert len(palette) >= 10  # with fewer, Streamlit leaves plotly to its own palette
    for colour in palette:
        for ground in GROUNDS:
            assert contrast(colour, THEME[theme][ground]) >= MARK, colour


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(("one", "other"), TOGETHER)
def test_what_stands_together_is_told_apart_by_colour(sight, one, other):
    assert distance(MEANING[one], MEANING[other], sight) >= APART


def test_outcomes_differ_in_shape_alone_and_are_filled_where_something_counts():
    shapes = {status: shape.removesuffix("-open") for status, shape in STATUS_MARK.items()}
    assert len(set(shapes.values())) == len(STATUS_MARK)
    hollow = {status for status, shape in STATUS_MARK.items() if shape.endswith("-open")}
    assert hollow == {"pending", "ungradable", "hindsight", "no call"}
    assert {outcome_mark(status, 13)["color"] for status in STATUS_MARK} == {colours.NEUTRAL}


HUES = re.compile(r"#(?:[0-9a-fA-F]{6})\b|rgba?\((\d+), ?(\d+), ?(\d+)")
SAID = {*MEANING.values(), *colours.ASSETS}
LINKS = {"#1F6FAE", "#5AA9E0"}


def test_nothing_but_fear_fundamentals_and_regimes_has_a_colour():
    """Every colour written in the program is grey or has a meaning; its lighter twin in the report's dark theme counts as it."""
    files_with_colours = [
        path
        for path in (*(files.ROOT / "sentiment").rglob("*"), files.ROOT / ".streamlit" / "config.toml")
        if path.suffix in {".py", ".css", ".js", ".j2", ".html", ".toml"}
    ]
    twins = {"#F0883E": colours.FEAR}  # that of fundamentals is the colour of links
    found = {}
    for path in files_with_colours:
        for line in path.read_text("utf-8").splitlines():
            for match in HUES.finditer(line):
                colour = (
                    match[0].upper()
                    if match[0].startswith("#")
                    else "#" + "".join(f"{int(one):02X}" for one in match.groups())
                )
                channels = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
                if max(channels) - min(channels) > GREY:
                    found.setdefault(twins.get(colour, colour), set()).add(path.name)
    assert set(found) <= SAID | LINKS, found


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(("one", "other"), list(combinations(colours.ASSETS, 2)))
def test_the_lines_of_a_comparison_are_told_apart_by_colour(sight, one, other):
    assert distance(one, other, sight) >= APART


@pytest.mark.parametrize(("theme", "ground"), THEMES)
@pytest.mark.parametrize("colour", colours.ASSETS)
def test_the_lines_of_a_comparison_stand_out_from_their_ground(theme, ground, colour):
    assert contrast(colour, THEME[theme][ground]) >= MARK


def test_a_badges_words_stand_out_from_their_boxes():
    for colour in MEANING.values():
        assert contrast(text_colour(colour), colour) >= TEXT


def test_a_selection_draws_a_badge_whose_every_word_can_be_read():
    from sentiment.web.api.badge import badge  # noqa: PLC0415 - reads the bundled data

    svg = badge(Selection())
    boxes = re.findall(r'<rect x="[\d.]+" width="\d+" height="20" fill="(#\w{6})"', svg)
    words = re.findall(r'<text [^>]*fill="(#\w{6})"', svg)
    assert len(boxes) == len(words) == 4
    for box, word in zip(boxes, words, strict=True):
        assert contrast(word, box) >= TEXT

"""A badge: the reading of a day in one line of SVG, without script or outside fonts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from sentiment.charts import colours
from sentiment.formatting import number, plain_day
from sentiment.models import Regime
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score

if TYPE_CHECKING:
    from sentiment.models import Selection

DESCRIPTION = "The reading of the day in one line, as a small picture."
DARK, LIGHT = "#000000", "#FFFFFF"
_REGIME = {Regime.FEAR_OUTWEIGHS.value: colours.FEAR, Regime.COMPLACENT.value: colours.COMPLACENT}
_HEIGHT, _LETTER, _SPACE = 20, 6.3, 7


def badge(selection: Selection) -> str:
    """Draw the badge of a selection."""
    scored = score(load_inputs(selection.asset, selection.as_of, selection.known_at), dict(selection.weights))
    last = scored.axes.iloc[-1]
    regime = "no regime" if pd.isna(last["regime"]) else str(last["regime"])
    parts = [
        (selection.asset, "#2B3138"),
        (f"fear {number(last['fear'])}", colours.FEAR),
        (f"justified {number(last['justified'])}", colours.FUNDAMENTALS),
        (f"{regime}, {plain_day(scored.axes.index[-1])}", _REGIME.get(regime, colours.NEUTRAL)),
    ]
    title = f"{parts[0][0]} {' · '.join(text for text, _ in parts[1:])}"
    return draw(parts, title)


def draw(parts: list[tuple[str, str]], title: str) -> str:
    """Draw texts on their colours side by side; `title` is what a screen reader says."""
    boxes, texts, left = [], [], 0
    for text, colour in parts:
        length = round(_LETTER * len(text))
        width = length + 2 * _SPACE
        boxes.append(f'<rect x="{left}" width="{width}" height="{_HEIGHT}" fill="{colour}"/>')
        texts.append(
            f'<text x="{left + _SPACE}" y="14" textLength="{length}" lengthAdjust="spacingAndGlyphs" fill="{text_colour(colour)}">'
            f"{escape(text)}</text>"
        )
        left += width
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left}" height="{_HEIGHT}" viewBox="0 0 {left} {_HEIGHT}" role="img" '
        f'aria-labelledby="said"><title id="said">{escape(title)}</title>{"".join(boxes)}'
        f'<g font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{"".join(texts)}</g></svg>\n'
    )


def text_colour(colour: str) -> str:
    """Choose black or white, whichever stands out more: at least 4.58 to 1 on any colour."""
    return max((DARK, LIGHT), key=lambda candidate: contrast(candidate, colour))


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours by WCAG 2, from 1 to 21."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]  # noqa: PLR2004 - sRGB
    return sum(share * value for share, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

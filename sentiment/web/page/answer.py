"""The answer of Today, and its words: shared by the page and by what stands ahead of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from sentiment.charts import score_charts
from sentiment.charts.colours import FEAR, FUNDAMENTALS
from sentiment.charts.dumbbell import Reading, dumbbell
from sentiment.charts.figures import REGIME_COLOUR, with_alpha
from sentiment.scoring.regimes import BEGINS_AT
from sentiment.web import sentences
from sentiment.web.page.drawings import Days, Drawing, timeline
from sentiment.web.page.screen import Screen, verdict_in_brief

if TYPE_CHECKING:
    from datetime import date

    from sentiment.scoring.score import Scores

KEY = "answer"
"""Key of the drawing's container. The style keeps its room free."""
CHART_HEADING = "How did price, fear and justified fear move?"
_SHOWN_BEFORE = (("a week before", 7), ("a month before", 30))


def readings(scores: Scores) -> list[Reading]:
    """Return the reading and those of a week and a month before."""
    return [_reading(scores.axes, *earlier) for earlier in (("", 0), *_SHOWN_BEFORE)]


def drawing(readings: list[Reading]) -> str:
    """Return them as HTML."""
    return dumbbell(readings[0], readings[1:])


def _reading(axes: pd.DataFrame, when: str, days: int) -> Reading:
    """Return the reading some days before the last one; an exchange's of its last session before them."""
    rows = axes.loc[: axes.index[-1] - pd.Timedelta(days, "D")]
    if rows.empty:
        return Reading(when, float("nan"), float("nan"))
    row = rows.iloc[-1]
    return Reading(when, row["fear"], row["justified"] if pd.notna(row["regime"]) else float("nan"))


def key(readings: list[Reading]) -> str:
    """Return what the signs of the drawing mean as HTML, with the words of the glossary."""
    signs = _FEAR_SIGN if all(math.isnan(reading.justified) for reading in readings) else _SIGNS
    return f'<p class="key">{signs}</p>'


def _word(shown: str, word: str) -> str:
    """Return a word of the glossary with its meaning as a tooltip."""
    return f'<abbr title="{sentences.GLOSSARY[word]}">{shown}</abbr>'


_FEAR_SIGN = f'<span><i style="background:{FEAR}"></i>{_word("fear", "fear")}</span>'
_SIGNS = (
    f'{_FEAR_SIGN}<span><i class="ring" style="border-color:{FUNDAMENTALS}"></i>{_word("fear that fundamentals justify", "justified")}</span>'
    f'<span><i class="band"></i>{_word(f"in balance: within {BEGINS_AT:g} points", "regime")}</span>'
)


def footing(screen: Screen) -> str:
    """Say what the reading rests on and what followed such days."""
    return f"{sentences.footing(screen.scores, screen.provenance.last_bars.values())} {verdict_in_brief(screen.key)}"


def timeline_of(screen: Screen, marks: pd.DataFrame) -> Drawing:
    """Return the chart of a screen."""
    return timeline(screen.key, Days(screen.start, screen.selection.zoom), marks, log=screen.selection.log)


def regime_key(rows: pd.DataFrame, zoom: tuple[date, date] | None) -> str:
    """Return what the colours in the chart mean as HTML: those of the regimes in sight; empty without any."""
    named = set(score_charts.in_sight(rows, zoom)["regime"].dropna())
    signs = "".join(
        f'<span><i class="area" style="background:{with_alpha(colour, 0.4)};border-color:{colour}"></i>{regime}</span>'
        for regime, colour in REGIME_COLOUR.items()
        if regime in named
    )
    return signs and f'<p class="key">{signs}</p>'

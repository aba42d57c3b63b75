"""The answer of Today: its drawing, and its HTML ahead of Streamlit's script, which needs a second to draw anything."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from sentiment.charts.dumbbell import Reading, dumbbell
from sentiment.formatting import visible
from sentiment.market import assets, history
from sentiment.models import Selection
from sentiment.scoring.score import headline
from sentiment.web import sentences

if TYPE_CHECKING:
    from sentiment.scoring.score import Scores
    from sentiment.web.page.screen import Screen

KEY = "answer"
"""Key of the drawing's container. The style keeps its room free, and hides what stands ahead of the page once the drawing is in it."""
_SHOWN_BEFORE = (("a week before", 7), ("a month before", 30))
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def readings(scores: Scores) -> list[Reading]:
    """Return the reading and those of a week and a month before."""
    return [_reading(scores.axes, *earlier) for earlier in (("", 0), *_SHOWN_BEFORE)]


def drawing(readings: list[Reading]) -> str:
    """Return them as HTML."""
    return dumbbell(readings[0], readings[1:])


def ahead(screen: Screen) -> str:
    """Return the headline, the sentence and the drawing as the page will show them, as HTML that a screen reader passes over.

    Empty where the page shows more than them, or something else: of another view or chart, of a chosen day, or with the reader's own weights.
    """
    chosen = screen.selection
    if chosen != replace(Selection(), asset=chosen.asset, range=chosen.range, zoom=chosen.zoom, log=chosen.log):
        return ""
    asset = assets.asset(chosen.asset, None)
    said = headline(screen.scores, asset, history.stale_days(chosen.asset, screen.as_of, None))
    changes = _BOLD.sub(r"<strong>\1</strong>", escape(sentences.changes(screen.scores)))
    return (
        f'<div id="ahead" aria-hidden="true"><h2>{escape(visible(said))}</h2><p>{changes}</p>'
        f"{drawing(readings(screen.scores))}</div>"
    )


def _reading(axes: pd.DataFrame, when: str, days: int) -> Reading:
    """Return the reading some days before the last one; an exchange's of its last session before them."""
    rows = axes.loc[: axes.index[-1] - pd.Timedelta(days, "D")]
    if rows.empty:
        return Reading(when, float("nan"), float("nan"))
    row = rows.iloc[-1]
    return Reading(when, row["fear"], row["justified"] if pd.notna(row["regime"]) else float("nan"))

"""The first screen as HTML, ahead of Streamlit's script, which needs a second to draw anything, and of plotly's, which needs two more."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from sentiment.charts.still import still
from sentiment.formatting import visible
from sentiment.market import assets, history
from sentiment.models import Selection
from sentiment.scoring.score import headline
from sentiment.tables import note_tables
from sentiment.web import sentences
from sentiment.web.page import answer
from sentiment.web.page.status import pinned_sentences

if TYPE_CHECKING:
    from sentiment.web.page.screen import Screen

_BOLD = re.compile(r"\*\*(.+?)\*\*")


def ahead(screen: Screen) -> str:
    """Return headline, answer and chart as the page will show them, as HTML that a screen reader passes over.

    Empty where the page shows more than them, or something else: of another view or chart, as of an instant, or with the reader's own weights.
    """
    chosen = screen.selection
    if chosen != replace(
        Selection(), asset=chosen.asset, as_of=chosen.as_of, range=chosen.range, zoom=chosen.zoom, log=chosen.log
    ):
        return ""
    asset = assets.asset(chosen.asset, None)
    readings = answer.readings(screen.scores)
    marks = note_tables.marks_about(screen.inputs, screen.marked_until)
    chart = answer.timeline_of(screen, marks)
    hint = sentences.chart_hint(marks["date"], chart.rows.index[0], chosen.zoom)
    parts = (
        f"<h2>{escape(visible(headline(screen.scores, asset, history.stale_days(chosen.asset, screen.as_of, None))))}</h2>",
        chosen.as_of and f'<p class="caption pinned">{escape(visible(pinned_sentences(screen)))}</p>',
        f"<p>{_html(sentences.changes(screen.scores))}</p>",
        answer.drawing(readings),
        f'<div class="signs">{answer.key(readings)}</div>',
        f'<p class="footing">{_html(answer.footing(screen))}</p>',
        f"<h3>{answer.CHART_HEADING}</h3>",
        f'<p class="caption">{_html(f"{chart.sentence} {hint}")}</p>',
        answer.regime_key(chart.rows, chosen.zoom),
        still(chart.figure),
    )
    return f'<div id="ahead" aria-hidden="true">{"".join(part for part in parts if part)}</div>'


def _html(words: str) -> str:
    """Return words with their bold parts as HTML."""
    return _BOLD.sub(r"<strong>\1</strong>", escape(words))

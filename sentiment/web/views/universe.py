"""Universe: every asset in one table, each row with its link."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sentiment.errors import BarsError, SelectionError
from sentiment.formatting import length, number, plain_day, price
from sentiment.frames import day
from sentiment.market import assets
from sentiment.models import Selection
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.panel import score_panel
from sentiment.scoring.ranking import ended, widest_gap_first
from sentiment.web import links, markup
from sentiment.web.page.address import page_address
from sentiment.web.page.figure_menu import figure_menu
from sentiment.web.page.screen import ScreenKey, screen_key
from sentiment.web.page.widgets import csv_button
from sentiment.web.views import View

if TYPE_CHECKING:
    from sentiment.web.page.screen import Screen

DAYS = 90
_NAMED = 5
_log = logging.getLogger(__name__)
_FIRST = ["asset", "gap", "fear", "justified", "regime", "link"]
_NOT_SHOWN = ("days_behind", "fundamentals")


def render(screen: Screen) -> None:
    """Draw the view."""
    st.subheader("Where is fear most out of step with fundamentals?", anchor=False)
    table, unreadable = universe(screen.selection)
    for message in unreadable:
        st.warning(markup.plain(message), icon=":material/database_off:")
    apart = ended(table) if len(table) else pd.Series(dtype=bool)
    current = table[~apart] if len(table) else table
    sentence = said = _sentence(current)
    st.caption(f"{sentence} Select a column's head to sort by it." if len(table) else sentence)
    _table(current, sentence)
    if apart.any():
        sentence = _ended_sentence(table[apart])
        st.caption(sentence)
        _table(table[apart], sentence)
    last = screen.selection.as_of or (table["as_of"].max() if len(table) else None)
    with st.container(horizontal=True):
        csv_button(f"universe_scores_{last}", lambda: table.drop(columns=["gap_90_days", "link"]), "CSV: this table")
        figure_menu(screen, "universe", said)
    st.markdown(":small[Any ticker can join: fetch it in *Data*, or with `sentiment refresh TICKER`.]")


def _close(cell: object) -> str:
    return price(cell if isinstance(cell, float) else None)


def _table(rows: pd.DataFrame, sentence: str) -> None:
    st.dataframe(
        rows.assign(gap=rows["gap"].round() + 0.0).style.format(_close, subset=["close"]) if len(rows) else rows,
        hide_index=True,
        # The answer comes first, so that a phone shows it.
        column_order=[*_FIRST, *rows.columns.difference([*_FIRST, *_NOT_SHOWN], sort=False)],
        column_config={
            "asset": "Asset",
            "as_of": st.column_config.DateColumn("As of", format="YYYY-MM-DD"),
            "close": "Close",
            "unit": "Unit",
            "fear": st.column_config.ProgressColumn("Fear", min_value=0, max_value=100, format="%.0f", color="orange"),
            "justified": st.column_config.ProgressColumn(
                "Justified fear", min_value=0, max_value=100, format="%.0f", color="blue"
            ),
            "gap": st.column_config.NumberColumn("Gap", format="%+.0f"),
            "regime": "Regime",
            "link": st.column_config.LinkColumn("Open", display_text="Open", width="small"),
            "gap_90_days": st.column_config.LineChartColumn(f"Gap, {DAYS} days", y_min=-100, y_max=100),
            "fear_coverage": st.column_config.NumberColumn("Fear on", format="percent"),
            "fundamentals_coverage": st.column_config.NumberColumn("Fundamentals on", format="percent"),
        },
        alt=sentence,
    )


def universe(selection: Selection) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Score every asset on the selected day.

    Returns
    -------
    tuple
        One row an asset, in the order of `widest_gap_first`, without assets that have no prices then; and a message for each
        asset whose prices cannot be read.
    """
    selections, unreadable = {}, []
    for symbol in assets.names():
        own = replace(
            Selection(),
            asset=symbol,
            as_of=selection.as_of,
            known_at=selection.known_at,
            weights=selection.weights,
        )
        try:
            selections[screen_key(own)] = own
        except SelectionError:  # no prices then
            continue
        except BarsError as error:
            _log.warning("left out of the universe: %s", error)
            unreadable.append(f"{error.brief}.")
    rows = []
    for (key, own), axes in zip(selections.items(), _latest(tuple(selections)), strict=True):
        last = axes.iloc[-1]
        rows.append(
            {
                "asset": key.asset,
                "as_of": axes.index[-1].date(),
                "close": last["close"],
                "unit": assets.unit(key.asset, key.known_at),
                "fear": last["fear"],
                "fundamentals": last["fundamentals"],
                "gap": last["gap"],
                "regime": last["regime"],
                "gap_90_days": axes["gap"].loc[day(key.as_of) - timedelta(days=DAYS - 1) :].dropna().round(1).tolist(),
                "fear_coverage": last["fear_coverage"],
                "fundamentals_coverage": last["fundamentals_coverage"],
                "link": links.address(page_address(), own),
                "justified": last["justified"],
            }
        )
    table = pd.DataFrame(rows)
    return widest_gap_first(table) if len(table) else table, tuple(unreadable)


@st.cache_resource(max_entries=8, show_spinner=False)
def _latest(keys: tuple[ScreenKey, ...]) -> list[pd.DataFrame]:
    """Return the scores of each asset's last days; read-only."""
    if not keys:
        return []
    ends = [key.as_of for key in keys]
    days = DAYS + (max(ends) - min(ends)).days  # a panel ends on the last day of its latest asset
    inputs = (load_inputs(key.asset, key.as_of, key.known_at) for key in keys)
    return [block.axes(asset) for block in score_panel(inputs, dict(keys[0].weights), days) for asset in block.assets]


def _sentence(table: pd.DataFrame) -> str:
    if table.empty:
        return "No asset has prices for this day."
    with_gap = table.dropna(subset=["gap"])
    if with_gap.empty:
        return f"{len(table)} assets; too little is known of any to say."
    first = with_gap.iloc[0]
    return (
        f"{len(table)} asset{'s' if len(table) > 1 else ''}, the widest gap first: {first['asset']} with {number(first['gap'], '+.0f')} on "
        f"{plain_day(first['as_of'])}."
    )


def _ended_sentence(table: pd.DataFrame) -> str:
    """Say which prices ended earlier than the others', and by how much."""
    last = [f"{row['asset']} {length(row['days_behind'])}" for row in table.head(_NAMED).to_dict("records")]
    more = f" and {len(table) - _NAMED} more" if len(table) > _NAMED else ""
    whose = "asset stands apart: its prices end" if len(table) == 1 else "assets stand apart: their prices end"
    return f"{len(table)} {whose} earlier than the others' ({', '.join(last)}{more} before the latest)."


VIEW = View("Universe", order=20, render=render)

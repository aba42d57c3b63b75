"""Universe: every asset at hand in one table, each row a link."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sentiment.errors import SelectionError
from sentiment.formatting import number, plain_day
from sentiment.market import assets
from sentiment.models import Selection
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.panel import score_panel
from sentiment.web import links
from sentiment.web.views import Shown, csv_button, shown

if TYPE_CHECKING:
    from sentiment.models import Inputs
    from sentiment.scoring.score import Scores

DAYS = 90
_FIRST = ["asset", "gap", "fear", "fundamentals", "regime", "link"]


def render(selection: Selection, inputs: Inputs, scored: Scores) -> None:
    """Draw the view."""
    del inputs, scored
    st.subheader("Where is fear most out of step with fundamentals?", anchor=False)
    table = universe(selection)
    said = _said(table)
    st.caption(f"{said} Select a column's head to sort by it." if len(table) else said)
    st.dataframe(
        table,
        hide_index=True,
        # What the question asks for stands first, so that a phone shows it.
        column_order=[*_FIRST, *table.columns.difference(_FIRST, sort=False)],
        column_config={
            "asset": "Asset",
            "as_of": st.column_config.DateColumn("As of", format="YYYY-MM-DD"),
            "close": st.column_config.NumberColumn("Close", format="%.6g"),
            "unit": "Unit",
            "fear": st.column_config.ProgressColumn("Fear", min_value=0, max_value=100, format="%.0f", color="orange"),
            "fundamentals": st.column_config.ProgressColumn(
                "Fundamentals", min_value=0, max_value=100, format="%.0f", color="blue"
            ),
            "gap": st.column_config.NumberColumn("Gap", format="%+.0f"),
            "regime": "Regime",
            "link": st.column_config.LinkColumn("Open", display_text="Open", width="small"),
            "gap_90_days": st.column_config.LineChartColumn(f"Gap, {DAYS} days", y_min=-100, y_max=100),
            "fear_coverage": st.column_config.NumberColumn("Fear on", format="percent"),
            "fundamentals_coverage": st.column_config.NumberColumn("Fundamentals on", format="percent"),
        },
        alt=said,
    )
    last = selection.as_of or (table["as_of"].max() if len(table) else None)
    csv_button(f"universe_scores_{last}", lambda: table.drop(columns=["gap_90_days", "link"]), "CSV: this table")
    st.markdown(":small[Any ticker can join: fetch it in *Data*, or with `sentiment refresh TICKER`.]")


def universe(selection: Selection) -> pd.DataFrame:
    """Score every asset on the selected day: one row each, the widest gap first; one without prices then is left out."""
    chosen = {}
    for asset in assets.assets():
        one = replace(
            Selection(),
            asset=asset.symbol,
            as_of=selection.as_of,
            known_at=selection.known_at,
            weights=selection.weights,
        )
        with suppress(SelectionError):
            chosen[shown(one)] = one
    rows = []
    base = str(st.context.url or "").split("?")[0]
    for (what, one), axes in zip(chosen.items(), _latest(tuple(chosen)), strict=True):
        last = axes.iloc[-1]
        rows.append(
            {
                "asset": what.asset,
                "as_of": what.as_of,
                "close": last["close"],
                "unit": assets.unit(what.asset),
                "fear": last["fear"],
                "fundamentals": last["fundamentals"],
                "gap": last["gap"],
                "regime": last["regime"],
                "gap_90_days": axes["gap"].iloc[-DAYS:].dropna().round(1).tolist(),
                "fear_coverage": last["fear_coverage"],
                "fundamentals_coverage": last["fundamentals_coverage"],
                "link": links.address(base, one),
            }
        )
    table = pd.DataFrame(rows)
    return table.sort_values("gap", key=abs, ascending=False, ignore_index=True) if len(table) else table


@st.cache_resource(max_entries=8, show_spinner=False)
def _latest(every: tuple[Shown, ...]) -> list[pd.DataFrame]:
    """Score the last days of all assets, side by side; shared between viewers, so read-only."""
    if not every:
        return []
    ends = [what.as_of for what in every]
    days = DAYS + (max(ends) - min(ends)).days  # a panel's last days are those of its latest asset
    inputs = (load_inputs(what.asset, what.as_of, what.known_at) for what in every)
    return [block.axes(asset) for block in score_panel(inputs, dict(every[0].weights), days) for asset in block.assets]


def _said(table: pd.DataFrame) -> str:
    if table.empty:
        return "No asset has prices for this day."
    known = table.dropna(subset=["gap"])
    if known.empty:
        return f"{len(table)} assets; too little is known of any to say."
    first = known.iloc[0]
    return (
        f"{len(table)} asset{'s' if len(table) > 1 else ''}, the widest gap first: {first['asset']} with {number(first['gap'], '+.0f')} on "
        f"{plain_day(first['as_of'])}."
    )

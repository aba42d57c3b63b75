"""Compare: how two to five assets stand beside each other."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from sentiment.charts import compare_charts, score_charts
from sentiment.errors import BarsError, InputError
from sentiment.market import assets
from sentiment.tables.record import Extent
from sentiment.tables.records.compare import FEWEST, MOST, compared
from sentiment.web import markup, sentences
from sentiment.web.page import choices
from sentiment.web.page.drawings import comparable, comparison
from sentiment.web.page.figure_menu import figure_menu
from sentiment.web.page.table_files import TableFile, table_buttons
from sentiment.web.views import View

if TYPE_CHECKING:
    from sentiment.models import Selection
    from sentiment.web.page.screen import Screen

_log = logging.getLogger(__name__)


def choose(selection: Selection) -> Selection:
    """Ask what the selected asset is compared with."""
    asset = selection.asset
    named: tuple[str, ...] | None = st.session_state.get("assets")
    if named is not None:  # another asset takes the place of the one that was selected, unless it is among them
        kept = named if asset in named else named[1:]
        named = st.session_state["assets"] = tuple(dict.fromkeys((asset, *kept)))
    chosen = compared(replace(selection, assets=named))
    options = [symbol for symbol in assets.names() if symbol != asset]
    st.session_state["beside"] = [symbol for symbol in chosen if symbol in options]
    others = st.multiselect(
        f"Beside {asset}",
        options,
        key="beside",
        max_selections=MOST - 1,
        placeholder=f"Choose one to {MOST - 1} assets",
        on_change=_keep,
        args=(asset,),
    )
    return replace(selection, assets=(asset, *others))


def _keep(asset: str) -> None:
    st.session_state["assets"] = (asset, *st.session_state["beside"])


def render(screen: Screen) -> None:
    """Draw the view."""
    st.subheader("How do these assets compare?", anchor=False)
    keys, without = comparable(screen)
    for error in without:
        _warn(error)
    if len(keys) < FEWEST:
        st.info(f"Choose one to {MOST - 1} other assets to compare {screen.key.asset} with.", icon=":material/add:")
        return
    drawing = comparison(keys, screen.start, log=screen.selection.log)
    currencies = sentences.currencies([key.asset for key in keys], screen.key.known_at)
    st.caption(f"{drawing.sentence} {currencies}")
    choices.range_and_scale()
    st.plotly_chart(
        drawing.figure, alt=f"{drawing.sentence} {currencies}", config=score_charts.CONFIG, key="comparison"
    )
    first = drawing.rows["date"].iloc[0].date()
    shown = replace(screen.selection, assets=tuple(key.asset for key in keys))
    name = f"{'~'.join(key.asset for key in keys)}_compare_{first}_{screen.as_of}"
    with st.container(horizontal=True):
        table_buttons(TableFile(name, "compare", "this chart", shown, Extent(screen.start)))
        figure_menu(
            screen,
            "chart/compare",
            compare_charts.findings(drawing.rows)[0],
            f"{drawing.sentence} {currencies}",
            ", ".join(key.asset for key in keys),
        )


def _warn(error: InputError | BarsError) -> None:
    if isinstance(error, BarsError):
        _log.warning("left out of the comparison: %s", error)
        st.warning(markup.plain(f"Left out: {error.brief}."), icon=":material/database_off:")
    else:
        st.warning(markup.plain(f"Left out: {error}."), icon=":material/event_busy:")


VIEW = View("Compare", order=25, tab="Watchlist", render=render, choose=choose, parameters=("assets",))

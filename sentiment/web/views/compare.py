"""Compare: how two to five assets stand beside each other."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from sentiment.charts import score_charts
from sentiment.errors import BarsError, InputError
from sentiment.market import assets, history
from sentiment.tables.records.compare import FEWEST, MOST, compared
from sentiment.web import markup
from sentiment.web.page import choices
from sentiment.web.page.drawings import comparison
from sentiment.web.page.screen import beside
from sentiment.web.page.table_files import TableFile, table_buttons
from sentiment.web.views import View

if TYPE_CHECKING:
    from sentiment.models import Selection
    from sentiment.web.page.screen import Screen, ScreenKey

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
    keys = _keys(screen)
    if len(keys) < FEWEST:
        st.info(f"Choose one to {MOST - 1} other assets to compare {screen.key.asset} with.", icon=":material/add:")
        return
    drawing = comparison(keys, screen.start, log=screen.selection.log)
    currencies = _currencies(keys)
    st.caption(f"{drawing.sentence} {currencies}")
    choices.range_and_scale()
    st.plotly_chart(
        drawing.figure, alt=f"{drawing.sentence} {currencies}", config=score_charts.CONFIG, key="comparison"
    )
    first = drawing.rows["date"].iloc[0].date()
    shown = replace(screen.selection, assets=tuple(key.asset for key in keys))
    name = f"{'~'.join(key.asset for key in keys)}_compare_{first}_{screen.as_of}"
    with st.container(horizontal=True):
        table_buttons(TableFile(name, "compare", "this chart", shown, screen.start))


def _keys(screen: Screen) -> tuple[ScreenKey, ...]:
    """Return the key of each asset that has prices by the day shown, and say which has none."""
    keys = []
    for symbol in compared(screen.selection):
        if symbol == screen.key.asset:
            keys.append(screen.key)
            continue
        try:
            keys.append(beside(screen.key, symbol, history.day_by(symbol, screen.as_of, screen.key.known_at)))
        except InputError as error:
            st.warning(markup.plain(f"Left out: {error}."), icon=":material/event_busy:")
        except BarsError as error:
            _log.warning("left out of the comparison: %s", error)
            st.warning(markup.plain(f"Left out: {error.brief}."), icon=":material/database_off:")
    return tuple(keys)


def _currencies(keys: tuple[ScreenKey, ...]) -> str:
    units = {key.asset: assets.unit(key.asset, key.known_at) for key in keys}
    if len(set(units.values())) == 1:
        return f"All prices are in {units[keys[0].asset]}, rebased to 100 on the first common day."
    listed = ", ".join(f"{symbol} in {unit}" for symbol, unit in units.items())
    return f"Each price is in its own unit ({listed}), rebased to 100 on the first common day; exchange rates are left out."


VIEW = View("Compare", order=25, tab="Watchlist", render=render, choose=choose, parameters=("assets",))

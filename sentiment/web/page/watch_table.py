"""The rows behind the watchlist, for the page and its picture: a reading an asset, the widest gap first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from sentiment.market import bar_store, roles
from sentiment.models import Selection, Weights
from sentiment.research import library
from sentiment.scoring import ranking
from sentiment.tables import export
from sentiment.tables.record import Extent

if TYPE_CHECKING:
    import pandas as pd


class _Key(NamedTuple):
    """All that the table depends on; `version` changes whenever prices or notes are saved."""

    symbols: tuple[str, ...]
    selection: Selection
    version: tuple[int, ...]


def table(selection: Selection, symbols: tuple[str, ...]) -> pd.DataFrame:
    """Return the table ``universe`` of some assets; read-only."""
    behind = dict.fromkeys(one for symbol in symbols for one in roles.symbols_behind(symbol))
    version = (*(bar_store.changed_at(symbol) for symbol in behind), library.version())
    return _of_key(_Key(symbols, scored(selection), version))


def scored(selection: Selection) -> Selection:
    """Return what the figures depend on."""
    weights: Weights = selection.weights
    return Selection(as_of=selection.as_of, known_at=selection.known_at, weights=weights)


@st.cache_resource(max_entries=8, show_spinner=False)
def _of_key(key: _Key) -> pd.DataFrame:
    return export.table("universe", key.selection, Extent(assets=key.symbols))


def with_reading(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with a reading, the widest gap first and those whose prices ended last, with ``days_behind``."""
    known = rows[rows["missing"].isna()]
    gap = known["gap"].where(known["regime"].notna())
    return ranking.widest_gap_first(known.assign(gap=gap)) if len(known) else known


def still_traded(rows: pd.DataFrame) -> pd.DataFrame:
    """Return those of `with_reading` whose prices go on."""
    return rows[~ranking.ended(rows)] if len(rows) else rows

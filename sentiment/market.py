"""Prices for the rest of the house: which assets there are, and everything known of one at the end of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment import notes
from sentiment.errors import SelectionError, UnknownAssetError
from sentiment.frames import day, every_day
from sentiment.models import Asset, Inputs, Provenance
from sentiment.providers import bundled

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd


def assets() -> tuple[Asset, ...]:
    """Assets that can be scored."""
    return tuple(asset for asset in bundled.assets().values() if asset.role == "asset")


def asset(symbol: str) -> Asset:
    """Return the asset of that symbol.

    Raises
    ------
    UnknownAssetError
        Naming what there is.
    """
    found = {one.symbol: one for one in assets()}
    if symbol not in found:
        raise UnknownAssetError(f"no asset {symbol!r}; there are: {', '.join(found)}")
    return found[symbol]


def bars(symbol: str, as_of: date | None = None) -> pd.DataFrame:
    """Bars of any series by symbol, up to the end of `as_of`."""
    frame = bundled.bars(symbol)
    return frame if as_of is None else frame.loc[: day(as_of)]


def span(symbol: str) -> tuple[date, date]:
    """First and last day of an asset's bars."""
    index = bars(asset(symbol).symbol).index
    return index[0].date(), index[-1].date()


def settle(symbol: str, as_of: date | None) -> date:
    """Day that `as_of` means for an asset: itself, or the last bar where it is None.

    Raises
    ------
    UnknownAssetError, SelectionError
        If there is no such asset, or the day lies outside its bars.
    """
    first, last = span(symbol)
    if as_of is not None and not first <= as_of <= last:
        raise SelectionError(f"no prices of {symbol} for {as_of}; they run from {first} to {last}")
    return as_of or last


def inputs(symbol: str, as_of: date | None = None) -> Inputs:
    """Everything known of an asset at the end of `as_of`: nothing later is in the answer.

    Raises
    ------
    UnknownAssetError, SelectionError
        As in `settle`.
    """
    until = settle(symbol, as_of)
    prices = bars(symbol, until)
    index = every_day(prices.index[0].date(), until)
    series = {
        other.role: bundled.bars(other.symbol)["close"].reindex(index)
        for other in bundled.assets().values()
        if other.role not in {"asset", "benchmark"} and other.of in {None, symbol}
    }
    about = tuple(note for note in notes.known(until) if symbol in note.assets)
    return Inputs(symbol, prices.reindex(index), series, about)


def provenance(symbol: str, as_of: date | None = None) -> Provenance:
    """Where the prices come from and the last bar of every series behind them, by title."""
    until = settle(symbol, as_of)
    last_bars = {
        other.title: bars(other.symbol, until).index[-1].date()
        for other in bundled.assets().values()
        if other.role not in {"asset", "benchmark"}
        and other.of in {None, symbol}
        and not bars(other.symbol, until).empty
    }
    return Provenance(bundled.NAME, until, last_bars)

"""The inputs of an asset's scores, as known at an instant: prices, the series of its roles, and research notes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment.frames import CARRY_DAYS, days, every_day
from sentiment.market import asset_class, assets, bar_store, history, roles
from sentiment.research import library

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from numpy.typing import NDArray

    from sentiment.market.asset_class import AssetClass
    from sentiment.models import Note
    from sentiment.research.editions import Edition


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the components of one asset may use, on one daily UTC index that ends on the day shown.

    Attributes
    ----------
    asset : str
    prices : pandas.DataFrame
        ``close`` and, where known, ``open high low volume``; one row a day, NaN where unknown. ``total_return`` is the close
        with dividends reinvested, ``carried`` marks days without a session.
    series : mapping of str to pandas.Series
        Other series by role (``future``, ``equity_volatility``, ``short_rate``, ``deposit_rate``, ``funding_rate``, ``futures_positions``) on the same index, not
        carried:
        NaN on days without a bar. A role without data is absent. What is filed for a share is in the shares of the closes.
    editions : tuple of Edition
        Every wording of the notes about the asset that were published by the end of the index. A day's reading uses those
        that stood on it.
    known_at : datetime or None
        The instant at which these prices were the saved ones; None for now.
    asset_class : str or None
        One of `asset_class.ASSET_CLASSES`, which says which components apply; None if all do.
    """

    asset: str
    prices: pd.DataFrame
    series: Mapping[str, pd.Series]
    editions: tuple[Edition, ...] = ()
    known_at: datetime | None = None
    asset_class: AssetClass | None = None

    def without_notes(self) -> Inputs:
        """Return the inputs as if no note had been written."""
        return replace(self, editions=())

    @property
    def sessions(self) -> NDArray[np.bool_]:
        """Whether the asset was traded, by day: every day, or the sessions of an exchange."""
        if "carried" not in self.prices:
            return np.ones(len(self.prices), dtype=bool)
        return ~self.prices["carried"].to_numpy(dtype=bool)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes in their latest wording; some may have been saved too late for any reading."""
        return tuple(edition.note for edition in self.editions if edition.replaced_at is None)

    @property
    def left_out(self) -> int:
        """Number of `notes` that no reading uses, since this server saved them only after the last day."""
        last = self.prices.index[-1].date()
        in_time = {edition.note.id for edition in self.editions if edition.first_day <= last}
        return sum(note.id not in in_time for note in self.notes)

    def role(self, name: str) -> pd.Series:
        """Return the series of a role; all NaN without one."""
        return self.series[name] if name in self.series else pd.Series(float("nan"), self.prices.index)

    @property
    def closes(self) -> pd.Series:
        """Closes to measure returns on, with dividends reinvested where there are any."""
        return self.prices.get("total_return", self.prices["close"])

    def column(self, name: str) -> pd.Series:
        """Return a column of the asset's bars; all NaN without one."""
        return self.prices[name] if name in self.prices else self.prices["close"] * float("nan")


def load_inputs(symbol: str, as_of: date | None = None, known_at: datetime | None = None) -> Inputs:
    """Return what was known of an asset at the end of `as_of`, and nothing later.

    Closes of an exchange are carried over days without a session for at most `CARRY_DAYS`; their volume is 0.

    Raises
    ------
    UnknownAssetError, SelectionError
        As in `history.resolve_day`.
    """
    until = history.resolve_day(symbol, as_of, known_at)
    prices = total_return(history.bars(symbol, until, known_at))
    index = every_day(prices.index[0].date(), until)
    series = {
        role: history.bars(source.symbol, until, known_at)["close"].reindex(index)
        for role, source in history.role_series(symbol, known_at).items()
    }
    if filed := series.keys() & roles.PER_SHARE.keys():
        shares = shares_now(history.bars(symbol, known_at=known_at), index)
        series |= {role: series[role] / shares for role in filed}
    editions = tuple(
        edition
        for wording in library.wordings(known_at).values()
        for edition in wording
        if edition.note.day <= until and symbol in edition.note.assets
    )
    daily = _carry(prices, index) if assets.asset(symbol, known_at).kind == "exchange" else prices.reindex(index)
    return Inputs(symbol, daily, series, editions, known_at, asset_class.asset_class(symbol, known_at))


def total_return(bars: pd.DataFrame) -> pd.DataFrame:
    """Add ``total_return``, the close with every dividend reinvested on its day, to bars with dividends.

    It starts at the first close and grows each day by (close + dividend) / previous close, so that, unlike in vendors'
    backward-adjusted closes, a later dividend changes no earlier value. A dividend that is not below the close before it cannot
    be one, and is left out.
    """
    if "dividends" not in bars or not (bars["dividends"] > 0).any():
        return bars
    close = bars["close"]
    before = close.shift(1)
    paid = bars["dividends"].where(bars["dividends"] < before, 0.0)
    growth = ((close + paid) / before).fillna(1.0)
    return bars.assign(total_return=close.iloc[0] * growth.cumprod())


def shares_now(bars: pd.DataFrame, index: pd.DatetimeIndex) -> pd.Series:
    """Return how many of today's shares one share of each day has become by the splits of later days.

    Closes are adjusted for every split that is known, also for those after the day shown. What was filed for a share of some day is
    divided by this, as its closes were, so that neither a split before the day shown nor one after it moves their ratio.
    """
    if "splits" not in bars:
        return pd.Series(1.0, index)
    whole = every_day(index[0].date(), max(index[-1], days(bars)[-1]).date())
    splits = bars["splits"].where(bars["splits"] > 0, 1.0).reindex(whole, fill_value=1.0)
    so_far: pd.Series = splits.cumprod()
    return so_far.rdiv(so_far.iloc[-1]).reindex(index)


def _carry(prices: pd.DataFrame, index: pd.DatetimeIndex) -> pd.DataFrame:
    """Carry an exchange's closes over days without a session, on which the volume is 0."""
    frame = prices.reindex(index)
    carried = ~index.isin(days(prices))
    closes = [name for name in ("close", "total_return") if name in frame]
    frame[closes] = frame[closes].ffill(limit=CARRY_DAYS)
    if "volume" in frame:
        frame["volume"] = frame["volume"].mask(carried & frame["close"].notna(), 0.0)
    return frame.assign(carried=carried)


def version(symbol: str) -> tuple[int, ...]:
    """Return numbers that change whenever an input of an asset's scores is saved; a cache key."""
    return (*(bar_store.changed_at(source) for source in roles.symbols_behind(symbol)), library.version())

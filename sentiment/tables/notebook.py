"""The library for notebooks: the tables of the page, the command line and the API as data frames with a UTC index.

`import sentiment` offers these functions; each loads what it needs when it is called, never Streamlit, and asks no network.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import pandas as pd

from sentiment.errors import SelectionError
from sentiment.formatting import read_day, read_instant, shortened
from sentiment.models import Selection
from sentiment.tables import export
from sentiment.tables.record import Extent

if TYPE_CHECKING:
    from collections.abc import Mapping

    Day = date | str | None
    Instant = datetime | str | None

__all__ = ["calls", "components", "evidence", "notes", "prices", "score"]


def score(
    asset: str = "BTC-USD", *, as_of: Day = None, known_at: Instant = None, weights: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Return fear, fundamentals, their gap and its regime, day by day.

    Parameters
    ----------
    asset : str
        A bundled or saved symbol; `sentiment refresh TICKER` on the command line saves one.
    as_of : date or str, optional
        Last day of the answer, such as ``"2025-12-02"``; without it the last day with a price.
    known_at : datetime or str, optional
        An aware instant: prices and notes as they were saved by then. Without it, all that is known now.
    weights : mapping of str to float, optional
        Weights of components by name, in place of the standard ones; a component that is left out keeps its own.

    Returns
    -------
    pandas.DataFrame
        One row a day on a UTC index named ``date``: ``close`` (the asset's unit), ``fear`` and ``fundamentals`` (0 to
        100), ``gap`` (-100 to 100), ``regime`` (text) and the two coverages (fractions of the weight). NaN where unknown.

    Raises
    ------
    UnknownAssetError, SelectionError
        If there is no such asset, day, instant or component; the message says what there is.
    BarsError, NoteError, StoreError
        If saved prices or notes cannot be read.
    """
    return _by_day("scores", _selection(asset, as_of, known_at, weights))


def prices(asset: str = "BTC-USD", *, as_of: Day = None, known_at: Instant = None) -> pd.DataFrame:
    """Return the bars of an asset: ``close`` and, where its source gives them, open, high, low, volume and actions.

    One row a day on a UTC index named ``date``, in the asset's unit. Parameters and errors as in `score`.
    """
    return _by_day("prices", _selection(asset, as_of, known_at))


def components(
    asset: str = "BTC-USD", *, as_of: Day = None, known_at: Instant = None, weights: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Return raw value, rank (0 to 100), weight and contribution (points) of every component, day by day.

    One row a day and component on a UTC index named ``date``; NaN where unknown. Parameters and errors as in `score`.
    """
    return _by_day("components", _selection(asset, as_of, known_at, weights))


def notes(*, as_of: Day = None, known_at: Instant = None, find: str = "", publisher: str | None = None) -> pd.DataFrame:
    """Return the research notes known on a day, one row a note on a UTC index named ``published``.

    Parameters
    ----------
    as_of, known_at
        As in `score`; without `as_of`, every note known now.
    find : str
        Words that the notes hold.
    publisher : str, optional
        The only publisher.
    """
    return _by_publication("notes", as_of, known_at, find, publisher)


def calls(*, as_of: Day = None, known_at: Instant = None, find: str = "", publisher: str | None = None) -> pd.DataFrame:
    """Return every call of the notes that `notes` gives, graded by the closes up to `as_of`.

    One row a call on a UTC index named ``published``; returns and rates are fractions, NaN where unknown.
    """
    return _by_publication("calls", as_of, known_at, find, publisher)


def evidence(
    asset: str = "BTC-USD",
    *,
    as_of: Day = None,
    known_at: Instant = None,
    weights: Mapping[str, float] | None = None,
    horizon: int | None = None,
) -> pd.DataFrame:
    """Return forward returns after each regime against those of all days, with 95% intervals.

    Parameters
    ----------
    asset, as_of, known_at, weights
        As in `score`.
    horizon : int, optional
        The only horizon, in days; without it all of them.

    Returns
    -------
    pandas.DataFrame
        One row a regime and horizon, indexed by ``label`` and ``horizon``; fractions, NaN where too little is known.
    """
    table = export.table("evidence", _selection(asset, as_of, known_at, weights), Extent(horizon=horizon))
    return table.set_index(["label", "horizon"])


def _selection(asset: str, as_of: Day, known_at: Instant, weights: Mapping[str, float] | None = None) -> Selection:
    from sentiment.scoring.weights import canonical  # noqa: PLC0415 - loads every component

    return replace(
        Selection(asset=asset),
        as_of=_day(as_of),
        known_at=read_instant(known_at) if isinstance(known_at, str) else _aware(known_at),
        weights=canonical(weights or {}),
    )


def _day(value: Day) -> date | None:
    if isinstance(value, str):
        return read_day(value)
    return value.date() if isinstance(value, datetime) else value


def _aware(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise SelectionError(f"known_at is {shortened(str(value))} without a time zone; an instant needs one")
    return value


def _by_day(name: str, selection: Selection) -> pd.DataFrame:
    return export.table(name, selection).set_index("date")


def _by_publication(name: str, as_of: Day, known_at: Instant, find: str, publisher: str | None) -> pd.DataFrame:
    selection = replace(_selection("BTC-USD", as_of, known_at), find=find, publisher=publisher)
    table = export.table(name, selection)
    return table.set_index(pd.to_datetime(table["published"], utc=True, format="ISO8601")).drop(columns="published")

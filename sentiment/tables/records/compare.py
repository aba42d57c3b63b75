"""The table ``compare``: two to five assets beside each other, their prices rebased to 100 on their first common day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sentiment.errors import SelectionError
from sentiment.frames import day, days
from sentiment.market import history
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.tables.record import (
    ASSET,
    ASSET_PARAMETERS,
    DATE,
    DAY_PARAMETERS,
    PRICE,
    Column,
    Table,
    text,
)
from sentiment.tables.records import scores

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sentiment.models import Selection
    from sentiment.scoring.score import Scores
    from sentiment.tables.record import TableRequest

FEWEST, MOST = 2, 5
BESIDE = ("BTC-USD", "SPY", "GLD")
"""What an asset is compared with unless others are chosen: bitcoin, US shares and gold, which are always at hand."""
BASE = 100.0
_SCORES = {column.name: column for column in scores.TABLE.columns}
_COLUMNS = (
    DATE,
    ASSET,
    Column("close", "Close of the day; empty where none is known.", PRICE, sourced=True),
    Column(
        "rebased",
        "The close, with 100 for that of the first day of the rows on which every asset has one; empty before that day.",
        "100 on the first common day",
        sourced=True,
    ),
    *(_SCORES[name] for name in ("fear", "justified", "gap")),
    text("regime", _SCORES["regime"].description),
)


def compared(selection: Selection) -> tuple[str, ...]:
    """Return the assets that a selection compares: those it names, or the selected one and two of `BESIDE`."""
    if selection.assets is not None:
        return selection.assets
    return (selection.asset, *(symbol for symbol in BESIDE if symbol != selection.asset))[: len(BESIDE)]


def base_day(closes: Sequence[pd.Series], start: date | None = None) -> pd.Timestamp | None:
    """Return the first day from `start` on for which every series has a close above zero; None if there is none.

    Later days do not count: once there is a base day, none that follows moves it.
    """
    known = [days(close[close > 0]) for close in closes]
    common = known[0]
    for index in known[1:]:
        common = common.intersection(index)
    if start is not None:
        common = common[common >= day(start)]
    return common[0] if len(common) else None


def compare_table(compared_scores: Sequence[Scores], start: date | None = None) -> pd.DataFrame:
    """Return one row a day and asset, by day and in the order of the assets.

    An asset has rows on days of its own alone: every day, or the sessions of its exchange. Nothing is filled in between.

    Parameters
    ----------
    compared_scores : sequence of Scores
        One an asset.
    start : date, optional
        The first day that may be the base; all rows are returned.

    Returns
    -------
    pandas.DataFrame
        The columns of `TABLE`. ``rebased`` is NaN before the base day, and on all days where there is none.
    """
    base = base_day([scored.axes["close"] for scored in compared_scores], start)
    blocks = []
    for scored in compared_scores:
        axes = scored.axes
        rebased = pd.Series(float("nan"), axes.index)
        if base is not None:
            rebased = (axes["close"] / axes["close"].loc[base] * BASE).where(axes.index >= base)
        blocks.append(axes.assign(asset=scored.asset, rebased=rebased))
    rows = pd.concat(blocks).rename_axis("date").sort_index(kind="stable").reset_index()
    return rows[[column.name for column in _COLUMNS]]


def _rows(request: TableRequest) -> pd.DataFrame:
    selection = request.selection
    symbols = compared(selection)
    if not FEWEST <= len(symbols) <= MOST:
        raise SelectionError(f"a comparison takes {FEWEST} to {MOST} assets; there is {', '.join(symbols)}")
    scored = [
        score(
            load_inputs(symbol, history.day_by(symbol, request.as_of, selection.known_at), selection.known_at),
            dict(selection.weights),
        )
        for symbol in symbols
    ]
    return compare_table(scored, request.start)


TABLE = Table(
    name="compare",
    description="Two to five assets beside each other: prices rebased to 100 on their first common day, fear and gap. "
    "Each price is in its asset's own currency.",
    row="day and asset",
    columns=_COLUMNS,
    rows=_rows,
    shows=lambda request, _: list(compared(request.selection)),
    is_about_asset=True,
    parameters=(*ASSET_PARAMETERS, "assets", "weights", *DAY_PARAMETERS),
    order=35,
)

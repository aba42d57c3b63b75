"""The table ``prices``: the bars of the asset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.frames import PRICE_COLUMNS
from sentiment.research import library
from sentiment.tables.record import ASSET_PARAMETERS, DATE, DAY_PARAMETERS, PRICE, Column, Table

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs
    from sentiment.tables.record import TableRequest

_COLUMNS = (
    DATE,
    Column("open", "First price of the day.", PRICE, sourced=True),
    Column("high", "Highest price of the day.", PRICE, sourced=True),
    Column("low", "Lowest price of the day.", PRICE, sourced=True),
    Column("close", "Last price of the day.", PRICE, sourced=True),
    Column("volume", "Traded on the day, as the source counts it.", "the source's own unit", sourced=True),
    Column("dividends", "Paid on the day per share.", PRICE, sourced=True),
    Column("splits", "New shares for one old one on the day; 0 on a day without a split.", "ratio", sourced=True),
)


def prices_table(inputs: Inputs) -> pd.DataFrame:
    """Return the bars of the asset, without days on which an exchange was closed: one row a day."""
    bars = inputs.prices[~inputs.prices["carried"]] if "carried" in inputs.prices else inputs.prices
    return bars[[name for name in PRICE_COLUMNS if name in bars]].reset_index()


def _rows(request: TableRequest) -> pd.DataFrame:
    with library.bundled_only():  # prices do not depend on notes, and must load when the saved ones cannot be read
        return prices_table(request.inputs)


TABLE = Table(
    name="prices",
    description="Bars of the asset; columns that its source does not give are left out.",
    row="day",
    columns=_COLUMNS,
    rows=_rows,
    parameters=(*ASSET_PARAMETERS, *DAY_PARAMETERS),
    is_about_asset=True,
    order=20,
)

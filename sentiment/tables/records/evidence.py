"""The table ``evidence``: forward returns after each reading against those of all days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.tables.record import ASSET_PARAMETERS, FRACTION, Column, Table, count, text
from sentiment.validation.signals import evaluate

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.tables.record import TableRequest

_COLUMNS = (
    text("label", "The reading: a regime, or a band of a score."),
    count("horizon", "Days ahead.", "days"),
    count("days", "Days with that reading and a complete window."),
    count("episodes", "Runs of such days; those less than a horizon apart count as one."),
    Column("mean", "Mean forward return.", FRACTION),
    Column("median", "Median forward return.", FRACTION),
    Column("hit_rate", "Share of days followed by a rise.", FRACTION),
    Column("base_rate", "The same for all days.", FRACTION),
    Column("base_mean", "Mean forward return of all days.", FRACTION),
    Column("excess", "mean − base_mean.", FRACTION),
    Column("lower", "Lower end of its 95% interval.", FRACTION),
    Column("upper", "Upper end of its 95% interval.", FRACTION),
    Column("joint_lower", "Lower end of the 95% interval of all judged rows at once.", FRACTION),
    Column("joint_upper", "Upper end of the 95% interval of all judged rows at once.", FRACTION),
    Column("first_half", "Excess in the first half of the days, over the base of that half.", FRACTION),
    Column("second_half", "Excess in the second half of the days, over the base of that half.", FRACTION),
    Column("worst_median", "Median of the lowest close within the window.", FRACTION),
    Column("worst", "The lowest close within any window.", FRACTION),
    count("cells", "Judged rows, for which the joint interval holds; all rows if none is judged."),
    Column("standard_error", "Of excess, from the slow waves of its daily influences.", FRACTION),
    Column("critical", "Standard errors that the 95% interval extends to each side.", "standard errors"),
)


def _rows(request: TableRequest) -> pd.DataFrame:
    selection = request.selection
    rows = evaluate(request.inputs, request.scored_without_notes, selection.series).table
    return rows if request.horizon is None else rows[rows["horizon"] == request.horizon].reset_index(drop=True)


TABLE = Table(
    name="evidence",
    description="Forward returns after each reading against those of all days.",
    row="reading and horizon",
    columns=_COLUMNS,
    rows=_rows,
    parameters=(*ASSET_PARAMETERS, "weights", "series", "horizon", "seed"),
    is_about_asset=True,
    order=80,
)

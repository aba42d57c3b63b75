"""The table ``revisions``: figures that changed after they were first known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from sentiment.frames import day
from sentiment.market import assets, bar_store, terms
from sentiment.models import AXES
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.tables.record import DATE, Column, Table, text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

_COLUMNS = (
    DATE,
    text("column", "The column of prices that changed."),
    Column("old", "The figure before; empty where there was none.", "the column's unit", sourced=True),
    Column("new", "The figure since; empty where it was withdrawn.", "the column's unit", sourced=True),
    text("known_at", "When the new figure was saved.", "instant (UTC)"),
    *(
        Column(f"{axis}_{when}", f"The {axis} axis of that day, {when} the whole change.", "0 to 100")
        for when in ("before", "after")
        for axis in AXES
    ),
)


def revisions_table(asset: str, as_of: date | None = None) -> pd.DataFrame:
    """Return every changed figure of an asset, and how the scores of its day moved with the whole change.

    One row a figure: date, column, old, new, known_at, and fear and fundamentals of that date before and after; the
    scores are left out where nothing changed.
    """
    changed = bar_store.revisions(assets.asset(asset).symbol)
    if as_of is not None:
        changed = changed[changed["date"] <= day(as_of)]
    effects = []
    for known_at in changed["known_at"].drop_duplicates():
        after = known_at.to_pydatetime()
        days_changed = pd.DatetimeIndex(changed.loc[changed["known_at"] == known_at, "date"].unique())
        before = score(load_inputs(asset, known_at=after - timedelta(microseconds=1))).axes.reindex(days_changed)
        then = score(load_inputs(asset, known_at=after)).axes.reindex(days_changed)
        effects.append(
            pd.DataFrame(
                {
                    "date": days_changed,
                    "known_at": known_at,
                    **{f"{axis}_before": before[axis].to_numpy() for axis in AXES},
                    **{f"{axis}_after": then[axis].to_numpy() for axis in AXES},
                }
            )
        )
    if not effects:
        return changed
    table = changed.merge(pd.concat(effects), on=["date", "known_at"], how="left", validate="many_to_one")
    return table.assign(known_at=table["known_at"].map(lambda moment: moment.isoformat()).astype("str"))


def _of_all_versions(symbols: Iterable[str], known_at: datetime | None) -> dict[str, str]:
    del known_at
    return {symbol: of_one for one in symbols for symbol, of_one in terms.reserved_versions(one).items()}


TABLE = Table(
    name="revisions",
    description="Figures that were changed after they were first known, and the effect on the scores (left out where none was).",
    row="changed figure",
    columns=_COLUMNS,
    rows=lambda request: revisions_table(request.selection.asset, request.selection.as_of),
    parameters=("asset", "as_of"),
    offered=frozenset({"page", "cli"}),
    shows=lambda request, _: [assets.asset(request.selection.asset).symbol],
    binding=_of_all_versions,
    is_about_asset=True,
    order=110,
)

"""The table ``sources``: every series behind an asset's scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sentiment.market import assets, history, providers
from sentiment.tables.record import ASSET_PARAMETERS, Table, count, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

_COLUMNS = (
    text("series", "Symbol of the series.", "id"),
    text("title", "What it is."),
    text("source", "The provider that it was fetched from, or bundled."),
    text("licence", "Terms of the source."),
    text("first", "Its first day.", "day"),
    text("last", "Its last day, at most as_of.", "day"),
    count("rows", "Days with a bar."),
    text("fetched_at", "When it was last fetched; empty for a bundled series.", "instant (UTC)"),
    text("stale", "True where newer bars should be there; empty with known_at."),
    text(
        "held_back",
        "Prices of the last answer that are not trusted, and why; empty if there are none, and with known_at.",
    ),
)


def sources_table(asset: str, as_of: date | None = None, known_at: datetime | None = None) -> pd.DataFrame:
    """Return what each series behind an asset is, where it comes from, its range and when it was fetched."""
    titles = {asset: assets.asset(asset, known_at).title} | {
        series.symbol: series.title for series in history.role_series(asset, known_at).values()
    }
    return described(titles, as_of, known_at)


def described(titles: Mapping[str, str], as_of: date | None = None, known_at: datetime | None = None) -> pd.DataFrame:
    """Return the same of any series, by symbol with their titles."""
    rows = []
    for symbol, title in titles.items():
        bars = history.bars(symbol, as_of, known_at)
        is_live = history.is_live(symbol, known_at)
        source, fetched = history.source(symbol, known_at), history.fetched_at(symbol, known_at)
        rows.append(
            {
                "series": symbol,
                "title": title,
                "source": source if is_live else "bundled",
                "licence": providers.licence_of(source) if is_live else "public facts, see data/README.md",
                "first": bars.index[0].date().isoformat() if len(bars) else None,
                "last": bars.index[-1].date().isoformat() if len(bars) else None,
                "rows": len(bars),
                "fetched_at": fetched.isoformat(timespec="seconds") if fetched else None,
                "stale": history.stale(symbol) if known_at is None else None,
                "held_back": history.held_back(symbol, known_at) or None,
            }
        )
    return pd.DataFrame(rows, columns=[column.name for column in _COLUMNS])


TABLE = Table(
    name="sources",
    description="Every series behind the scores of an asset.",
    row="series",
    columns=_COLUMNS,
    rows=lambda request: sources_table(request.selection.asset, request.selection.as_of, request.selection.known_at),
    parameters=ASSET_PARAMETERS,
    is_about_asset=True,
    offered=frozenset({"page"}),
)

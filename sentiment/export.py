"""Tables and their CSV: one function a table, one writer for page, command line and server.

RFC 4180 in UTF-8: ISO dates, floats in the shortest form that reads back exactly, an empty field where nothing is known, and
text that a spreadsheet could run as a formula preceded by an apostrophe (OWASP, "CSV injection").
"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from sentiment import bars as store
from sentiment import market
from sentiment.comparison import explain
from sentiment.components import registry
from sentiment.errors import SelectionError
from sentiment.frames import day
from sentiment.models import AXES
from sentiment.score import score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from sentiment.comparison import Comparison
    from sentiment.models import Inputs
    from sentiment.score import Scores
    from sentiment.studies import Paths

LEAST_COMMON = 90
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def prices(inputs: Inputs) -> pd.DataFrame:
    """Bars of the asset: date, close and the other columns known, one row a day."""
    names = ("open", "high", "low", "close", "volume", "dividends", "splits")
    bars = inputs.prices[~inputs.prices["carried"]] if "carried" in inputs.prices else inputs.prices
    return bars[[name for name in names if name in bars]].reset_index()


def scores(scored: Scores) -> pd.DataFrame:
    """Close, both axes, gap, regime and coverage: one row a day."""
    return scored.axes.reset_index()


def components(scored: Scores) -> pd.DataFrame:
    """Raw value, rank, weight and contribution of every component: one row a day and component."""
    parts = registry()
    blocks = [
        pd.DataFrame(
            {
                "component": part.name,
                "axis": part.axis,
                "raw": scored.raw[part.name],
                "rank": scored.rank[part.name],
                "weight": scored.weights[part.name],
                "contribution": scored.contribution[part.name],
            }
        )
        for part in parts
    ]
    joined = pd.concat(blocks, keys=range(len(parts)), names=["place"]).reset_index()
    return joined.sort_values(["date", "place"], kind="stable").drop(columns="place").reset_index(drop=True)


def paths(found: Mapping[str, Paths]) -> pd.DataFrame:
    """List the paths after entries: one row a label, path and day; the quartiles stand among them under their names."""
    blocks = []
    for label, one in found.items():
        named = one.each.set_axis(pd.DatetimeIndex(one.each.columns).strftime("%Y-%m-%d"), axis=1)
        long = one.band.join(named).melt(var_name="path", value_name="return", ignore_index=False).reset_index()
        blocks.append(long.assign(label=label)[["label", "path", "day", "return"]])
    return pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=["label", "path", "day", "return"])


def correlations(scored: Scores) -> pd.DataFrame:
    """How alike the ranks of the parts are: one row a part, one column a part, NaN under 90 common days."""
    return scored.rank.corr(min_periods=LEAST_COMMON).rename_axis("component").reset_index()


def disagreements(found: Comparison, scored: Scores) -> pd.DataFrame:
    """Days on which fear and another series were farthest apart, and what each part of fear adds to the difference."""
    names = [part.name for part in registry() if part.axis == "fear"]
    points = explain(scored.rank[names], scored.weights, found.disagreements)
    return found.disagreements.join(points).rename_axis("date").reset_index()


def sources(asset: str, as_of: date | None = None, known_at: datetime | None = None) -> pd.DataFrame:
    """Every series behind an asset's scores: what it is, where it comes from, its range and when it was fetched."""
    series = {asset: market.asset(asset).title} | {
        one.symbol: one.title for one in market.cast(asset, known_at).values()
    }
    rows = []
    for symbol, title in series.items():
        bars = market.bars(symbol, as_of, known_at)
        is_live = market.is_live(symbol, known_at)
        # A table pinned by known_at says nothing of later fetches: it stays as it was.
        fetched = store.fetched_at(symbol) if is_live and known_at is None else None
        rows.append(
            {
                "series": symbol,
                "title": title,
                "source": "Yahoo" if is_live else "bundled",
                "licence": "for personal use, by Yahoo's terms" if is_live else "public facts, see data/README.md",
                "first": bars.index[0].date().isoformat() if len(bars) else None,
                "last": bars.index[-1].date().isoformat() if len(bars) else None,
                "rows": len(bars),
                "fetched_at": fetched.isoformat(timespec="seconds") if fetched else None,
                "stale": market.stale(symbol) if known_at is None else None,
            }
        )
    return pd.DataFrame(rows)


def revisions(asset: str, as_of: date | None = None) -> pd.DataFrame:
    """Every changed figure of an asset, and how the scores of its day moved with the whole change it came in.

    One row a figure: date, column, old, new, known_at, and fear and fundamentals of that date before and after.
    """
    changed = store.revisions(market.asset(asset).symbol)
    if as_of is not None:
        changed = changed[changed["date"] <= day(as_of)]
    effects = []
    for known_at in changed["known_at"].drop_duplicates():
        after = known_at.to_pydatetime()
        days_changed = pd.DatetimeIndex(changed.loc[changed["known_at"] == known_at, "date"].unique())
        before = score(market.inputs(asset, known_at=after - timedelta(microseconds=1))).axes.reindex(days_changed)
        then = score(market.inputs(asset, known_at=after)).axes.reindex(days_changed)
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


TABLES: dict[str, Callable[[Inputs, Scores], pd.DataFrame]] = {
    "scores": lambda _, scored: scores(scored),
    "prices": lambda inputs, _: prices(inputs),
    "components": lambda _, scored: components(scored),
}


def between(table: pd.DataFrame, start: date | None = None, end: date | None = None) -> pd.DataFrame:
    """Rows of `table` from `start` to `end`, both included.

    Raises
    ------
    SelectionError
        If `start` lies after `end`.
    """
    if start is not None and end is not None and start > end:
        raise SelectionError(f"the start {start} lies after the end {end}")
    keep = pd.Series(data=True, index=table.index)
    if start is not None:
        keep &= table["date"] >= day(start)
    if end is not None:
        keep &= table["date"] <= day(end)
    return table[keep].reset_index(drop=True)


def to_csv(table: pd.DataFrame) -> str:
    """Write a table as CSV text; the same table gives the same bytes everywhere."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_safe(str(name)) for name in table.columns])
    writer.writerows(zip(*(_cells(table[name]) for name in table.columns), strict=True))
    return out.getvalue()


def _cells(column: pd.Series) -> list[str]:
    known = column.notna().to_numpy()
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        texts = column.dt.strftime("%Y-%m-%d").tolist()
    elif pd.api.types.is_numeric_dtype(column):
        texts = [repr(value) for value in column.tolist()]
    else:
        texts = [_safe(str(value)) for value in column.tolist()]
    return [text if is_known else "" for text, is_known in zip(texts, known, strict=True)]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text

"""The table ``universe``: the reading of several assets, how it moved, and what changed since Friday; those of the watchlist if none is named."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from sentiment.errors import BarsError, InputError, UnknownAssetError
from sentiment.formatting import counted
from sentiment.frames import CARRY_DAYS, day
from sentiment.market import asset_class, assets, history, pasted, watchlist
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.panel import score_panel
from sentiment.scoring.regimes import LAPSES_AFTER, SCORE_DECIMALS
from sentiment.tables.record import ASSET, PRICE, SEVERAL, Column, Table, series_in_rows, text
from sentiment.tables.records import scores

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from sentiment.scoring.inputs import Inputs
    from sentiment.tables.record import TableRequest

CHANGES = (1, 7, 30)
"""Calendar days over which the change of the gap is told."""
_DAYS = LAPSES_AFTER + 35
"""Days that are scored at first; all are where a regime is older."""
_FRIDAY = 4
_OF_SCORES = {column.name: column for column in scores.TABLE.columns}
_COLUMNS = (
    ASSET,
    text("name", "What it is called; its symbol where no name is known."),
    text("kind", "Its kind, which says what its fundamentals are.", ", ".join(asset_class.ASSET_CLASSES)),
    text("as_of", "The last day of its scores; empty where there are none.", "day"),
    Column("close", "Close of that day; empty where none is known.", PRICE, sourced=True),
    text("unit", "Unit of the close."),
    *(_OF_SCORES[name] for name in ("fear", "justified", "gap", "regime")),
    text("since", "The first day of the regime; empty where none is named.", "day"),
    *(
        Column(
            f"gap_change_{counted(days, 'day').replace(' ', '_')}",
            f"The gap less that of {counted(days, 'day')} before, or of its last session before then; empty where either is unknown.",
            "−200 to 200",
        )
        for days in CHANGES
    ),
    text("friday", "The Friday before the latest day of all these assets.", "day"),
    text(
        "regime_on_friday",
        "The regime at the end of that Friday, or of the last session before it; empty where none is named.",
    ),
    text(
        "changed_since_friday",
        "true where the regime differs from that Friday's, or only one of the two can be named; empty where neither can.",
        "true, false",
    ),
    *(_OF_SCORES[f"{axis}_coverage"] for axis in ("fear", "fundamentals")),
    text("missing", "Why there is no reading; empty where there is one."),
)


def universe_table(
    symbols: Iterable[str],
    as_of: date | None = None,
    known_at: datetime | None = None,
    weights: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return the last reading of each asset up to the end of `as_of`, from what was known then: one row an asset, in the order given.

    An asset whose prices end before `as_of` is read on its own last day. One without a reading has a row that says why.
    """
    loaded: dict[str, Inputs | str] = {symbol: load(symbol, as_of, known_at) for symbol in symbols}
    known = [inputs for inputs in loaded.values() if not isinstance(inputs, str)]
    latest = max((inputs.prices.index[-1].date() for inputs in known), default=as_of)
    friday = None if latest is None else latest - timedelta(days=(latest.weekday() - _FRIDAY - 1) % 7 + 1)
    axes = {} if latest is None else dict(_axes(known, latest, dict(weights or {})))
    rows = [
        _row(symbol, axes[symbol], friday, known_at)
        if symbol in axes and friday is not None
        else _missing(symbol, str(inputs))
        for symbol, inputs in loaded.items()
    ]
    return pd.DataFrame(rows, columns=[column.name for column in _COLUMNS])


def load(symbol: str, as_of: date | None, known_at: datetime | None) -> Inputs | str:
    """Return the inputs of an asset on its own last day, or why there are none."""
    try:
        first, last = history.span(symbol, known_at)
        if as_of is not None and as_of < first:
            return f"its prices begin on {first}"
        return load_inputs(symbol, last if as_of is None else min(as_of, last), known_at)
    except InputError as error:
        if known_at is not None:  # the same whether it came later or never
            return f"no prices were saved by {known_at:%Y-%m-%dT%H:%M:%SZ}"
        return "no prices are saved yet" if isinstance(error, UnknownAssetError) else str(error)
    except BarsError as error:
        return error.brief


def _axes(known: Iterable[Inputs], latest: date, weights: dict[str, float]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the scores of each asset's last days, as many as it takes to see its regime begin."""
    known = list(known)
    begins = day(latest - timedelta(days=CARRY_DAYS))
    current = [inputs for inputs in known if inputs.prices.index[-1] >= begins]
    # A panel counts its days from its latest asset: one that ended long before is a panel of its own.
    ended = [[inputs] for inputs in known if inputs.prices.index[-1] < begins]
    for several in filter(None, [current, *ended]):
        whole = {inputs.asset: inputs for inputs in several}
        for block in score_panel(several, weights, _DAYS):
            for asset in block.assets:
                axes = block.axes(asset)
                is_cut = axes.index[0] > whole[asset].prices.index[0]
                if is_cut and _first_of_run(axes["regime"]) == axes.index[0]:
                    (alone,) = score_panel([whole[asset]], weights)
                    axes = alone.axes(asset)
                yield asset, axes


def _first_of_run(regime: pd.Series) -> pd.Timestamp | None:
    """Return the first day of the regime of the last day; None where none is named."""
    if pd.isna(regime.iloc[-1]):
        return None
    others = regime.index[regime.ne(regime.iloc[-1])]
    first: pd.Timestamp = regime.index[regime.index > others[-1]][0] if len(others) else regime.index[0]
    return first


def _row(symbol: str, axes: pd.DataFrame, friday: date, known_at: datetime | None) -> dict[str, Any]:
    last, since = axes.iloc[-1], _first_of_run(axes["regime"])
    then = _reading(axes, day(friday))
    before = None if then is None or pd.isna(then["regime"]) else str(then["regime"])
    now = None if pd.isna(last["regime"]) else str(last["regime"])
    is_told = then is not None and not (before is None and now is None)
    return {
        **_described(symbol, asset_class.asset_class(symbol, known_at)),
        "as_of": f"{axes.index[-1]:%Y-%m-%d}",
        "close": last["close"],
        "unit": assets.unit(symbol, known_at),
        **{
            name: last[name]
            for name in ("fear", "justified", "gap", "regime", "fear_coverage", "fundamentals_coverage")
        },
        "since": None if since is None else f"{since:%Y-%m-%d}",
        **{f"gap_change_{counted(days, 'day').replace(' ', '_')}": _change(axes, days) for days in CHANGES},
        "friday": str(friday),
        "regime_on_friday": before,
        "changed_since_friday": str(now != before).lower() if is_told else None,
    }


def _missing(symbol: str, why: str) -> dict[str, Any]:
    """Return the row of an asset without a reading; its kind is that of its symbol, so that a later save does not change it."""
    return {**_described(symbol, asset_class.class_by_symbol(symbol)), "missing": why}


def _described(symbol: str, kind: str) -> dict[str, Any]:
    return {"asset": symbol, "name": pasted.title(symbol), "kind": kind}


def _reading(axes: pd.DataFrame, moment: pd.Timestamp) -> pd.Series | None:
    """Return the reading of a day, or of the last session before it; None where that is too old to speak for it."""
    rows = axes.loc[:moment]
    if rows.empty or moment - rows.index[-1] > pd.Timedelta(CARRY_DAYS, "D"):
        return None
    return rows.iloc[-1]


def _change(axes: pd.DataFrame, days: int) -> float:
    then = _reading(axes, axes.index[-1] - pd.Timedelta(days, "D"))
    return float("nan") if then is None else round(float(axes["gap"].iloc[-1] - then["gap"]), SCORE_DECIMALS)


def _rows(request: TableRequest) -> pd.DataFrame:
    symbols = watchlist.symbols() if request.assets is None else request.assets
    selection = request.selection
    return universe_table(symbols, selection.as_of, selection.known_at, dict(selection.weights))


TABLE = Table(
    name="universe",
    description="The reading of several assets (asset=BTC-USD~SPY; default: the watchlist), how it moved, and what changed since Friday.",
    row="asset",
    columns=_COLUMNS,
    rows=_rows,
    shows=series_in_rows,
    parameters=(SEVERAL, "as_of", "known_at", "weights"),
    order=36,
)

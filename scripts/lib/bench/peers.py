"""The same, or the nearest, by libraries that people would take instead; none is used by the dashboard.

`polars_scores` is the whole scorer over again. The others work out indicators only, without ranks: each library's nearest to
drawdown, momentum, downside volatility, selling pressure, support and value, with the same windows.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sentiment.models import AXES
from sentiment.scoring.components import registry
from sentiment.scoring.score import SCORE_DECIMALS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sentiment.scoring.components import Component
    from sentiment.scoring.inputs import Inputs


def load(name: str) -> Any:
    """Import a library; what it warns of while it loads is its own business."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module(name)


def polars_scores(many: Sequence[Inputs]) -> Callable[[], tuple[np.ndarray, np.ndarray]]:
    """Prepare the scorer as polars expressions over one long table; it gives fear and fundamentals, asset by asset."""
    pl = load("polars")
    days = len(many[0].prices)
    long = pl.DataFrame(
        {
            "asset": np.repeat(np.arange(len(many)), days),
            **{name: np.concatenate([one.prices[name].to_numpy() for one in many]) for name in ("close", "volume")},
            **{role: np.concatenate([one.series[role].to_numpy() for one in many]) for role in many[0].series},
        }
    ).with_columns(pl.all().fill_nan(None))
    close, volume = pl.col("close"), pl.col("volume")
    loss = (close / close.shift(1)).log().clip(upper_bound=0)
    sign = (close - close.shift(1)).sign()
    above = close / close.shift(21).rolling_min(90) - 1
    near = pl.when(above >= 0).then(1 - above / 0.25).otherwise(1 + above / 0.10).clip(lower_bound=0)
    rate = pl.col("short_rate").forward_fill(limit=7)
    raw = {
        "drawdown": 1 - close / close.rolling_max(90),
        "momentum": 1 - close / close.shift(30),
        "downside_volatility": (loss * loss).rolling_mean(30).sqrt(),
        "selling_pressure": -(sign * volume).rolling_sum(14) / volume.rolling_sum(14),
        "equity_fear": pl.col("equity_volatility").forward_fill(limit=7),
        "value": -(close / close.rolling_mean(1_400)).log(),
        "policy": rate.shift(182) - rate,
        "support": pl.when(above.is_not_null()).then(near).rolling_mean(10),
    }

    def ranked(part: Component) -> Any:
        values = raw[part.name]
        if part.scale:
            low, high = part.scale
            return ((values.round(9) - low) / (high - low) * 100).clip(0, 100)
        window = {"window_size": 730, "min_samples": 365}
        known = values.is_not_null().cast(pl.Float64).rolling_sum(730, min_samples=1)
        return values.round(9).rolling_rank(method="average", **window) / known * 100

    def scored() -> tuple[np.ndarray, np.ndarray]:
        parts = [part for part in registry() if part.name in raw]
        ranks = (
            long.lazy()
            .select(**{part.name: ranked(part).over("asset") for part in parts})
            .with_columns(pl.all().fill_nan(None))
            .collect()
        )
        axes = []
        for axis in AXES:
            mine = [part for part in parts if part.axis == axis]
            points = sum(pl.col(part.name).fill_null(0) * part.weight for part in mine)
            known = sum(pl.col(part.name).is_not_null() * part.weight for part in mine)
            axes.append(ranks.select((points / known).round(SCORE_DECIMALS)).to_series().to_numpy())
        return axes[0], axes[1]

    return scored


def _columns(many: Sequence[Inputs]) -> list[tuple[pd.Series, pd.Series]]:
    return [(one.prices["close"], one.prices["volume"]) for one in many]


def _ta(many: Sequence[Inputs]) -> Callable[[], None]:
    volatility, trend, momentum, volume_of = (
        load(f"ta.{name}") for name in ("volatility", "trend", "momentum", "volume")
    )

    def run() -> None:
        for close, volume in _columns(many):
            volatility.DonchianChannel(close, close, close, window=90).donchian_channel_hband()
            volatility.DonchianChannel(close, close, close, window=90).donchian_channel_lband()
            momentum.ROCIndicator(close, window=30).roc()
            volatility.BollingerBands(close.pct_change(), window=30).bollinger_hband()
            volume_of.ForceIndexIndicator(close, volume, window=14).force_index()
            trend.SMAIndicator(close, window=1_400).sma_indicator()

    return run


def _talib(many: Sequence[Inputs]) -> Callable[[], None]:
    talib = load("talib")

    def run() -> None:
        for close, volume in _columns(many):
            prices, traded = close.to_numpy(), volume.to_numpy()
            talib.MAX(prices, 90)
            talib.MIN(prices, 90)
            talib.ROC(prices, 30)
            talib.STDDEV(prices, 30)
            talib.SUM(np.sign(np.diff(prices, prepend=np.nan)) * traded, 14)
            talib.SUM(traded, 14)
            talib.SMA(prices, 1_400)

    return run


def _pandas_ta(many: Sequence[Inputs]) -> Callable[[], None]:
    library = load("pandas_ta_classic")

    def run() -> None:
        for close, volume in _columns(many):
            library.donchian(close, close, lower_length=90, upper_length=90)
            library.roc(close, 30)
            library.stdev(close, 30)
            library.efi(close, volume, 14)
            library.sma(close, 1_400)

    return run


def _vectorbt(many: Sequence[Inputs]) -> Callable[[], None]:
    library = load("vectorbt")
    close, volume = (pd.DataFrame({one.asset: one.prices[name] for one in many}) for name in ("close", "volume"))

    def run() -> None:
        close.vbt.rolling_max(90)
        close.vbt.rolling_min(90)
        close.vbt.pct_change(30)
        library.MSTD.run(close, 30)
        library.OBV.run(close, volume)
        library.MA.run(close, 1_400)

    return run


def _bottleneck(many: Sequence[Inputs]) -> Callable[[], None]:
    library = load("bottleneck")

    def run() -> None:
        for close, volume in _columns(many):
            prices, traded = close.to_numpy(), volume.to_numpy()
            library.move_max(prices, 90)
            library.move_min(prices, 90)
            library.move_std(np.diff(np.log(prices)), 30)
            library.move_sum(np.sign(np.diff(prices)) * traded[1:], 14)
            library.move_sum(traded, 14)
            library.move_mean(prices, 1_400)

    return run


INDICATORS: dict[str, tuple[str, Callable[[Sequence[Inputs]], Callable[[], None]]]] = {
    "ta": ("ta", _ta),
    "TA-Lib": ("talib", _talib),
    "pandas-ta-classic": ("pandas_ta_classic", _pandas_ta),
    "vectorbt": ("vectorbt", _vectorbt),
    "bottleneck": ("bottleneck", _bottleneck),
}

"""The frozen figures that ship with the project: always available, never fetched."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from sentiment import files
from sentiment.errors import FrameError, UnknownAssetError
from sentiment.frames import every_day, read_bars
from sentiment.models import Asset

if TYPE_CHECKING:
    import pandas as pd

NAME = "bundled figures"  # data/README.md has their terms: they may be passed on


@cache
def _catalog() -> dict[str, dict[str, str]]:
    return tomllib.loads((files.PRICES / "catalog.toml").read_text(encoding="utf-8"))


@cache
def assets() -> dict[str, Asset]:
    """Return every bundled series by symbol, in the order of the catalogue."""
    names = ("title", "unit", "kind", "role", "of")
    return {
        symbol: Asset(symbol, **{name: entry[name] for name in names if name in entry})  # type: ignore[arg-type]
        for symbol, entry in _catalog().items()
    }


@cache
def bars(symbol: str) -> pd.DataFrame:
    """Return the daily bars of a bundled series; treat the frame as read-only.

    A step series (a policy rate) has one row per day, from its first change to the day up to which it was checked.

    Raises
    ------
    UnknownAssetError
        If the symbol is not bundled.
    FrameError
        If its file breaks the frame contract.
    """
    if symbol not in _catalog():
        raise UnknownAssetError(f"no bundled series {symbol!r}; there are: {', '.join(_catalog())}")
    entry = _catalog()[symbol]
    frame = read_bars(files.PRICES / entry["file"])
    if entry["kind"] != "step":
        return frame
    through = date.fromisoformat(entry["through"])
    if through < frame.index[-1].date():
        raise FrameError(f"{entry['file']}: has a step after {through}, the day it was checked up to")
    return frame.reindex(every_day(frame.index[0].date(), through), method="ffill")

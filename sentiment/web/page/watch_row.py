"""A row of the watchlist as HTML: cells in columns on a wide page, each with its name on a phone, where a row is a card.

Only our own words and escaped text are in it.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import pandas as pd

from sentiment.charts.colours import FEAR, FUNDAMENTALS
from sentiment.charts.dumbbell import Reading, small_dumbbell
from sentiment.charts.figures import REGIME_COLOUR, with_alpha
from sentiment.formatting import UNKNOWN, number, plain_day, price, read_day, visible
from sentiment.scoring.score import shown_gap

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS: Final = {
    "kind": "Kind",
    "price": "Price",
    "scale": "Fear and justified fear",
    "gap": "Gap",
    "regime": "Regime",
    "day1": "Gap in 1 day",
    "day7": "Gap in 7 days",
    "day30": "Gap in 30 days",
    "friday": "Since Friday",
    "known": "Coverage",
    "last": "Last day",
}
"""By class of its cells: what each column is called on its own."""
_HEADS: Final = COLUMNS | {
    "scale": '<span class="ends"><span>0 calm</span><span>100 extreme fear</span></span>',
    "day1": '<span class="over">The gap moved in</span>1 day',
    "day7": "7 days",
    "day30": "30 days",
}
KEY: Final = (
    f'<p class="key"><span><i style="background:{FEAR}"></i>fear</span>'
    f'<span><i class="ring" style="border-color:{FUNDAMENTALS}"></i>fear that fundamentals justify</span>'
    "<span>from 0, calm, to 100, extreme fear; the gap lies between them. A name opens the asset on Today.</span></p>"
)


def head() -> str:
    """Return the names of the columns, for those who see them above each other; each cell has its own for all others."""
    cells = [f'<div class="cell {name}">{words}</div>' for name, words in _HEADS.items()]
    return f'<div class="watch head" aria-hidden="true">{"".join(cells)}</div>'


def row(reading: pd.Series) -> str:
    """Return the cells of an asset with a reading.

    Parameters
    ----------
    reading : pandas.Series
        Its row of the table ``universe``.
    """
    is_named = pd.notna(reading["regime"])
    justified = reading["justified"] if is_named else float("nan")
    cells = {
        "kind": escape(str(reading["kind"])),
        "price": f"{price(reading['close'])} <small>{escape(visible(str(reading['unit'])))}</small>",
        "scale": small_dumbbell(Reading("", reading["fear"], justified)),
        "gap": shown_gap(reading) if is_named else UNKNOWN,
        "regime": _regime(reading),
        **{f"day{days}": number(change if is_named else None, "+.0f") for days, change in _changes(reading)},
        "friday": _friday(reading),
        "known": f"fear {number(reading['fear_coverage'], '.0%')} <small>fundamentals {number(reading['fundamentals_coverage'], '.0%')}</small>",
        "last": plain_day(read_day(str(reading["as_of"]))),
    }
    shown = "".join(f'<div class="cell {name}"><b>{COLUMNS[name]}</b>{cell}</div>' for name, cell in cells.items())
    return f'<div class="watch">{shown}</div>'


def without_reading(kind: str, why: str) -> str:
    """Return the cells of an asset that has none."""
    return f'<div class="watch none"><div class="cell kind"><b>Kind</b>{escape(kind)}</div><div class="cell why">{escape(visible(why))}</div></div>'


def _changes(reading: pd.Series) -> Iterable[tuple[int, float]]:
    return ((1, reading["gap_change_1_day"]), (7, reading["gap_change_7_days"]), (30, reading["gap_change_30_days"]))


def _regime(reading: pd.Series) -> str:
    if pd.isna(reading["regime"]):
        return "too little is known"
    regime = str(reading["regime"])
    colour = REGIME_COLOUR.get(regime)
    mark = f'<i style="background:{with_alpha(colour, 0.4)};border-color:{colour}"></i>' if colour else ""
    return f"<span>{mark}{escape(regime)}</span> <small>since {plain_day(read_day(str(reading['since'])))}</small>"


def _friday(reading: pd.Series) -> str:
    changed = reading["changed_since_friday"]
    if pd.isna(changed):
        return UNKNOWN
    if changed == "false":
        return "the same"
    before = reading["regime_on_friday"]
    return f"<strong>changed</strong> <small>was {escape('not named' if pd.isna(before) else str(before))}</small>"

"""Scales of a picture: from values and days to pixels, with ticks at round places."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sentiment.charts import svg
from sentiment.formatting import number, price

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sentiment.charts.svg import Box

TICK = 17
"""Pixels: the size of the words at the axes."""
_MOST_TICKS = 6
_DAY_STEPS, _MONTH_STEPS = (1, 2, 7, 14), (1, 2, 3, 6)
_DAYS_A_MONTH = 30.436875
DAY_ROOM = 112
"""Pixels that the words of a day take."""


class Scale(NamedTuple):
    """A straight or logarithmic scale from the values `low` and `high` to the pixels `start` and `end`."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, values: float | np.ndarray) -> np.ndarray:
        """Return the pixels of values."""
        low, high, given = (np.log10(each) if self.log else each for each in (self.low, self.high, np.asarray(values)))
        share = (given - low) / (high - low)
        return np.asarray(self.start + share * (self.end - self.start))

    def at(self, value: float) -> float:
        """Return the pixel of one value."""
        return float(self(value))


def days_scale(index: pd.DatetimeIndex, box: Box) -> Scale:
    """Return the scale of days, whose values are those of `day_numbers`; a single day stands in the middle."""
    first, last = day_numbers(index[[0, -1]])
    alone = 0.5 if first == last else 0.0
    return Scale(first - alone, last + alone, box.left, box.right)


def day_numbers(index: pd.DatetimeIndex) -> np.ndarray:
    """Return days as numbers."""
    return index.to_numpy("datetime64[D]").astype(float)


def price_scale(values: pd.Series, box: Box, *, log: bool, above: float = 0.06) -> Scale:
    """Return the scale of a panel that holds all values, with some room above and below."""
    low, high = float(values.min()), float(values.max())
    log = log and low > 0  # a yield may be zero or less
    if low == high:
        room = abs(low) * 0.05 or 1.0
        return Scale(low - room, high + room, box.bottom, box.top)
    if log:
        return Scale(low * (low / high) ** 0.05, high * (high / low) ** above, box.bottom, box.top, log=True)
    return Scale(low - 0.05 * (high - low), high + above * (high - low), box.bottom, box.top)


def value_ticks(low: float, high: float, *, log: bool = False, most: int = _MOST_TICKS) -> list[float]:
    """Return at most `most` round values between two: multiples of 1, 2 or 5 times a power of ten."""
    if log and high / low > 10:  # noqa: PLR2004 - a power of ten
        powers = range(floor(log10(low)), ceil(log10(high)) + 1)
        for leads in ((1, 2, 5), (1, 3), (1,)):
            ticks = [lead * 10.0**power for power in powers for lead in leads]
            inside = [tick for tick in ticks if low <= tick <= high]
            if len(inside) <= most:
                return inside
        return inside[:: ceil(len(inside) / most)]
    step = next(
        lead * 10.0**power
        for power in range(floor(log10((high - low) / most)), 400)
        for lead in (1, 2, 5)
        if floor(high / (lead * 10.0**power)) - ceil(low / (lead * 10.0**power)) < most
    )
    return [place * step for place in range(ceil(low / step), floor(high / step) + 1)]


def day_ticks(first: pd.Timestamp, last: pd.Timestamp, most: int) -> list[tuple[pd.Timestamp, str]]:
    """Return days to mark between two, each with its words: days, the first of months, or of years."""
    days = (last - first).days
    for step in _DAY_STEPS:
        if days / step < most:
            return [(moment, f"{moment.day} {moment:%b}") for moment in pd.date_range(first, last, freq=f"{step}D")]
    months = pd.date_range(first.normalize(), last, freq="MS")
    for step in _MONTH_STEPS:
        if days / _DAYS_A_MONTH / step <= most:
            return [(moment, f"{moment:%b %Y}") for moment in months if (moment.month - 1) % step == 0]
    years = [moment for moment in months if moment.month == 1]
    step = ceil(len(years) / most)
    return [(moment, f"{moment:%Y}") for moment in years if moment.year % step == 0]


def days_axis(index: pd.DatetimeIndex, box: Box, *, labels: bool = True) -> list[str]:
    """Draw the grid of the days through a panel, with the words below it."""
    scale, parts = days_scale(index, box), []
    most = max(2, int(box.width // DAY_ROOM))
    for moment, words in day_ticks(index[0].tz_localize(None), index[-1].tz_localize(None), most):
        x = scale.at(float(day_numbers(pd.DatetimeIndex([moment]))[0]))
        parts.append(svg.rule((x, box.top), (x, box.bottom)))
        half = svg.width_of(words, TICK) / 2
        if labels and box.left - 40 <= x - half and x + half <= box.right + 40:
            parts.append(svg.text(x, box.bottom + TICK + 6, words, TICK, anchor="middle", colour=svg.SOFT))
    return parts


def values_axis(scale: Scale, box: Box, ticks: Iterable[float] | None = None, form: str = "") -> list[str]:
    """Draw the grid of the values through a panel, with the words left of it; prices unless `form` is a number's."""
    parts = []
    if ticks is None:
        ticks = value_ticks(scale.low, scale.high, log=scale.log)
    for value in ticks:
        y = scale.at(value)
        words = number(value, form) if form else price(value)
        parts += [
            svg.rule((box.left, y), (box.right, y)),
            svg.text(box.left - 10, y + TICK / 3, words, TICK, anchor="end", colour=svg.SOFT),
        ]
    return parts

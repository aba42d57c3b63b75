"""The things this product speaks of, as frozen records without behaviour beyond what follows from their own fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Axis = Literal["fear", "fundamentals"]
Weights = tuple[tuple[str, float], ...]  # by component, those that differ from its own
SEED = 1994  # of every resample, unless a link names another; the year of the stationary bootstrap
AXES: tuple[Axis, ...] = ("fear", "fundamentals")


class Regime(StrEnum):
    """What the gap between the axes says; the text is what people read."""

    FEAR_OUTWEIGHS = "fear outweighs fundamentals"
    COMPLACENT = "complacent"
    IN_BALANCE = "in balance"


class Status(StrEnum):
    """How a call stands, as of a date."""

    PENDING = "pending"
    HIT = "hit"
    MISS = "miss"
    INVALIDATED = "invalidated"
    UNGRADABLE = "ungradable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A series on offer: its symbol, what it is, its unit, and how its days fall."""

    symbol: str
    title: str
    unit: str
    kind: Literal["daily", "exchange", "step"]
    role: str
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """How a claim can be measured on a stored series: ``measure(series, start..end) operator value``.

    ``basis`` says whether closes decide or the day's highs and lows are needed. Values of returns and drawdowns are
    fractions; of the others, the series' own unit.
    """

    kind: Literal["close", "drawdown", "maximum drawdown", "return", "relative return", "minimum", "maximum"]
    series: str
    end: date
    operator: Literal["<", "<=", "=", ">=", ">"]
    value: float
    start: date | None = None
    tolerance: float = 0.0
    other: str | None = None
    basis: Literal["close", "intraday"] = "close"


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact that a note states, with the check that could show it true or false (None: in words only)."""

    text: str
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A stored figure that a verdict rests on: which column of which series on which day."""

    series: str
    column: str
    day: date
    value: float


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Result of a check: the answer, the measured value, the note's day, how it was measured and the rows that show it."""

    answer: Literal["true", "false", "not checkable"]
    measured: float | None
    as_of: date
    reason: str
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A forecast of a note, precise enough to be graded.

    ``direction`` is judged by the close at the end; ``floor`` and ``ceiling`` name a range that closes are called to
    keep. ``target`` is a level that a rise or fall is called to reach by then: a close at or beyond it, or with
    ``basis="intraday"`` a day's high or low that touches it. ``invalidation`` is a level whose close on the other side
    ends the call. ``end`` (a date) or ``days`` (after the first close) sets the horizon; ``fixed`` says that the publisher
    named none and one of our own standard horizons is used.
    """

    asset: str
    text: str
    direction: Literal["up", "down", "range"]
    end: date | None = None
    days: int | None = None
    fixed: bool = False
    floor: float | None = None
    ceiling: float | None = None
    target: float | None = None
    invalidation: float | None = None
    basis: Literal["close", "intraday"] = "close"
    probability: float | None = None

    def last_day(self, published: date) -> date:
        """Day whose close decides the call; `published` is the day of the first close after publication."""
        if self.end is not None:
            return self.end
        return published + timedelta(days=self.days or 0)

    @property
    def sign(self) -> int:
        """+1 where a follower gains from a rise, -1 from a fall, 0 for a range closed on both sides."""
        if self.direction == "range":
            return (self.floor is not None) - (self.ceiling is not None)
        return 1 if self.direction == "up" else -1

    def ends(self, close: pd.Series) -> pd.Series:
        """Whether each close decides the call before its horizon: leaves the range, reaches the target or invalidates."""
        if self.direction == "range":
            return ~self.inside(close)
        never = float("inf")
        reached = self.sign * close >= (never if self.target is None else self.sign * self.target)
        return reached | (self.sign * close < (-never if self.invalidation is None else self.sign * self.invalidation))

    def inside(self, close: pd.Series) -> pd.Series:
        """Whether each close keeps the range; always, where there is none."""
        low = -float("inf") if self.floor is None else self.floor
        high = float("inf") if self.ceiling is None else self.ceiling
        return (close >= low) & (close <= high)


@dataclass(frozen=True, slots=True)
class Level:
    """A price that a note names as support or resistance, in the asset's unit."""

    asset: str
    price: float
    role: Literal["support", "resistance"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that a note reports, in its own unit; shown as the publisher's own, never scored."""

    label: str
    value: float
    unit: str
    period: str
    second_source: bool = False


@dataclass(frozen=True, slots=True)
class Override:
    """A field that a person set in place of what the rules read: what they had read, who set it, when and why."""

    field: str
    read: str
    who: str
    when: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Note:
    """A research note: who said what, when, with which claims and calls; the body is in our own words."""

    id: str
    title: str
    publisher: str
    author: str
    published: datetime
    precision: Literal["minute", "day", "month"]
    source: str
    assets: tuple[str, ...]
    themes: tuple[str, ...]
    stance: Literal["bullish", "bearish", "neutral"]
    conviction: float
    body: str
    tone: float | None = None
    source_url: str | None = None
    claims: tuple[Claim, ...] = ()
    calls: tuple[Call, ...] = ()
    levels: tuple[Level, ...] = ()
    metrics: tuple[Metric, ...] = ()
    overrides: tuple[Override, ...] = ()

    @property
    def day(self) -> date:
        """UTC day of publication: the note is known at this day's close and not before."""
        return self.published.date()


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that one asset's components may look at, on one daily UTC index that ends at the date shown.

    Attributes
    ----------
    asset : str
        Symbol of the asset.
    prices : pandas.DataFrame
        ``close`` and, where known, ``open high low volume``; one row a day, gaps NaN. ``total_return`` is the close with
        dividends put back in, ``carried`` marks days without a session.
    series : mapping of str to pandas.Series
        The other series by role (``future``, ``equity_volatility``, ``short_rate``, ``funding_rate``), aligned to the
        same index, not carried: NaN where no bar closed. A role without data is absent.
    notes : tuple of Note
        Notes about the asset that were published by the end of the index.
    known_at : datetime or None
        The instant whose saved prices these are; None for those of now.
    """

    asset: str
    prices: pd.DataFrame
    series: Mapping[str, pd.Series]
    notes: tuple[Note, ...] = ()
    known_at: datetime | None = None

    def role(self, name: str) -> pd.Series:
        """Series that plays a role for this asset; all NaN where the data at hand have none."""
        return self.series[name] if name in self.series else pd.Series(float("nan"), self.prices.index)

    @property
    def closes(self) -> pd.Series:
        """Closes to measure returns on: with dividends put back in where there are any."""
        return self.prices.get("total_return", self.prices["close"])

    def column(self, name: str) -> pd.Series:
        """Column of the asset's own bars; all NaN where the data at hand have none."""
        return self.prices[name] if name in self.prices else self.prices["close"] * float("nan")


@dataclass(frozen=True, slots=True)
class Component:
    """One scored part: how it is computed and what a reader needs to judge it.

    ``raw`` gives a daily series in which higher means more fear (or stronger fundamentals), NaN where unknown; an empty
    answer is all NaN. ``ranked`` parts are ranked inside their own trailing window; the others are mapped from -1..1 to
    0..100 as they are. ``display`` formats a raw value for the eye; where ``turned``, the figure that people know is the
    raw value with its sign turned back (a return, a rate, a premium).
    """

    name: str
    title: str
    axis: Axis
    weight: float
    meaning: str
    formula: str
    unit: str
    source: str
    direction: str
    raw: Callable[[Inputs], pd.Series]
    display: str
    ranked: bool = True
    turned: bool = False

    def show(self, raw: float) -> str:
        """Write a raw value as the figure that people know."""
        return self.display.format(-raw if self.turned else raw).replace("-", "−")


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """How a call came out, by closes known at ``as_of``; returns are fractions, None where not known, never NaN.

    ``touched`` and ``closed_beyond`` are the first days on which the target was reached. ``base_rate`` is the share of
    equally long stretches before the reference that came out as called, ``base_return`` their mean return. ``revised`` is
    the grade by the prices as the vendor has them now, where that differs from the grade when the horizon ended.
    """

    status: Status
    reference_date: date | None
    reference: float | None
    last_day: date
    measured_to: date | None = None
    forward_return: float | None = None
    max_adverse: float | None = None
    max_favourable: float | None = None
    share_inside: float | None = None
    touched: date | None = None
    closed_beyond: date | None = None
    base_rate: float | None = None
    base_return: float | None = None
    reason: str = ""
    revised: CallOutcome | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What the viewer chose. The defaults are what a link leaves out; ``as_of=None`` follows the latest bar.

    ``known_at`` shows prices as they were saved at that instant, before any later revision; None means now.
    """

    asset: str = "BTC-USD"
    view: str = "Overview"
    chart: str | None = None
    range: str = "2Y"
    as_of: date | None = None
    known_at: datetime | None = None
    log: bool = True
    note: str | None = None
    correct: str | None = None
    find: str = ""
    publisher: str | None = None
    theme: str | None = None
    about: str | None = None
    since: date | None = None
    series: str = "Regimes"
    horizon: int = 30
    seed: int = SEED
    weights: Weights = ()


@dataclass(frozen=True, slots=True)
class Series:
    """A series that can play a role for an asset; ``scale`` turns its unit into ours.

    One that is ``live_only`` is not bundled, one that is ``bundled_only`` is not fetched.
    """

    symbol: str
    title: str
    scale: float = 1.0
    live_only: bool = False
    bundled_only: bool = False


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the prices on screen come from: the source, its last bar and what is known of its age."""

    source: str
    last_bar: date
    last_bars: Mapping[str, date] = field(default_factory=dict)
    fetched_at: datetime | None = None

"""Records that several rooms share: frozen, with no behaviour beyond what follows from their own fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

METHOD = 3  # of scoring; it changes with any formula, and a pinned link names it
Axis = Literal["fear", "fundamentals"]
Weights = tuple[tuple[str, float], ...]  # by component; those that differ from its own
SEED = 1994  # of redrawn weights; the seed of a link is accepted and has no effect
AXES: tuple[Axis, ...] = ("fear", "fundamentals")
BUNDLED = "bundled"  # the collection of the bundled notes
STANCE_SIGN = {"bullish": 1, "bearish": -1, "neutral": 0}


class Regime(StrEnum):
    """What the gap says; the value is the text on screen."""

    FEAR_OUTWEIGHS = "fear outweighs fundamentals"
    COMPLACENT = "complacent"
    IN_BALANCE = "in balance"


class Status(StrEnum):
    """The status of a call, as of a date."""

    PENDING = "pending"
    HIT = "hit"
    MISS = "miss"
    INVALIDATED = "invalidated"
    UNGRADABLE = "ungradable"


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset or series: its symbol, title and unit, and whether its bars come daily, on exchange days, or as steps."""

    symbol: str
    title: str
    unit: str
    kind: Literal["daily", "exchange", "step"]
    role: str
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """How to measure a claim: ``kind(series, start..end) operator value``, by closes or (``basis``) by highs and lows.

    Values of returns and drawdowns are fractions, others in the unit of the series.
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
    """A fact that a note states, with the check that can confirm or refute it (None: in words only)."""

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

    ``direction`` is decided by the close at the end. ``floor`` and ``ceiling`` bound a range for every close, or with ``at_end`` for the
    last one alone. ``target`` is a level
    to be reached by the end: by a close, or with ``basis="intraday"`` by a day's high or low. A close beyond ``invalidation`` ends
    the call. ``end`` (a date) or ``days`` (after the first close) is the horizon; ``fixed`` marks one of our standard horizons, used
    where the publisher named none. ``proposed_by`` names the model that proposed the call to the person who saved it; empty for
    one that the rules or a person found.
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
    at_end: bool = False
    proposed_by: str = ""

    def last_day(self, published: date) -> date:
        """Return the day whose close decides the call; `published` is the day of the first close after publication."""
        if self.end is not None:
            return self.end
        return published + timedelta(days=self.days or 0)

    @property
    def sign(self) -> int:
        """+1 if a follower gains from a rise, -1 if from a fall, 0 for a range with both bounds."""
        if self.direction == "range":
            return (self.floor is not None) - (self.ceiling is not None)
        return 1 if self.direction == "up" else -1

    def ends(self, close: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return whether each close decides the call early: leaves the range, reaches the target or invalidates it."""
        if self.direction == "range":
            return ~self.inside(close) & (not self.at_end)
        target = float("inf") if self.target is None else self.sign * self.target
        invalidation = -float("inf") if self.invalidation is None else self.sign * self.invalidation
        return (self.sign * close >= target) | (self.sign * close < invalidation)

    def inside(self, close: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return whether each close is inside the range; True without one."""
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
    """A figure that a note reports, in its own unit; shown as the publisher's, never scored."""

    label: str
    value: float
    unit: str
    period: str
    second_source: bool = False


@dataclass(frozen=True, slots=True)
class Override:
    """A field that a person set instead of what the rules had read: the value read, and who set it, when and why."""

    field: str
    read: str
    who: str
    when: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Note:
    """A research note: who published what and when, with its claims and calls; the body is our own summary.

    ``collection`` names the archive that it came with, collected when outcomes were known; None for a note of its time.
    ``author`` and ``source`` are empty where nobody named them.
    """

    id: str
    title: str
    publisher: str
    author: str = field(default="", kw_only=True)
    published: datetime
    precision: Literal["minute", "day", "month"]
    source: str = field(default="", kw_only=True)
    assets: tuple[str, ...]
    themes: tuple[str, ...]
    stance: Literal["bullish", "bearish", "neutral"]
    conviction: float
    body: str
    tone: float | Literal["unread"] | None = None
    source_url: str | None = None
    claims: tuple[Claim, ...] = ()
    calls: tuple[Call, ...] = ()
    levels: tuple[Level, ...] = ()
    metrics: tuple[Metric, ...] = ()
    overrides: tuple[Override, ...] = ()
    collection: str | None = None

    @property
    def day(self) -> date:
        """UTC day of publication."""
        return self.published.date()


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """How a call came out, by closes known at ``as_of``; returns are fractions, None where not known, never NaN.

    ``touched`` and ``closed_beyond`` are the first days on which the target was reached. ``base_rate`` is the share of
    equally long stretches before the reference that came out as called, ``base_return`` their mean return. ``revised`` is
    the grade by the prices as the vendor has them now, where that differs from the grade when the horizon ended.
    ``stopped_return`` is the return at the close that invalidated the call, None for any other. ``chance`` is the probability
    that a driftless random walk with the ``volatility`` of the 30 days to the reference makes the call come true; the
    volatility is a standard deviation of log returns over one calendar day.
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
    stopped_return: float | None = None
    chance: float | None = None
    volatility: float | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What the viewer chose. ``as_of`` None follows the latest bar; ``known_at`` shows prices as saved at that instant.

    ``assets`` are those to compare, the selected one first; None leaves the choice to the comparison. ``zoom`` is the first and the last
    day in sight on the chart over time; None shows its whole range.
    """

    asset: str = "BTC-USD"
    view: str = "Today"
    chart: str | None = None
    range: str = "2Y"
    zoom: tuple[date, date] | None = None
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
    call: str | None = None
    outcome: str | None = None
    called: str | None = None
    caller: str | None = None
    among: str | None = None
    series: str = "Regimes"
    horizon: int = 30
    seed: int = SEED
    weights: Weights = ()
    assets: tuple[str, ...] | None = None

"""What a rule says of finished days; it needs neither a clock nor a disk.

A rule holds on a day or does not. It speaks on the day on which it begins to hold, judged by what was heard before: a figure that is revised
afterwards neither repeats nor takes back what was told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from sentiment.formatting import counted, number, plain_day, price, visible
from sentiment.frames import CARRY_DAYS, day
from sentiment.scoring.regimes import SCORE_DECIMALS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sentiment.web.happenings import Happening

COLUMNS = {"fear": "fear", "justified": "justified", "gap": "gap", "price": "close"}
SCALES = {"fear": (0.0, 100.0), "justified": (0.0, 100.0), "gap": (-100.0, 100.0)}
"""Where a figure lies; a level elsewhere would never speak, or always hold."""
CALLS = {"call graded": "graded", "call due": "due"}
MOST_HEARD = 500
"""Calls of an asset that a rule remembers to have told."""
LATE = timedelta(days=7)
"""How long after its day a graded call may come to be known and still be told."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the file.

    Attributes
    ----------
    place : str
        Where it stands, such as ``rule 2, line 14``.
    what : str
        One of `COLUMNS`, ``regime`` or one of `CALLS`.
    test : str
        ``above``, ``below``, ``enters``, ``leaves`` or ``changes_by``; empty for any change of regime and for calls.
    bounds : tuple of float
        The level, the two ends of the band, or the size of the change: points, and for the price percent.
    regime : str
        The regime that is entered or left.
    asset : str or None
        None for every asset of the watchlist.
    in_days, cooldown_days : int
        Days of a change; days that must lie between two alerts of the rule on one asset.
    channel : str
        The only channel that the rule speaks to; empty for all.
    """

    place: str
    what: str
    test: str = ""
    bounds: tuple[float, ...] = ()
    regime: str = ""
    asset: str | None = None
    in_days: int = 0
    cooldown_days: int = 0
    channel: str = ""

    def key(self, asset: str) -> str:
        """Return what the rule is called for an asset; two rules with the same words and channel are the same rule."""
        return f"{asset}: {self.words}{f', to {self.channel}' * bool(self.channel)}"

    @property
    def name(self) -> tuple[str | None, str, str]:
        """What makes it another rule than the rest of its file: asset, words and channel, but not how often it may repeat."""
        return self.asset, self.words, self.channel

    @property
    def words(self) -> str:
        """The rule in words."""
        if self.what in CALLS:
            return f"a call is {CALLS[self.what]}"
        if self.what == "regime":
            return {
                "": "the regime changes",
                "enters": f"the regime becomes “{self.regime}”",
                "leaves": f"the regime is no longer “{self.regime}”",
            }[self.test]
        levels = [f"{bound:,.10g}".replace("-", "−") for bound in self.bounds]
        if self.test == "changes_by":
            unit = "%" if self.what == "price" else " points"
            return f"{self.what} changes by {levels[0]}{unit} or more in {counted(self.in_days, 'day')}"
        if self.test in {"above", "below"}:
            return f"{self.what} crosses {self.test} {levels[0]}"
        return f"{self.what} {self.test} {' to '.join(levels)}"


class State(NamedTuple):
    """What a rule has heard of an asset.

    Attributes
    ----------
    day : date
        The last day.
    holds : bool or str
        Whether the rule held on it; the regime for a rule of any change.
    told : date or None
        The last day that was told.
    since : date or None
        For calls, the first day heard: nothing up to it is told.
    heard : tuple of str
        For calls, the identities that were told.
    """

    day: date
    holds: bool | str = False
    told: date | None = None
    since: date | None = None
    heard: tuple[str, ...] = ()


class Alert(NamedTuple):
    """What a rule says of an asset on a day, and to which channel; to all of them if that is empty."""

    asset: str
    rule: str
    day: date
    reason: str
    channel: str = ""


def conditions(rule: Rule, axes: pd.DataFrame) -> pd.Series:
    """Return whether a rule holds, by day, or the regime for a rule of any change; days on which that is unknown are left out.

    Parameters
    ----------
    rule : Rule
        Not one of calls.
    axes : pandas.DataFrame
        As in `Scores`; a row depends on no later one.
    """
    if rule.what == "regime":
        regime = axes["regime"].dropna()
        if not rule.test:
            return regime
        return regime.eq(rule.regime) if rule.test == "enters" else regime.ne(rule.regime)
    value = _figures(rule, axes)
    if rule.test == "changes_by":
        return _moves(rule, value).abs().ge(rule.bounds[0])
    if rule.test == "above":
        return value.gt(rule.bounds[0])
    if rule.test == "below":
        return value.lt(rule.bounds[0])
    low, high = rule.bounds
    inside = value.between(low, high)
    return inside if rule.test == "enters" else ~inside


def _figures(rule: Rule, axes: pd.DataFrame) -> pd.Series:
    """Return the figures of a rule on the days on which they are known, and of fundamentals on those on which the page sets fear against them."""
    named = axes if rule.what in {"fear", "price"} else axes.dropna(subset=["regime"])
    return named[COLUMNS[rule.what]].dropna()


def _moves(rule: Rule, value: pd.Series) -> pd.Series:
    """Return how far a figure moved over the rule's days, in points, or in percent for the price; NaN is left out."""
    earlier = _earlier(value, rule.in_days)
    moved = (value / earlier - 1) * 100 if rule.what == "price" else value - earlier
    return moved.dropna().round(SCORE_DECIMALS)


def _earlier(value: pd.Series, days: int) -> pd.Series:
    """Return the figure so many days before each day, or the last one before that, if it is not too old."""
    then = pd.DatetimeIndex(value.index) - pd.Timedelta(days, "D")
    found = value.reindex(then, method="ffill", tolerance=pd.Timedelta(CARRY_DAYS, "D"))
    return found.set_axis(value.index)


def begins(holds: pd.Series, state: State | None, cooldown_days: int = 0) -> tuple[State | None, list[date]]:
    """Go through the days since the last one heard, that one included, and return the new state and the days to tell.

    Without a state nothing is told: the last day is where hearing begins. A day that was heard is looked at again, since its figures may
    have become complete; a rule that held on it goes on holding.

    Parameters
    ----------
    holds : pandas.Series
        From `conditions`.
    state : State or None
    cooldown_days : int
    """
    if holds.empty:
        return state, []
    if state is None:
        return _first(holds.iloc[-1:]), []
    told = []
    for moment, value in holds.loc[day(state.day) :].items():
        current, now = _date(moment), value if isinstance(value, str) else bool(value)
        if current == state.day and state.holds is True and not now:
            continue
        is_due = state.told is None or (current - state.told).days >= max(cooldown_days, 1)
        speaks = now is not False and now != state.holds and is_due
        if speaks:
            told.append(current)
        state = State(current, now, current if speaks else state.told)
    return state, told


def _date(moment: object) -> date:
    return pd.Timestamp(moment).date()  # type: ignore[arg-type]


def _first(holds: pd.Series) -> State:
    """Return the state after the first of these days."""
    value = holds.iloc[0]
    return State(_date(holds.index[0]), value if isinstance(value, str) else bool(value))


def begun(rule: Rule, axes: pd.DataFrame, since: date) -> State | None:
    """Return the state of a rule of readings that has heard the days up to `since`, or the first day if there are none."""
    holds = conditions(rule, axes)
    before = holds.loc[: day(since)].iloc[-1:]
    return None if holds.empty else _first(before if len(before) else holds)


def of_readings(rule: Rule, asset: str, axes: pd.DataFrame, state: State | None) -> tuple[State | None, list[Alert]]:
    """Return what a rule of readings has to say of an asset since it was last heard, and its new state."""
    state, days = begins(conditions(rule, axes), state, rule.cooldown_days)
    return state, [Alert(asset, rule.words, each, reason(rule, axes, each), rule.channel) for each in days]


def of_calls(
    rule: Rule, asset: str, happenings: Iterable[Happening], last: date, state: State | None
) -> tuple[State, list[Alert]]:
    """Return what a rule of calls has to say of an asset since it was last heard, and its new state.

    Parameters
    ----------
    rule : Rule
    asset : str
    happenings : iterable of Happening
    last : date
        The asset's last day.
    state : State or None
    """
    if state is None or state.since is None:
        return State(last, since=last), []
    earliest = max(state.since, state.day - LATE)
    found = [one for one in happenings if one.kind == CALLS[rule.what] and earliest < one.day <= last]
    fresh = [one for one in found if one.identity not in state.heard]
    kept = (*state.heard, *(one.identity for one in fresh))[-MOST_HEARD:]
    told = [
        Alert(asset, rule.words, one.day, f"{visible(' '.join(one.text.split()))} ({plain_day(one.day)})", rule.channel)
        for one in reversed(fresh)
    ]
    return state._replace(day=max(last, state.day), heard=kept), told


def reason(rule: Rule, axes: pd.DataFrame, when: date) -> str:
    """Say what happened on the day on which a rule of readings began to hold: the figure, and the one before."""
    if rule.what == "regime":
        regime = axes["regime"].dropna().loc[: day(when)]
        before = f", after “{regime.iloc[-2]}”" if len(regime) > 1 else ""
        return f"{rule.words}: “{regime.iloc[-1]}” on {plain_day(when)}{before}"
    value = _figures(rule, axes).loc[: day(when)]
    if rule.test == "changes_by":
        earlier = plain_day(when - timedelta(days=rule.in_days))
        then = f"{_shown(rule, _earlier(value, rule.in_days).iloc[-1])} on {earlier}"
    else:
        then = f"after {_shown(rule, value.iloc[-2])}" if len(value) > 1 else ""
    return ", ".join(filter(None, (f"{rule.words}: {_shown(rule, value.iloc[-1])} on {plain_day(when)}", then)))


def _shown(rule: Rule, value: float) -> str:
    return price(value) if rule.what == "price" else number(value, "+.1f" if rule.what == "gap" else ".1f")

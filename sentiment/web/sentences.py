"""Sentences that both the dashboard and the report show, in the dashboard's Markdown: ``**words**`` are strong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from sentiment import frames
from sentiment.formatting import counted, length, number, plain_day, share
from sentiment.frames import CARRY_DAYS
from sentiment.market import assets
from sentiment.models import AXES
from sentiment.scoring.components import registry
from sentiment.scoring.regimes import (
    BEGINS_AT,
    DAYS_TO_BEGIN,
    ENDS_BELOW,
    LEAST_COVERAGE,
    LEAST_PARTS,
    LEAST_SOURCES,
    MIDDLE,
)
from sentiment.scoring.score import NOT_APPLYING, unranked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sentiment.models import CallOutcome
    from sentiment.scoring.inputs import Inputs
    from sentiment.scoring.score import Scores

_ORDINAL = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}
CHANGE_DAYS = 30
_STRONGEST = 3
NOT_ADVICE = "A description of the market, not advice. These scores have not been shown to predict returns."
LIMITS = (
    "The scores describe. The evidence says, with intervals, whether such readings were worth anything.",
    "The parts and weights are our choice. They were not fitted to returns, and other choices give other scores.",
    "The parts of an axis move together, so an axis rests on fewer separate facts than it has parts.",
    "Ranks compare with the last two years only: a long calm makes small troubles look large.",
    "Tone, stance and conviction of the notes are readings of ours, by rules or by hand, and open to correction.",
    "Closes only: what happened within a day is not seen.",
)

REGIME_RULE = (
    f"Fear outweighs fundamentals from the {_ORDINAL[DAYS_TO_BEGIN]} day in a row with a gap of +{BEGINS_AT:g} or more and fear above "
    f"{MIDDLE:g}, until the first day with a gap below +{ENDS_BELOW:g} or with fear of {MIDDLE:g} or less. The market is complacent from the "
    f"{_ORDINAL[DAYS_TO_BEGIN]} day in a row with a gap of −{BEGINS_AT:g} or less and fear below {MIDDLE:g}, until the first day with a gap above "
    f"−{ENDS_BELOW:g} or with fear of {MIDDLE:g} or more. A regime that is not renewed within a year ends. Otherwise the two are in balance."
)
FOOTING = (
    f"A regime is named where each axis rests on at least {LEAST_COVERAGE:.0%} of the weight that applies to the asset, on "
    f"{LEAST_PARTS} parts and on {LEAST_SOURCES} sources. The asset's own prices are one source."
)
GLOSSARY = {
    "fear": "how afraid the market acts, from 0 (calm) to 100 (extreme fear): the weighted mean of its parts, most of them ranked among "
    "their own last two years.",
    "justified": "the fear that fundamentals justify: 100 less their score. Strong fundamentals justify little fear.",
    "gap": "fear less justified, in points. Above zero, the market is more afraid than fundamentals justify.",
    "regime": f"a gap of {BEGINS_AT:g} points or more that has lasted: fear outweighs fundamentals, or the market is complacent. "
    "Otherwise the two are in balance.",
    "coverage": "how much of the weight that applies to the asset is known that day. What is missing is left out, never guessed.",
    "hindsight": "a call that was saved or changed here only after the first close that followed its publication. It is shown, and it counts in "
    "no record.",
}


def chance(outcome: CallOutcome) -> str:
    """Return the chance that a random walk gave a call, with the volatility behind it; empty where none is known."""
    if outcome.chance is None:
        return ""
    return f"{share(outcome.chance)} for a random walk without drift, moving {number(outcome.volatility, '.1%')} a day as in the 30 days before"


def regime_since(regime: pd.Series) -> str:
    """Return since when the regime of the last day has lasted, or that none is known.

    Parameters
    ----------
    regime : pandas.Series
        Regimes by day, the days without one NaN.
    """
    today = regime.iloc[-1]
    if pd.isna(today):
        return "Too little is known to name one."
    others = regime[regime.ne(today)]
    first = regime.loc[others.index[-1] :].index[1] if len(others) else regime.index[0]
    return f"since {plain_day(first)}"


def left_out(inputs: Inputs) -> str:
    """Return how many notes were saved too late for every reading so far; empty if none was."""
    if not (count := inputs.left_out):
        return ""
    return counted(
        count,
        "of its notes was saved here only later, so no reading up to that day uses it.",
        "of its notes were saved here only later, so no reading up to that day uses them.",
    )


def missing_parts(scored: Scores) -> str:
    """Return which parts that apply had no rank on the last day, and why, in a sentence for each axis that lacks one."""
    reasons = {name: why for name, why in unranked(scored).items() if why != NOT_APPLYING}
    coverage = scored.axes.iloc[-1]
    sentences = []
    for axis in AXES:
        titles: dict[str, list[str]] = {}
        for part in registry():
            if part.axis == axis and part.name in reasons and scored.applying[part.name] > 0:
                titles.setdefault(reasons[part.name], []).append(part.title.lower())
        without = "; ".join(f"{reason} for {', '.join(titles[reason])}" for reason in sorted(titles, reverse=True))
        if without:
            share = f"{coverage[f'{axis}_coverage']:.0%}"
            sentences.append(f"**{axis.capitalize()}** rests on {share} of the weight that applies; {without}.")
    return " ".join(sentences)


def not_applying(scored: Scores) -> str:
    """Return which parts do not apply to the asset; empty if all do."""
    titles = [part.title.lower() for part in registry() if not scored.applies(part)]
    return f"Not for this kind of asset: {', '.join(titles)}." if titles else ""


def changes(scored: Scores, days: int = CHANGE_DAYS) -> str:
    """Return since when the regime stands, and how price, fear and justified fear moved over the last days."""
    axes = scored.axes
    last, earlier = axes.iloc[-1], axes.loc[: axes.index[-1] - pd.Timedelta(days, "D")]
    parts = []
    if pd.notna(last["regime"]):
        parts.append(f"**{str(last['regime']).capitalize()}** {regime_since(axes['regime'])}")
    if len(earlier):
        then = earlier.iloc[-1]
        shown = ("fear", "justified") if pd.notna(last["regime"]) else ("fear",)
        moves = [f"{column} {number(last[column] - then[column], '+.0f')}" for column in shown]
        price = f"price {number(last['close'] / then['close'] - 1, '+.1%')}"
        parts.append(f"In {days} days: {', '.join((price, *moves))}")
    return "".join(f"{part}. " for part in parts).rstrip()


def footing(scored: Scores, last_bars: Iterable[date]) -> str:
    """Return how many of the parts that apply each axis rests on, and how old the oldest figure among them is.

    Parameters
    ----------
    scored : Scores
    last_bars : iterable of datetime.date
        The last day of each series behind the scores.
    """
    last, as_of = scored.rank.iloc[-1], scored.axes.index[-1].date()
    counts = []
    for axis in AXES:
        applying = [part.name for part in registry() if part.axis == axis and scored.applying[part.name] > 0]
        if applying:
            counts.append(f"{int(last[applying].notna().sum())} of {len(applying)} parts of {axis}")
    if not counts:
        return ""
    oldest = max((age for bar in last_bars if 0 <= (age := (as_of - bar).days) <= CARRY_DAYS), default=0)
    lag = f"; the oldest figure is {length(oldest)} older than the price" if oldest else ""
    return f"{' and '.join(counts)} are known{lag}."


def chart_hint(marked: pd.Series, first: pd.Timestamp, zoom: tuple[date, date] | None) -> str:
    """Return what can be done with the chart of price and scores.

    Parameters
    ----------
    marked : pandas.Series
        The days of the notes.
    first : pandas.Timestamp
        The first day of the chart.
    zoom : tuple of two days, optional
        The first and the last day in sight, where these are not all.
    """
    in_sight = marked.between(frames.day(zoom[0]), frames.day(zoom[1])) if zoom else marked >= first
    click = "Click a day to see it as it was" + (", or a mark to read the note." if in_sight.any() else ".")
    return f"{click} {'Double-click to show the whole range.' if zoom else 'Drag across days to zoom.'}"


def with_titles(sentence: str) -> str:
    """Write the titles of components in place of their names."""
    titles = {part.name: part.title.lower() for part in registry()}
    return re.sub(r"\w+", lambda found: titles.get(found[0], found[0]), sentence)


def currencies(symbols: Sequence[str], known_at: datetime | None) -> str:
    """Return in which units the prices of a comparison are."""
    units = {symbol: assets.unit(symbol, known_at) for symbol in symbols}
    if len(set(units.values())) == 1:
        return f"All prices are in {units[symbols[0]]}, rebased to 100 on the first common day."
    listed = ", ".join(f"{symbol} in {unit}" for symbol, unit in units.items())
    return f"Each price is in its own unit ({listed}), rebased to 100 on the first common day; exchange rates are left out."


def strongest(rows: pd.DataFrame, axis: str) -> str:
    """Return the parts that add most to an axis, each with its figure, in a sentence.

    Parameters
    ----------
    rows : pandas.DataFrame
        The axis's rows of the table ``components`` on one day.
    axis : str
    """
    parts = {part.name: part for part in registry()}
    known = rows.dropna(subset=["contribution"]).sort_values("contribution", ascending=False, kind="stable")
    if known.empty:
        return f"No part of {axis} is known on this day."
    said = []
    for row in known.head(_STRONGEST).to_dict("records"):
        part = parts[row["component"]]
        place = f"above {row['rank']:.0f}% of the last two years" if part.scale is None else f"{row['rank']:.0f} of 100"
        said.append(f"{part.title.lower()} ({part.show(row['raw'])}, {place})")
    listed = f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else said[0]
    return f"**{axis.capitalize()} {known['contribution'].sum():.0f}** comes most from {listed}."

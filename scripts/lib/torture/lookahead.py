"""Another future changes no past: at many cuts, over every part, score, panel, verdict of a claim and grade of a call.

Two futures, for neither alone finds every leak: the one that came (append) and an invented one (scramble). Leaks that are
planted on purpose prove that the law bites.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, date, timedelta
from functools import lru_cache
from unittest.mock import patch

import numpy as np
import pandas as pd

from sentiment.frames import day
from sentiment.market import assets, history
from sentiment.models import Call, Check, Claim, Level
from sentiment.research import claim_checks, grading, library
from sentiment.research.editions import Edition
from sentiment.scoring.components import registry
from sentiment.scoring.inputs import Inputs, load_inputs
from sentiment.scoring.panel import score_panel
from sentiment.scoring.score import score
from torture import outcome
from torture.outcome import Attack, Outcome

SERIES, CUTS = 30, 60
FRAMES = ("axes", "raw", "rank", "contribution")
ROWS = 2_200


@lru_cache(maxsize=4)
def world(number):
    """One of thirty histories of prices, roles and notes: bitcoin's own, and others that walk, with gaps, dividends and no volume."""
    if number == 0:
        return load_inputs("BTC-USD")
    rng = np.random.default_rng(number)
    rows = ROWS - 40 * number
    index = pd.date_range(
        day(date(2019, 1, 1) + timedelta(days=number)), periods=rows, freq="D", name="date", unit="us"
    )
    close = pd.Series(100 * np.exp(rng.normal(0, 0.03, rows).cumsum()), index)
    prices = pd.DataFrame({"close": close})
    if number % 3:
        prices["volume"] = rng.lognormal(10, 1, rows)
    if number % 4 == 1:
        prices["total_return"] = close * np.linspace(1, 1.3, rows)
    if number % 5 == 2:
        prices.loc[rng.random(rows) < 0.01, "close"] = np.nan
    roles = ("future", "equity_volatility", "short_rate", "funding_rate")
    series = {
        role: pd.Series(rng.normal(100, 10, rows), index).mask(rng.random(rows) < 0.3) for role in roles[number % 2 :]
    }
    return Inputs(
        "BTC-USD",
        prices,
        series,
        tuple(
            Edition(_note(f"note-{k}", index[0] + pd.Timedelta(40 + 97 * k, "D"), rng, close))
            for k in range(rows // 100)
        ),
    )


def _note(name, moment, rng, close):
    published = moment.to_pydatetime().replace(hour=int(rng.integers(24)))
    price = round(float(close.asof(moment)) * float(rng.uniform(0.7, 1.1)), 2)
    stance = str(rng.choice(["bullish", "bearish"]))
    sign = {"bullish": 1, "bearish": -1}[stance]
    call = Call(
        "BTC-USD",
        "it moves",
        "up" if sign > 0 else "down",
        days=int(rng.integers(5, 200)),
        target=price * (1 + 0.4 * sign),
        invalidation=price * (1 - 0.3 * sign),
    )
    return replace(
        library.find("k33-2025-12-02"), id=name, published=published, tone=round(float(rng.uniform(-1, 1)), 2), stance=stance, conviction=0.6,
        calls=(call,), claims=(), levels=(Level("BTC-USD", price, "support"),),
    )  # fmt: skip


def cut(inputs, length):
    last = inputs.prices.index[length - 1].date()
    return replace(
        inputs,
        prices=inputs.prices.iloc[:length],
        series={role: values.iloc[:length] for role, values in inputs.series.items()},
        editions=tuple(edition for edition in inputs.editions if edition.first_day <= last),
    )


def scrambled(inputs, length, rng):
    """Invent another future: wilder prices, other roles, other notes."""
    rows = len(inputs.prices) - length
    prices = inputs.prices.copy()
    for place in range(prices.shape[1]):
        prices.iloc[length:, place] = np.exp(rng.normal(10, 4, rows))
    series = {role: values.copy() for role, values in inputs.series.items()}
    for values in series.values():
        values.iloc[length:] = rng.normal(0, 1_000, rows)
    last = inputs.prices.index[length - 1].date()
    past = tuple(edition for edition in inputs.editions if edition.first_day <= last)
    close = prices["close"].ffill()
    later = tuple(Edition(_note(f"later-{k}", prices.index[length + k], rng, close)) for k in range(min(3, rows)))
    dated_back = tuple(
        replace(edition, saved_at=prices.index[length].to_pydatetime(), note=replace(edition.note, tone=-1.0))
        for edition in past[: 3 * (rows > 0)]
    )
    return replace(inputs, prices=prices, series=series, editions=past + later + dated_back)


@lru_cache(maxsize=4)
def whole(number):
    return score(world(number))


def cut_of(dice):
    """Choose a history and a cut in it."""
    number = dice.below(SERIES)
    inputs = world(number)
    return number, inputs, 400 + dice.below(len(inputs.prices) - 401)


def differing(early, late):
    """Name the frame in which the past differs, to the bit; nothing where it does not."""
    for name in FRAMES:
        was, is_now = getattr(early, name), getattr(late, name)
        if not is_now.iloc[: len(was)].equals(was):
            return name
    return ""


def scores(dice):
    """Score the past alone, before what came, and before what never came."""
    number, inputs, length = cut_of(dice)
    early = score(cut(inputs, length))
    for how, late in (("append", whole(number)), ("scramble", score(scrambled(inputs, length, dice.rng)))):
        name = differing(early, late)
        assert not name, f"{how} at {length} of history {number} changes {name}"
    return "cuts two ways"


def panels(dice):
    """Score blocks of assets, by either engine, with the same law."""
    many = [cut_of(dice) for _ in range(3)]
    lengths = [length for _, _, length in many]
    named = [replace(inputs, asset=f"A{place}") for place, (_, inputs, _) in enumerate(many)]
    engine = dice.pick(("pandas", "numba"))
    early = _axes([cut(inputs, length) for inputs, length in zip(named, lengths, strict=True)], engine)
    for how, late in (
        ("append", _axes(named, engine)),
        (
            "scramble",
            _axes([scrambled(inputs, length, dice.rng) for inputs, length in zip(named, lengths, strict=True)], engine),
        ),
    ):
        for name, was in early.items():
            assert late[name].iloc[: len(was)].equals(was), f"{how} changes {name} of {lengths} by {engine}"
    return engine


def _axes(many, engine):
    return {name: one.axes(name) for one in score_panel(many, engine=engine) for name in one.assets}


@contextmanager
def stored(bars):
    """Let these bars be what is stored of their symbols, with no version before them."""

    def read(symbol, as_of=None, known_at=None):  # noqa: ARG001
        found = bars[symbol]
        return found if as_of is None else found.loc[: day(as_of)]

    with ExitStack() as stack:
        for name, other in (
            ("bars", read), ("first_known", lambda *_: ()), ("calendar", lambda symbol, *_: (_kind(symbol), UTC)), ("is_live", lambda *_: False),
        ):  # fmt: skip
            stack.enter_context(patch.object(assets if name == "calendar" else history, name, other))
        yield


def _kind(symbol):
    return "exchange" if symbol == "WEEKS" else "daily"


def said(dice):
    """Check claims and grade calls with the past alone, with what came and with what never came."""
    rng = dice.rng
    index = pd.date_range(day(date(2023, 1, 1)), periods=500, freq="D", name="date", unit="us")
    close = pd.Series(100 * np.exp(rng.normal(0, 0.03, 500).cumsum()), index)
    every = pd.DataFrame({"close": close, "high": close * 1.02, "low": close * 0.98})
    came = {"DAYS": every, "WEEKS": every[index.day_of_week < 5], "OTHER": every * rng.normal(1, 0.01, (500, 1))}
    place = 250 + dice.below(240)
    until = index[place].date()
    past = {symbol: frame.loc[: day(until)] for symbol, frame in came.items()}
    never = {symbol: _other_future(frame, until, rng) for symbol, frame in came.items()}
    note = replace(
        library.find("k33-2025-12-02"),
        published=index[place - dice.below(120)].to_pydatetime() + timedelta(hours=dice.below(24)),
    )
    call, claim = _call(dice, close.iloc[place]), _claim(dice, note.day)
    answers = []
    for bars in (past, came, never):
        with stored(bars):
            answers.append((grading.grade(call, note, until), claim_checks.check(claim, note)))
    assert answers[1] == answers[0], f"append changes {answers[0]} to {answers[1]}"
    assert answers[2] == answers[0], f"scramble changes {answers[0]} to {answers[2]}"
    return f"calls {answers[0][0].status.value}"


def _other_future(frame, until, rng):
    other = frame.copy()
    later = other.index > day(until)
    other.loc[later] = np.exp(rng.normal(5, 3, (int(later.sum()), other.shape[1])))
    return other


def _call(dice, price):
    direction = dice.pick(("up", "down", "range"))
    sign = 1 if direction == "up" else -1
    levels = (
        {"floor": price * 0.8, "ceiling": price * 1.2}
        if direction == "range"
        else {"target": price * (1 + 0.15 * sign), "invalidation": price * (1 - 0.1 * sign)}
    )
    kept = {name: value for name, value in levels.items() if direction == "range" or dice.chance(0.7)}
    basis = {"basis": dice.pick(("close", "intraday"))} if "target" in kept else {}
    return Call(dice.pick(("DAYS", "WEEKS")), "it moves", direction, days=1 + dice.below(90), **kept, **basis)


def _claim(dice, said_on):
    kind = dice.pick(("close", "drawdown", "maximum drawdown", "return", "relative return", "minimum", "maximum"))
    end = said_on - timedelta(days=dice.below(10) - 3)
    start = end - timedelta(days=1 + dice.below(60))
    other = {"other": "OTHER"} if kind == "relative return" else {}
    return Claim(
        "it was so",
        Check(
            kind,
            dice.pick(("DAYS", "WEEKS")),
            end,
            dice.pick(("<", ">=", "=")),
            0.1,
            start=start,
            tolerance=0.05,
            basis=dice.pick(("close", "intraday")),
            **other,
        ),
    )


def _thinned(raw):
    kept = raw.copy()
    kept[np.arange(len(raw)) % 20 < 10] = np.nan
    return kept


LEAKS = {
    "centred window": lambda raw: raw.rolling(5, center=True).mean(),
    "min-max scaling over all": lambda raw: (raw - raw.min()) / (raw.max() - raw.min()),
    "back-fill": lambda raw: _thinned(raw).bfill(),
    "the last row dropped": lambda raw: raw.iloc[:-1].reindex(raw.index),
    "tomorrow (shift -1)": lambda raw: raw.shift(-1),
    "z-score over all": lambda raw: (raw - raw.mean()) / raw.std(),
    "rank over all": lambda raw: raw.rank(pct=True),
    "filled from the end": lambda raw: raw.fillna(raw.iloc[-1]),
    "interpolated": lambda raw: _thinned(raw).interpolate(limit_area="inside"),
    "smoothed both ways": lambda raw: raw.ewm(span=9).mean().iloc[::-1].ewm(span=9).mean().iloc[::-1],
}
"""What a leaking drawdown does to its honest values."""


def _early_note(inputs):
    """Tone that knows a note five days before it was published."""
    early = tuple(Edition(replace(note, published=note.published - timedelta(days=5))) for note in inputs.notes)
    return next(part for part in registry() if part.name == "research_tone").raw(replace(inputs, editions=early))


def leaking(name):
    """Return the registry with one part that looks ahead."""
    honest = registry()
    if name == "a future note":
        return tuple(replace(part, raw=_early_note) if part.name == "research_tone" else part for part in honest)
    change = LEAKS[name]

    def spoilt(part):
        # What is only scaled keeps its rank: such a leak reaches an axis where a part is not ranked.
        scale = (0.0, 1.0) if name in SCALED else None
        return replace(part, raw=lambda inputs: change(part.raw(inputs)), scale=scale)

    return tuple(spoilt(part) if part.name == "drawdown" else part for part in honest)


SCALED = frozenset({"min-max scaling over all", "z-score over all", "rank over all"})
LEAST_CUTS = 12
PLANTED = (*LEAKS, "a future note")


def planted(scale, seed):
    """Plant each leak, in scores and in panels: how many cuts see it, by each of the two futures; a leak that none sees has failed."""
    begun, failed, seen = time.perf_counter(), [], []
    cuts = max(LEAST_CUTS, round(40 * scale))
    for name in PLANTED:
        parts = leaking(name)
        with (
            patch("sentiment.scoring.score.registry", lambda parts=parts: parts),
            patch("sentiment.scoring.panel.registry", lambda parts=parts: parts),
        ):
            append, scramble, blocks = _caught(cuts, seed, enough=cuts == LEAST_CUTS)
        seen.append(f"{name} {append}+{scramble}")
        if not append + scramble:
            failed.append(f"{name} was not seen in {cuts} cuts of scores")
        if not blocks:
            failed.append(f"{name} was not seen in {cuts} cuts of panels")
    note = f"seen of {cuts} cuts by append + scramble: {', '.join(seen)}"
    return Outcome("planted leaks caught", len(PLANTED), len(failed), time.perf_counter() - begun, note, tuple(failed))


def _caught(cuts, seed, *, enough):
    """Count the cuts that see a leak; in a short run the first ones are enough."""
    append = scramble = blocks = 0
    for case in range(cuts):
        dice = outcome.Dice(seed, case)
        number = dice.below(2)  # bitcoin's own, with few notes, and one that has a note every hundred days
        inputs = world(number)
        length = (
            800 + dice.below(600)
            if case % 2
            else inputs.prices.index.get_loc(day(inputs.notes[-1].day)) - dice.below(4)
        )
        short, other = cut(inputs, length), scrambled(inputs, length, dice.rng)
        early = score(short)
        append += bool(differing(early, score(inputs)))
        scramble += bool(differing(early, score(other)))
        engine = ("pandas", "numba")[case % 2]
        was = _axes([short], engine)["BTC-USD"]
        if enough and append + scramble and blocks:
            break
        blocks += any(not _axes([late], engine)["BTC-USD"].iloc[:length].equals(was) for late in (inputs, other))
    return append, scramble, blocks


ATTACKS = (
    Attack("scores, a cut two ways", SERIES * CUTS, scores, slow=10.0),
    Attack("panels, a cut two ways", 300, panels, slow=30.0),
    Attack("claims and calls, a cut two ways", SERIES * CUTS, said, slow=5.0),
)


def run(scale, seed):
    return [*outcome.run(ATTACKS, scale, seed), planted(scale, seed)]

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import golden
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.errors import SelectionError
from sentiment.frames import day
from sentiment.market import history
from sentiment.models import Call, Level
from sentiment.research import library
from sentiment.research.editions import Edition
from sentiment.scoring.components import Component, registry
from sentiment.scoring.inputs import Inputs, load_inputs
from sentiment.scoring.score import enough_coverage, headline, regime, score


@cache
def bundled():
    return load_inputs("BTC-USD")


def reading(day_text):
    return score(load_inputs("BTC-USD", date.fromisoformat(day_text))).axes.iloc[-1]


def test_the_day_of_the_december_note():
    last = reading("2025-12-02")
    assert last["fear"] >= 75
    assert last["fundamentals"] >= 50
    assert last["regime"] == "fear outweighs fundamentals"
    assert last["fear_coverage"] == last["fundamentals_coverage"] == 1.0


def test_other_days_that_everybody_remembers():
    assert reading("2024-03-13")["fear"] <= 25
    assert reading("2022-06-18")["fear"] >= 90
    assert reading("2025-10-06")["fear"] <= 40


def test_fear_resembles_the_published_index_without_copying_it():
    theirs = 100 - history.bars("CRYPTO-FEAR-GREED")["close"]
    assert score(bundled()).axes["fear"].corr(theirs) == pytest.approx(0.67, abs=0.04)


def test_contributions_add_up_to_the_axis_and_coverage_to_the_weights_known():
    scored = score(bundled())
    for axis in ("fear", "fundamentals"):
        parts = [part for part in registry() if part.axis == axis]
        names = [part.name for part in parts]
        known = scored.axes[axis].notna()
        total = scored.contribution[names].sum(axis=1)[known]
        np.testing.assert_allclose(total, scored.axes.loc[known, axis], atol=1e-6)
        weight = np.array([part.weight for part in parts])
        share = (scored.rank[names].notna().to_numpy() * weight).sum(axis=1) / weight.sum()
        np.testing.assert_allclose(scored.axes[f"{axis}_coverage"], share, atol=1e-6)


def test_an_axis_by_hand(monkeypatch):
    """Two parts of weight 1 and 3 at 20 and 60: fear is (20 + 180) / 4; with one missing the other is the axis."""
    index = pd.date_range("2025-01-01", periods=2, freq="D", tz="UTC", name="date", unit="us")

    def part(name, axis, weight, mapped):
        raw = lambda _: pd.Series(mapped, index=index)  # noqa: E731 - two words
        return Component(name, name, axis, weight, "m", "f", "u", "s", "d", raw, "{}", ranked=False)

    parts = (
        part("a", "fear", 1, [-0.6, -0.6]),
        part("b", "fear", 3, [0.2, np.nan]),
        part("c", "fundamentals", 1, [0.8, 0.8]),
    )
    monkeypatch.setattr("sentiment.scoring.score.registry", lambda: parts)
    axes = score(Inputs("X", pd.DataFrame({"close": [1.0, 1.0]}, index=index), {})).axes
    assert axes["fear"].tolist() == [50.0, 20.0]
    assert axes["fear_coverage"].tolist() == [1.0, 0.25]
    assert axes["gap"].tolist() == [40.0, 10.0]
    assert axes["regime"].iloc[0] == "fear outweighs fundamentals"
    assert pd.isna(axes["regime"].iloc[1]), "a quarter of the weight names no regime"


def test_a_regime_needs_two_fifths_of_the_weight_of_each_axis():
    enough, less, whole = np.array([0.4]), np.array([0.399999]), np.array([1.0])
    assert enough_coverage([enough, enough]).tolist() == [True]
    assert enough_coverage([less, whole]).tolist() == enough_coverage([whole, less]).tolist() == [False]


def test_regimes_and_their_borders():
    index = pd.date_range("2025-01-01", periods=6, freq="D", tz="UTC")
    words = regime(pd.Series([25, 24.999999, -24.999999, -25, 0, np.nan], index=index)).tolist()
    assert words[:5] == ["fear outweighs fundamentals", "in balance", "in balance", "complacent", "in balance"]
    assert pd.isna(words[5])


def test_a_series_that_ends_is_carried_seven_days_then_missing():
    scored = score(bundled())
    for name, last_bar in (
        ("equity_fear", "2026-07-16"),
        ("futures_premium", "2026-07-02"),
        ("leverage", "2026-02-12"),
    ):
        ends = scored.rank[name].last_valid_index().date()
        assert ends == date.fromisoformat(last_bar) + timedelta(days=7), name


def test_weights_change_the_axis():
    only = {part.name: 0.0 for part in registry() if part.axis == "fear"} | {"drawdown": 1.0}
    scored = score(bundled(), only)
    pd.testing.assert_series_equal(scored.axes["fear"], scored.rank["drawdown"].round(6), check_names=False)


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ({"drawdown": -1.0}, "drawdown is -1.0"),
        ({"drawdown": float("nan")}, "must be zero or more"),
        ({"nonsense": 1.0}, "no component 'nonsense'"),
        ({part.name: 0.0 for part in registry() if part.axis == "fear"}, "every weight of fear is zero"),
    ],
)
def test_weights_that_make_no_sense_are_refused(weights, says):
    with pytest.raises(SelectionError, match=says):
        score(bundled(), weights)


def test_headlines_say_what_the_figures_say():
    for text, words in (
        ("2025-12-02", golden.DECEMBER),
        ("2024-03-13", "On 13 Mar 2024 the market was complacent: fear of 15"),
        ("2025-10-06", "On 6 Oct 2025 fear (29) and fundamentals (52) were in balance, a gap of −19"),
        ("2016-05-01", "rest on too little to name a regime (fear on 75% and fundamentals on 20% of its weight)."),
        ("2015-03-01", "On 1 Mar 2015 there are too few figures for a reading"),
    ):
        assert words in headline(score(load_inputs("BTC-USD", date.fromisoformat(text))))


DAYS = st.integers(400, 4_280)


def cut(inputs, length):
    known = inputs.prices.index[length - 1].date()
    return Inputs(
        inputs.asset,
        inputs.prices.iloc[:length],
        {role: values.iloc[:length] for role, values in inputs.series.items()},
        tuple(edition for edition in inputs.editions if edition.first_day <= known),
    )


def invented(published, tone, price):
    moment = datetime(published.year, published.month, published.day, 9, tzinfo=UTC)
    call = Call("BTC-USD", "later", "down", days=30)
    level = Level("BTC-USD", price, "support")
    first = library.find("k33-2025-12-02")
    return replace(first, id="later", published=moment, tone=tone, calls=(call,), levels=(level,))


def scrambled(inputs, length, seed):
    """The same past with another future: prices, series and notes after the cut are invented."""
    random = np.random.default_rng(seed)
    prices = inputs.prices.copy()
    rows = len(prices) - length
    prices.iloc[length:, 0] = np.exp(random.normal(10, 2, rows))
    prices.iloc[length:, 1] = random.uniform(1, 1e12, rows)
    series = {role: values.copy() for role, values in inputs.series.items()}
    for values in series.values():
        values.iloc[length:] = random.normal(0, 100, rows)
    known = prices.index[length - 1].date()
    tomorrow, price = known + timedelta(days=1), float(prices["close"].iloc[length - 1])
    late = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 1, tzinfo=UTC)
    past = [edition for edition in inputs.editions if edition.first_day <= known]
    withdrawn = [replace(edition, replaced_at=late) for edition in past[:2]]
    dated_back = Edition(invented(known - timedelta(days=9), -1.0, price), late)
    future = [*withdrawn, *past[2:], Edition(invented(tomorrow, -1.0, price)), dated_back]
    return Inputs(inputs.asset, prices, series, tuple(future))


def same_past(early, late):
    length = len(early.axes)
    for name in ("axes", "raw", "rank", "contribution"):
        pd.testing.assert_frame_equal(getattr(late, name).iloc[:length], getattr(early, name), check_exact=True)


@settings(max_examples=25, deadline=None)
@given(DAYS)
def test_what_comes_later_changes_no_past_reading_append(length):
    same_past(score(cut(bundled(), length)), score(bundled()))


@settings(max_examples=25, deadline=None)
@given(DAYS, st.integers(0, 2**32 - 1))
def test_what_comes_later_changes_no_past_reading_scramble(length, seed):
    same_past(score(cut(bundled(), length)), score(scrambled(bundled(), length, seed)))


def leak(change):
    """A copy of the registry whose drawdown looks ahead by `change`."""
    honest = registry()
    return tuple(
        replace(part, raw=lambda inputs, part=part: change(part.raw(inputs))) if part.name == "drawdown" else part
        for part in honest
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw / raw.max(),
        lambda raw: raw.shift(-1),
        lambda raw: raw.iloc[:-1].reindex(raw.index),
        lambda raw: raw.rank(),
        lambda raw: raw.rolling(5, center=True).mean(),
    ],
    ids=["scaled by the full sample", "tomorrow", "last row dropped", "full-sample rank", "centred window"],
)
def test_the_law_bites_when_a_component_looks_ahead(change, monkeypatch):
    monkeypatch.setattr("sentiment.scoring.score.registry", lambda: leak(change))
    caught = 0
    for length in (420, 1_500, 3_000):
        for other in (bundled(), scrambled(bundled(), length, length)):
            try:
                same_past(score(cut(bundled(), length)), score(other))
            except AssertionError:
                caught += 1
    assert caught


def test_an_as_of_date_is_the_past_and_nothing_else():
    for text in ("2018-06-06", "2018-06-07", "2025-12-01", "2025-12-02"):
        until = date.fromisoformat(text)
        inputs = load_inputs("BTC-USD", until)
        assert inputs.prices.index[-1] == day(until)
        assert all(values.index[-1] == day(until) for values in inputs.series.values())
        assert all(note.day <= until for note in inputs.notes)


def test_the_note_of_2018_moves_tone_from_its_day_on_for_thirty_days():
    tone = score(bundled()).rank["research_tone"].loc["2018-06-01":"2018-07-31"].dropna()
    assert tone.index[0] == day(date(2018, 6, 7))
    assert len(tone) == 30
    assert (tone == 70.0).all()

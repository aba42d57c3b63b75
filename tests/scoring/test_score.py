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
from sentiment.market import assets, history
from sentiment.models import Asset, Call, Level
from sentiment.research import library
from sentiment.research.editions import Edition
from sentiment.scoring.components import NOTES, Component, registry
from sentiment.scoring.inputs import Inputs, load_inputs
from sentiment.scoring.panel import score_panel
from sentiment.scoring.persistence import named_by_day, runs
from sentiment.scoring.score import gap_in_words, headline, score, score_without_notes, unranked


@cache
def bundled():
    return load_inputs("BTC-USD")


def reading(day_text):
    return score(load_inputs("BTC-USD", date.fromisoformat(day_text))).axes.iloc[-1]


def test_the_day_of_the_december_note():
    last = reading("2025-12-02")
    assert last["fear"] >= 75
    assert last["fundamentals"] >= 50
    assert last["gap"] >= 35
    assert last["regime"] == "fear outweighs fundamentals"
    assert last["fear_coverage"] == last["fundamentals_coverage"] == 1.0


def test_other_days_that_everybody_remembers():
    assert reading("2024-03-13")["fear"] <= 25
    assert reading("2022-06-18")["fear"] >= 85
    assert reading("2025-10-06")["fear"] <= 40
    for day_text in ("2024-03-13", "2025-10-06"):
        assert reading(day_text)["regime"] != "fear outweighs fundamentals"


def test_fear_resembles_the_published_index_without_copying_it():
    theirs = 100 - history.bars("CRYPTO-FEAR-GREED")["close"]
    assert score(bundled()).axes["fear"].corr(theirs) == pytest.approx(0.61, abs=0.04)


def test_contributions_add_up_to_the_axis_and_coverage_to_the_weights_known():
    scored = score(bundled())
    for axis in ("fear", "fundamentals"):
        parts = [part for part in registry() if part.axis == axis]
        names = [part.name for part in parts]
        known = scored.axes[axis].notna()
        total = scored.contribution[names].sum(axis=1)[known]
        np.testing.assert_allclose(total, scored.axes.loc[known, axis], atol=1e-6)
        weight = np.array([scored.applying[name] for name in names])
        share = (scored.rank[names].notna().to_numpy() * weight).sum(axis=1) / weight.sum()
        np.testing.assert_allclose(scored.axes[f"{axis}_coverage"], share, atol=1e-6)


def part(name, axis, weight, scaled, **more):
    """Make a component with these values, 0 to 100."""
    raw = lambda inputs: pd.Series(scaled, index=inputs.prices.index, dtype=float)  # noqa: E731 - two words
    return Component(name, name, axis, weight, "m", "f", "u", "s", "d", raw, "{}", scale=(0.0, 100.0), **more)


def made(days, monkeypatch, *parts, **prices):
    index = pd.date_range("2025-01-01", periods=days, freq="D", tz="UTC", name="date", unit="us")
    monkeypatch.setattr("sentiment.scoring.score.registry", lambda: parts)
    return Inputs("X", pd.DataFrame({"close": [1.0] * days, **prices}, index=index), {}, asset_class="share")


def test_an_axis_by_hand(monkeypatch):
    """Two parts of weight 1 and 3 at 20 and 60: fear is (20 + 180) / 4; with one missing the other is the axis."""
    parts = (part("a", "fear", 1, [20, 20]), part("b", "fear", 3, [60, np.nan]), part("c", "fundamentals", 1, [90, 90]))
    axes = score(made(2, monkeypatch, *parts)).axes
    assert axes["fear"].tolist() == [50.0, 20.0]
    assert axes["fear_coverage"].tolist() == [1.0, 0.25]
    assert axes["justified"].tolist() == [10.0, 10.0]
    assert axes["gap"].tolist() == [40.0, 10.0]
    assert axes["regime"].isna().all(), "two parts name no regime"


def test_what_does_not_apply_is_neither_missing_nor_weight(monkeypatch):
    parts = (
        part("a", "fear", 1, [20]),
        part("b", "fear", 3, [60], asset_classes=frozenset({"bitcoin"})),
        part("c", "fundamentals", 1, [np.nan]),
    )
    scored = score(made(1, monkeypatch, *parts))
    assert (scored.axes["fear"].iloc[0], scored.axes["fear_coverage"].iloc[0]) == (20.0, 1.0)
    assert scored.applying == {"a": 1.0, "b": 0.0, "c": 1.0}
    assert unranked(scored) == {"b": "does not apply", "c": "no data"}


@pytest.mark.parametrize("uses_notes", [True, False])
def test_only_a_component_that_says_so_sees_notes(uses_notes, monkeypatch):
    counted = replace(
        part("a", "fear", 1, [0]),
        raw=lambda inputs: pd.Series(float(len(inputs.editions)), inputs.prices.index),
        uses_notes=uses_notes,
    )
    judge = part("research_tone", "fundamentals", 1, [50], origin=NOTES)
    inputs = replace(made(1, monkeypatch, counted, judge), editions=bundled().editions)
    monkeypatch.setattr("sentiment.scoring.panel.registry", lambda: (counted, judge))
    seen = len(inputs.editions) if uses_notes else 0
    assert score(inputs).raw["a"].tolist() == [seen]
    assert next(score_panel([inputs])).columns["fear"].tolist() == [[seen]]


def test_an_exchange_has_no_row_and_no_rank_on_a_day_without_trade(monkeypatch):
    carried = [False, False, True, True, False]
    ranked = replace(part("a", "fear", 1, [1, 2, 99, 99, 3]), scale=None)
    monkeypatch.setattr("sentiment.scoring.score.percentile_rank", lambda raw, first: raw.iloc[first:].rank())
    scored = score(made(5, monkeypatch, ranked, part("c", "fundamentals", 1, [50] * 5), carried=carried))
    assert [moment.day for moment in scored.axes.index] == [1, 2, 5]
    assert scored.rank["a"].tolist() == [1, 2, 3], "what was carried is no observation"


def test_the_bundled_readings_hold():
    """What the method promises of bitcoin since 2017."""
    axes = score(bundled()).axes.loc["2017-01-01":]
    kept, alone = runs(axes["regime"]), runs(named_by_day(axes))
    assert kept.median >= 14
    assert kept.changes <= 120
    assert kept.short <= 0.05
    assert alone.changes > 2 * kept.changes


def test_price_parts_move_fundamentals_by_ten_points_at_most_on_a_calm_day():
    scored = score(bundled())
    own = ["support", "value"]
    moved = scored.contribution[own].sum(axis=1).diff().abs()
    calm = scored.axes["close"].pct_change().abs() < 0.03
    same = scored.rank.notna().eq(scored.rank.notna().shift()).all(axis=1)
    assert moved[calm & same].max() < 10


def test_no_word_of_a_note_moves_what_judges_it():
    inputs = bundled()
    bare = score_without_notes(inputs.without_notes())
    loud = [
        replace(edition, note=replace(edition.note, tone=-1.0, levels=(Level("BTC-USD", 80_000.0, "support"),)))
        for edition in inputs.editions
    ]
    for editions in (inputs.editions, tuple(loud)):
        pd.testing.assert_frame_equal(score_without_notes(replace(inputs, editions=editions)).axes, bare.axes)
    silent = score(inputs, {"research_tone": 0.0, "research_stance": 0.0})
    pd.testing.assert_frame_equal(silent.axes, bare.axes)


def test_a_series_that_ends_is_carried_seven_days_then_missing():
    scored = score(bundled())
    for name, last_bar in (
        ("futures_premium", "2026-07-01"),
        ("positioning", "2026-07-06"),
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
    bitcoin = assets.asset("BTC-USD")
    for text, words in (
        ("2025-12-02", golden.DECEMBER),
        (
            "2024-03-13",
            "Bitcoin, 73,084 USD on 13 Mar 2024: fear 19, fundamentals justify 84: 65 points less fear than",
        ),
        (
            "2026-10-03",
            "fear 24, fundamentals justify 41: in balance, with 17 points less fear than fundamentals justify.",
        ),
        (
            "2016-05-01",
            "Bitcoin, 451.9 USD on 1 May 2016: fear 28; there is too little data to set it against fundamentals.",
        ),
        ("2015-01-09", "on 9 Jan 2015: too little data for fear or for its gap to fundamentals."),
    ):
        assert words in headline(score(load_inputs("BTC-USD", date.fromisoformat(text))), bitcoin)


def test_the_words_subtract_what_stands_beside_them():
    axes = score(bundled()).axes.dropna(subset=["gap"])
    for _, row in axes.iloc[::97].iterrows():
        points = round(row["fear"]) - round(row["justified"])
        assert gap_in_words(row).startswith(f"{abs(points)} point" if points else "as much")
        assert ("more" in gap_in_words(row)) is (points > 0)


def test_an_asset_without_fundamentals_is_shown_by_its_fear_alone(monkeypatch):
    parts = (part("a", "fear", 1, [20]), part("c", "fundamentals", 1, [np.nan]))
    scored = score(made(1, monkeypatch, *parts))
    asset = Asset("X", "A pair", "USD", "exchange", "asset")
    assert headline(scored, asset) == "A pair, 1 USD on 1 Jan 2025: fear 20; there are no fundamentals for this asset."
    thin = score(made(1, monkeypatch, part("a", "fear", 1, [20]), part("c", "fundamentals", 1, [90])))
    assert headline(thin, asset).endswith("fear 20; only 1 part of fundamentals is known, and it takes 3 to judge it.")


DAYS = st.integers(400, 4_280)


def cut(inputs, length):
    known = inputs.prices.index[length - 1].date()
    return Inputs(
        inputs.asset,
        inputs.prices.iloc[:length],
        {role: values.iloc[:length] for role, values in inputs.series.items()},
        tuple(edition for edition in inputs.editions if edition.first_day <= known),
        asset_class=inputs.asset_class,
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
    return Inputs(inputs.asset, prices, series, tuple(future), asset_class=inputs.asset_class)


def same_past(early, late):
    length = len(early.axes)
    for name in ("axes", "raw", "rank", "contribution"):
        pd.testing.assert_frame_equal(getattr(late, name).iloc[:length], getattr(early, name), check_exact=True)


@settings(max_examples=15, deadline=None)
@given(DAYS)
def test_what_comes_later_changes_no_past_reading_append(length):
    same_past(score(cut(bundled(), length)), score(bundled()))


@settings(max_examples=15, deadline=None)
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

"""Every component on data small enough to check by hand, and what every component must have."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from sentiment.models import Call, Level, Note
from sentiment.scoring.components import OWN_PRICES, registry
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import NOT_APPLYING, ranked, score, unranked

PARTS = {part.name: part for part in registry()}
NAN = float("nan")


def last(name, inputs):
    return PARTS[name].raw(inputs).iloc[-1]


def note(day, tone=None, calls=(), levels=(), conviction=0.5):
    published = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return Note(
        id=f"note-{day}",
        title="A note",
        publisher="A house",
        author="An author",
        published=published,
        precision="day",
        source="here",
        assets=("BTC-USD",),
        themes=(),
        stance="neutral",
        conviction=conviction,
        body="",
        tone=tone,
        calls=tuple(calls),
        levels=tuple(levels),
    )


def test_the_components_that_count_have_their_published_weights():
    assert {part.name: part.weight for part in registry() if part.axis == "fear" and part.weight} == {
        "drawdown": 10,
        "momentum": 10,
        "downside_volatility": 15,
        "selling_pressure": 10,
        "futures_premium": 20,
        "equity_fear": 15,
        "positioning": 10,
        "research_tone": 10,
        "term_structure": 15,
    }
    assert {part.name: part.weight for part in registry() if part.axis == "fundamentals" and part.weight} == {
        "leverage": 25,
        "policy": 25,
        "rate_differential": 25,
        "research_stance": 20,
        "support": 15,
        "value": 15,
        "credit": 10,
        "curve": 15,
        "dollar": 20,
        "earnings_yield": 15,
        "sales_growth": 10,
    }


def test_bitcoins_own_prices_carry_at_most_45_of_fears_100():
    fear = [part for part in registry() if part.axis == "fear" and part.applies_to("bitcoin")]
    own = sum(part.weight for part in fear if part.origin == OWN_PRICES)
    assert (own, sum(part.weight for part in fear)) == (45, 100)


@pytest.mark.parametrize(
    ("asset_class", "fear", "fundamentals"),
    [
        ("bitcoin", 8, 5),
        ("crypto", 6, 4),
        ("share", 7, 8),
        ("fund", 7, 6),
        ("commodity", 6, 5),
        ("index", 6, 6),
        ("currency", 4, 2),
        ("rate", 4, 1),
    ],
)
def test_each_class_of_asset_is_judged_by_what_applies_to_it(asset_class, fear, fundamentals):
    applying = [part.axis for part in registry() if part.applies_to(asset_class) and part.weight]
    assert (applying.count("fear"), applying.count("fundamentals")) == (fear, fundamentals)


@pytest.mark.parametrize("part", registry(), ids=lambda part: part.name)
def test_a_component_says_what_a_reader_needs(part):
    for text in (part.title, part.meaning, part.formula, part.unit, part.source, part.direction):
        assert text.strip()
    assert part.show(0.1234)


@pytest.mark.parametrize("part", registry(), ids=lambda part: part.name)
def test_a_component_without_its_data_is_missing_and_nothing_else(part, make):
    raw = part.raw(make([NAN] * 5))
    assert len(raw) == 5
    assert raw.isna().all()


def test_drawdown(make):
    assert last("drawdown", make([100] * 50 + [200] + [150] * 49)) == pytest.approx(0.25)


def test_drawdown_forgets_a_high_after_ninety_days(make):
    assert last("drawdown", make([200] + [150] * 90)) == 0


def test_momentum(make):
    assert last("momentum", make([100] * 30 + [80])) == pytest.approx(0.2)


def test_downside_volatility(make):
    # One loss of 10% in 30 days of otherwise unchanged closes.
    assert last("downside_volatility", make([100] * 15 + [90] * 16)) == pytest.approx(
        math.sqrt(math.log(0.9) ** 2 / 30), abs=1e-12
    )


def test_selling_pressure(make):
    # Fourteen days: three rise on 10 each, eleven fall on 10 each.
    closes = [100, 101, 102, 103, *range(102, 91, -1)]
    assert last("selling_pressure", make(closes, volume=[10] * 15)) == pytest.approx((11 - 3) / 14)


def test_futures_premium_is_the_median_and_carries_over_weekends(make):
    # Eleven days at a premium of 1%, then ten at 3%, two of them a weekend without a futures close.
    future = [101.0] * 11 + [103.0] * 4 + [NAN, NAN] + [103.0] * 4
    assert last("futures_premium", make([100] * 21, future=future)) == pytest.approx(-0.01)


def test_futures_premium_is_missing_eight_days_after_the_last_close(make):
    raw = PARTS["futures_premium"].raw(make([100] * 30, future=[101.0] * 22 + [NAN] * 8))
    assert raw.iloc[-2] == pytest.approx(-0.01)
    assert math.isnan(raw.iloc[-1])


def test_equity_fear_is_the_vix_carried(make):
    raw = PARTS["equity_fear"].raw(make([1] * 10, equity_volatility=[20, 31] + [NAN] * 8))
    assert raw.tolist()[:9] == [20] + [31] * 8
    assert math.isnan(raw.iloc[9])


def test_value(make):
    # Half the mean: 1,399 closes of 300 and one of 150.1072 would do; here the mean is written out.
    closes = [300] * 1_399 + [150]
    assert last("value", make(closes)) == pytest.approx(-math.log(150 / ((300 * 1_399 + 150) / 1_400)))
    assert math.isnan(last("value", make(closes[1:])))


def test_policy_is_the_fall_of_the_rate_over_half_a_year(make):
    assert last("policy", make([1] * 183, short_rate=[0.05] + [0.04] * 182)) == pytest.approx(0.01)


def test_leverage(make):
    assert last("leverage", make([1] * 21, funding_rate=[0.0001] * 14 + [0.0004] * 7)) == pytest.approx(-0.0002)


def test_policy_is_a_level_and_no_rank(make):
    def scaled(after):
        raw = PARTS["policy"].raw(make([1] * 183, short_rate=[0.04] + [after] * 182))
        return ranked(PARTS["policy"], raw).iloc[-1]

    assert [scaled(rate) for rate in (0.04, 0.035, 0.045, 0.03, 0.02, 0.06)] == pytest.approx([50, 75, 25, 100, 100, 0])


def test_positioning_is_the_net_short_share_and_ends_ten_days_after_a_report(make):
    raw = PARTS["positioning"].raw(make([1] * 13, futures_positions=[-0.25, NAN, -0.4] + [NAN] * 10))
    assert raw.tolist() == [0.25, 0.25, *[0.4] * 11]
    assert math.isnan(last("positioning", make([1] * 12, futures_positions=[-0.25] + [NAN] * 11)))


def test_term_structure_is_one_month_over_three(make):
    raw = PARTS["term_structure"].raw(
        make([1] * 3, equity_volatility=[30, NAN, 20], equity_volatility_3m=[25, NAN, 25])
    )
    assert raw.tolist() == [1.2, 1.2, 0.8]


def test_curve_is_the_long_yield_less_the_target(make):
    assert last("curve", make([1] * 3, ten_year_yield=[0.05, 0.045, NAN], short_rate=[0.04] * 3)) == pytest.approx(
        0.005
    )


def test_rate_differential_is_the_ecbs_rate_less_the_feds(make):
    part = PARTS["rate_differential"]
    raw = part.raw(make([1] * 3, deposit_rate=[-0.005, -0.005, 0.0], short_rate=[0.0025, 0.01, NAN]))
    assert raw.tolist() == pytest.approx([-0.0075, -0.015, -0.01]), "a higher rate in euros is a stronger euro"
    assert ranked(part, pd.Series([-0.04, -0.03, 0.0, 0.015])).tolist() == [0, 0, 50, 75], "equal rates are the middle"
    assert part.raw(make([1] * 3, short_rate=[0.04] * 3)).isna().all(), "a pair without both rates has none"
    ended = make([1] * 9, deposit_rate=[0.02] + [NAN] * 8, short_rate=[0.04] * 9)
    assert part.raw(ended).isna().tolist() == [False] * 8 + [True], "a rate is not known to stand for ever"


def test_credit_is_what_risky_bonds_returned_beyond_treasuries_without_the_days_on_which_both_pay(make):
    # The days end on 31 December, so that the first session of December is the 31st value from the end.
    risky, safe = [80.0] * 60 + [79.0] * 31, [100.0] * 91
    assert last("credit", make([1] * 91, high_yield_bonds=risky, treasury_bonds=safe)) == 0.0, "a payment is no loss"
    fallen = [80.0] * 70 + [79.0] * 21
    assert last("credit", make([1] * 91, high_yield_bonds=fallen, treasury_bonds=safe)) == pytest.approx(
        math.log(79 / 80)
    )
    late = [80.0] * 61 + [79.0] * 30  # the 1st was no session: both pay on the 2nd
    shut = [NAN if place == 60 else value for place, value in enumerate(late)]
    assert last("credit", make([1] * 91, high_yield_bonds=shut, treasury_bonds=safe)) == 0.0
    ended = [80.0] * 83 + [NAN] * 8
    assert math.isnan(last("credit", make([1] * 91, high_yield_bonds=ended, treasury_bonds=safe)))


def test_dollar_is_the_rise_of_the_euro_over_half_a_year(make):
    assert last("dollar", make([1] * 183, euro=[1.0] + [1.1] * 182)) == pytest.approx(math.log(1.1))


def test_real_yield_is_its_fall_over_half_a_year(make):
    assert last("real_yield", make([1] * 183, real_yield=[0.02] + [0.015] * 182)) == pytest.approx(0.005)


def test_network_use_is_a_month_against_a_year(make):
    assert last("network_use", make([1] * 365, active_addresses=[100.0] * 335 + [200.0] * 30)) == pytest.approx(
        math.log(200 / ((335 * 100 + 30 * 200) / 365))
    )


def test_stablecoin_growth_is_that_of_ninety_days(make):
    assert last("stablecoin_growth", make([1] * 91, stablecoin_supply=[100.0] * 90 + [110.0])) == pytest.approx(
        math.log(1.1)
    )


@pytest.mark.parametrize("asset", ["ETH-USD", "SPY", "QQQ", "GLD"])
def test_without_a_network_70_percent_of_what_applies_is_there_and_all_but_the_notes_in_june(asset):
    axes = score(load_inputs(asset)).axes
    assert (axes.iloc[-1][["fear_coverage", "fundamentals_coverage"]] >= 0.7).all()
    reasons = unranked(score(load_inputs(asset, date(2026, 6, 26))))
    missing = {name for name, why in reasons.items() if why != NOT_APPLYING and PARTS[name].weight}
    assert missing == {"research_tone", "research_stance"}


FLAT = [100.0] * 120  # its low has held, so that it is a support at 100


@pytest.mark.parametrize(
    ("closes", "nearness"),
    [
        ([100.0] * 10, 1.0),
        ([105.0] * 10, 0.8),
        ([125.0] * 10, 0.0),
        ([130.0] * 10, 0.0),
        ([95.0] * 10, 0.5),
        ([90.0] * 10, 0.0),
        ([100.0] * 5 + [90.0] * 5, 0.5),
        ([100.0] * 9 + [80.0], 0.9),
    ],
)
def test_support_is_the_ten_day_mean_of_the_nearness_of_a_low_that_has_held(make, closes, nearness):
    assert last("support", make([*FLAT, *closes])) == pytest.approx(nearness)


def test_a_new_low_is_no_support_for_three_weeks(make):
    raw = PARTS["support"].raw(make([*FLAT, *[85.0] * 41]))
    assert raw.iloc[119] == 1.0
    assert raw.iloc[129] == pytest.approx(0.0), "ten days below: the old level has faded"
    assert raw.iloc[140] == pytest.approx(0.0), "the 21st day"
    assert raw.iloc[141] == pytest.approx(0.1)
    assert raw.iloc[150] == pytest.approx(1.0), "the new low has held"


def test_support_knows_a_named_support_from_the_day_of_the_note_for_a_year(make):
    named = [note(date(2025, 12, 31), levels=[Level("BTC-USD", 150, "support")])]
    raw = PARTS["support"].raw(make([*FLAT, *[150.0] * 11], notes=named))
    assert raw.tolist()[-2:] == pytest.approx([0.0, 0.1])
    forgotten = [note(date(2024, 12, 31), levels=[Level("BTC-USD", 150, "support")])]
    raw = PARTS["support"].raw(make([*FLAT, *[150.0] * 11], notes=forgotten))
    assert raw.tolist()[-2:] == pytest.approx([1.0, 0.9]), "its last day was the one before"


def test_only_a_named_support_of_the_asset_counts(make):
    levels = [Level("BTC-USD", 150, "resistance"), Level("ETH-USD", 150, "support")]
    inputs = make([*FLAT, *[150.0] * 10], notes=[note(date(2025, 12, 1), levels=levels)])
    assert last("support", inputs) == 0.0


def test_research_tone_is_the_decayed_mean_of_gloom(make):
    spoken = [note(date(2025, 12, 17), tone=-0.5), note(date(2025, 12, 31), tone=0.25)]
    # Fourteen days old counts half: (0.5 x 0.5 - 0.25 x 1) / 1.5.
    assert last("research_tone", make([1] * 40, notes=spoken)) == pytest.approx(0.0)


def test_research_tone_ends_after_thirty_days(make):
    raw = PARTS["research_tone"].raw(make([1] * 40, notes=[note(date(2025, 12, 1), tone=1)]))
    assert raw.notna().sum() == 30
    assert raw.iloc[-1] == -1.0 or math.isnan(raw.iloc[-1])
    assert math.isnan(raw.iloc[-1])


def test_research_stance_is_one_vote_a_note_while_a_call_is_open(make):
    up = Call("BTC-USD", "up", "up", days=10)
    again = Call("BTC-USD", "up", "up", end=date(2025, 12, 30))
    down = Call("BTC-USD", "down", "down", end=date(2025, 12, 31))
    bullish = replace(note(date(2025, 12, 26), calls=[up, again], conviction=0.8), stance="bullish")
    bearish = replace(note(date(2025, 12, 26), calls=[down], conviction=0.8), stance="bearish")
    raw = PARTS["research_stance"].raw(make([1] * 40, notes=[bullish, bearish]))
    assert raw.iloc[-2] == 0.0, "both open: they cancel"
    assert raw.iloc[-1] == pytest.approx(0.8), "the call to the 31st is settled at its close"


def test_research_stance_closes_a_range_at_the_first_close_outside(make):
    floor = Call("BTC-USD", "", "range", days=9, floor=50.0)
    spoken = replace(note(date(2025, 12, 27), calls=[floor]), stance="bullish")
    raw = PARTS["research_stance"].raw(make([60] * 30 + [60, 60, 49, 60], notes=[spoken]))
    assert raw.tolist()[-5:-2] == [0.5, 0.5, 0.5]
    assert raw.iloc[-2:].isna().all()


@pytest.mark.parametrize(
    ("call", "closes", "open_days"),
    [
        (Call("BTC-USD", "", "up", days=9, target=70.0), [60, 69, 70, 60], 2),
        (Call("BTC-USD", "", "up", days=9, invalidation=50.0), [60, 50, 49, 60], 2),
        (Call("BTC-USD", "", "down", days=9, target=50.0), [60, 51, 50, 60], 2),
        (Call("BTC-USD", "", "down", days=9, invalidation=70.0), [60, 70, 71, 60], 2),
        (Call("BTC-USD", "", "down", days=9), [60, 1, 100, 60], 4),
    ],
)
def test_research_stance_closes_a_call_at_its_target_or_where_it_is_invalid(make, call, closes, open_days):
    spoken = replace(note(date(2025, 12, 28), calls=[call]), stance="bullish")
    raw = PARTS["research_stance"].raw(make([60] * 30 + closes, notes=[spoken]))
    assert raw.notna().sum() == open_days

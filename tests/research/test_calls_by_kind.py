"""Kinds of sentences that readers of other texts missed or took for calls: names of days, causes, two steps, plain names, and what takes a forecast back."""

from datetime import date

import pytest
import read_calls

from sentiment.research import draft
from sentiment.research.text import annotate

PUBLISHED = date(2026, 11, 25)


def drafted(text):
    stored = read_calls.prices()
    return draft.draft(text, PUBLISHED, price=lambda symbol: stored.get((PUBLISHED, symbol))).calls


def calls(text):
    return [(call.asset, call.direction, call.end.isoformat(), call.target) for call in drafted(text)]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("before the year is out", "2026-12-31"),
        ("before 2026 ends", "2026-12-31"),
        ("before December is over", "2026-12-31"),
        ("by the last trading day of the year", "2026-12-31"),
        ("by month's end", "2026-11-30"),
        ("by Friday of next week", "2026-12-04"),
        ("to close out 2026", "2026-12-31"),
        ("within a fortnight", "2026-12-09"),
        ("in about three months", "2027-02-25"),
        ("inside two weeks", "2026-12-09"),
        ("six months hence", "2027-05-25"),
        ("in the year ahead", "2027-11-25"),
        ("by the end of the current quarter", "2026-12-31"),
        ("come June", "2027-06-30"),
        ("by midyear", "2027-06-30"),
    ],
)
def test_the_end_of_a_period_has_many_names(said, day):
    found = annotate(f"We expect gold to rise to $4,500 {said}.", PUBLISHED).findings
    assert [str(finding.value) for finding in found if finding.kind == "horizon"] == [day]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("We look for EUR/CHF at 0.915 by the SNB meeting on 10 December.", ("EURCHF=X", "down", "2026-12-10", 0.915)),
        ("The lira is set to slide to 48 per dollar by the end of June.", ("TRY=X", "up", "2027-06-30", 48)),
        ("We think US natural gas climbs above $5 by Christmas.", ("NG=F", "up", "2026-12-25", 5)),
        ("Exxon Mobil should trade at $128 by June.", ("XOM", "up", "2027-06-30", 128)),
        ("Polkadot will slip under two dollars by January.", ("DOT-USD", "down", "2027-01-31", 2)),
        ("The Aussie should fall to 63 US cents by March.", ("AUDUSD=X", "down", "2027-03-31", 0.63)),
        ("Tesla will be at $250 or less at the end of next year.", ("TSLA", "down", "2027-12-31", 250)),
        ("We expect a 10% setback in the S&P 500 by March.", ("^GSPC", "down", "2027-03-31", 6111)),
        ("Palantir is likely to lose a quarter of its value by June.", ("PLTR", "down", "2027-06-30", 123.75)),
        ("Litecoin will be cheaper at the end of March than it is now.", ("LTC-USD", "down", "2027-03-31", None)),
        ("QQQ will print a new high before the end of January.", ("QQQ", "up", "2027-01-31", None)),
        ("For the Nikkei, our 12-month target is now 55,000.", ("^N225", "up", "2027-11-25", 55_000)),
        ("Nvidia (Buy, 12-month price target $235): our estimates stay.", ("NVDA", "up", "2027-11-25", 235)),
        (
            "We revise our AUD/USD projection for end-March to 0.67 from 0.65 on the inflation print.",
            ("AUDUSD=X", "up", "2027-03-31", 0.67),
        ),
        ("For year-end 2027 our strategists target 640 on the Stoxx 600.", ("^STOXX", "up", "2027-12-31", 640)),
        ("Dollar/yen should finish next week lower.", ("JPY=X", "down", "2026-12-06", None)),
        ("The Australian dollar will appreciate to 68 US cents by June.", ("AUDUSD=X", "up", "2027-06-30", 0.68)),
        ("Our team pencils in gold at $4,650 for the end of June.", ("GC=F", "up", "2027-06-30", 4650)),
        ("By our reckoning bitcoin doubles by the end of 2028.", ("BTC-USD", "up", "2028-12-31", 182_620)),
    ],
)
def test_a_forecast_is_read_in_more_words(text, call):
    assert calls(text) == [call]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        (
            "We expect silver to gain 20% over the next twelve months, driven by a deficit that recycling cannot close.",
            ("SI=F", "up", "2027-11-25", 63.6),
        ),
        ("Silver has lagged, yet we look for $60 an ounce by June.", ("SI=F", "up", "2027-06-30", 60)),
        (
            "Cable's bounce has run its course and we look for 1.3050 within two weeks.",
            ("GBPUSD=X", "down", "2026-12-09", 1.305),
        ),
        ("Nobody is short any more, so I expect the Dow at 48,500 by March.", ("^DJI", "up", "2027-03-31", 48_500)),
        (
            "The Chinese tech rally has legs and the Hang Seng is set to gain 8% by the end of March.",
            ("^HSI", "up", "2027-03-31", 28_080),
        ),
        ("I am sticking my neck out: the S&P 500 will finish 2027 at 6,200.", ("^GSPC", "down", "2027-12-31", 6200)),
        (
            "Henry Hub will be at $3.60 by the end of March, once winter has passed.",
            ("NG=F", "down", "2027-03-31", 3.6),
        ),
        ("Netflix shares look dear and are likely to fall 10% by March.", ("NFLX", "down", "2027-03-31", 95.4)),
        (
            "Bitcoin cash will lose its shine and return to $480 by March.",
            ("BCH-USD", "down", "2027-03-31", 480),
        ),
        ("Palladium, by contrast, is going to fall to $1,200 by June.", ("PA=F", "down", "2027-06-30", 1200)),
        ("Platinum, still cheap against gold, ought to hit $1,800 by June.", ("PL=F", "up", "2027-06-30", 1800)),
        (
            "With the BoJ skipping December, our call is for USD/JPY at 160 by January.",
            ("JPY=X", "up", "2027-01-31", 160),
        ),
    ],
)
def test_what_stands_beside_a_forecast_takes_nothing_from_it(text, call):
    assert calls(text) == [call]


def test_two_steps_of_one_path_are_two_calls():
    text = "We expect Brent to drop to $58 by the end of March before rebounding to $68 by year-end 2027."
    assert calls(text) == [("BZ=F", "down", "2027-03-31", 58), ("BZ=F", "up", "2027-12-31", 68)]
    text = "We look for EUR/USD at 1.20 by the end of March and 1.22 by mid-2027."
    assert calls(text) == [("EURUSD=X", "up", "2027-03-31", 1.2), ("EURUSD=X", "up", "2027-06-30", 1.22)]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Silver has broken out, and we look for $58 by year-end as long as $49.80 holds.", 49.8),
        ("We target 23,900 on the Nasdaq 100 by March, with a close above 25,700 negating the view.", 25_700),
    ],
)
def test_a_level_that_ends_a_call_is_no_condition(text, level):
    (call,) = drafted(text)
    assert call.invalidation == level


@pytest.mark.parametrize(
    ("text", "probability"),
    [
        ("We put the odds of the S&P 500 ending 2027 above 7,500 at 60 per cent.", 0.6),
        ("We put the odds at 70% that the S&P 500 will fall below 6,000 by June.", 0.7),
    ],
)
def test_odds_at_a_figure_are_a_probability(text, probability):
    (call,) = drafted(text)
    assert call.probability == probability


@pytest.mark.parametrize(
    "text",
    [
        "On the bullish path the euro reaches 1.28 at the end of 2027.",
        "US crude output will peak in December at 13.9 million barrels and decline by 300,000 by the end of 2027.",
        "Bitcoin could see $100,000 before Christmas, but we would not build a portfolio on it.",
        "We abandoned our year-end target of $6,000 for ether in October.",
        "Scenario 2 (25%): the Fed skips, DXY at 102 by February, gold at $3,850.",
        "Recession scenario (15%): Brent $45, S&P 500 5,400, all by December 2027.",
        "ING is looking for EUR/USD at 1.18 by the end of December and 1.22 by the end of next year.",
        "It is widely expected that gold will surpass $4,500 by the middle of next year.",
        "The S&P will see 7,200 by February, but only if breadth improves first.",
        "Gold potentially heading to $4,400 by January, but the picture is muddled.",
        "Sure, and XRP will be at $10 by New Year.",
        "Ether will be at $4,000 by March, and I will be the Pope.",
        "According to the dot watchers, EUR/USD should reach 1.20 by March.",
        "Ether will be at $4,000 by March once the SEC approves staking.",
        "A Fed cut on 10 December and gold will be at $4,300 by Christmas.",
    ],
)
def test_what_only_looks_like_a_forecast_makes_no_call(text):
    assert calls(text) == []


def test_a_word_in_a_turn_of_phrase_is_no_direction():
    assert calls("Our call is a new high for BNB by the end of March, mark it down.") == [
        ("BNB-USD", "up", "2027-03-31", None)
    ]

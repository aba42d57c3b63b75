"""Sentences that have all the words of a forecast and hold only on a premise, in one case, for a contract, or for somebody else; and plain names."""

from datetime import date

import pytest
import read_calls

from sentiment.research import draft

PUBLISHED = date(2026, 11, 25)


def calls(text):
    stored = read_calls.prices()
    drafted = draft.draft(text, PUBLISHED, price=lambda symbol: stored.get((PUBLISHED, symbol)))
    return [(call.asset, call.direction, call.end.isoformat(), call.target) for call in drafted.calls]


@pytest.mark.parametrize(
    "text",
    [
        "With a Fed cut, gold will reach $4,600 by June.",
        "We see gold at $4,500 by June with a Fed cut.",
        "Given a ceasefire, Brent falls to $55 by March.",
        "On a soft landing, the S&P 500 will end 2027 at 7,600.",
        "Under these conditions, we expect gold to reach $4,600 by March.",
        "A cut sends gold to $4,500 by June.",
        "Lose $90,000 and bitcoin falls to $75,000 by January.",
        "No cut, and gold will slip to $3,900 by June.",
        "As soon as Nvidia clears $190, our year-end target becomes $205.",
        "Then bitcoin goes to $110,000 by January.",
    ],
)
def test_a_premise_is_no_forecast(text):
    assert calls(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "We assume bitcoin at $110,000 at year-end.",
        "We assume a gold price of $4,500 in 2027.",
        "Our forecast is based on Brent at $70 by June.",
        "Let us say bitcoin rises to $120,000 by June.",
        "For example, gold rises to $4,500 by June.",
    ],
)
def test_what_is_assumed_or_an_example_is_no_forecast(text):
    assert calls(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Path A: bitcoin rises to $110,000 by March.",
        "Bull path: bitcoin at $130,000 by June.",
        "In the good case, gold will reach $4,500 by June.",
        "At the upper end, gold reaches $4,500 by June.",
        "On the downside, gold falls to $3,800 by June.",
        "Our upside target for bitcoin is $130,000 by June.",
        "Our bearish target for bitcoin is $60,000 by June.",
        "Alternatively, bitcoin falls to $70,000 by March.",
        "At this rate, silver reaches $60 by March.",
    ],
)
def test_one_case_of_several_is_no_forecast(text):
    assert calls(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin has room to run to $105,000 by January.",
        "Silver has scope to climb to $60 by March.",
        "The S&P 500 has potential to rise to 7,200 by March.",
        "Gold could well reach $4,400 by the end of the year.",
    ],
)
def test_what_is_possible_is_no_forecast(text):
    assert calls(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Gold in December 2027 trades at $4,500.",
        "Gold for June 2027 trades at $4,290 on Comex.",
        "Bitcoin above $100,000 by January: 58%.",
        "Gold at $4,500 by June: fact or fiction.",
        "Fair value for gold is $4,500 by June.",
        "Gold will be at €3,900 by June.",
    ],
)
def test_a_price_of_a_contract_a_wager_or_other_money_is_no_forecast(text):
    assert calls(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "We think the market expects gold at $4,500 by June.",
        "Half of us see bitcoin at $110,000 by March.",
        "The dollar is seen at 140 yen by March by Nomura.",
        "One large US house sees the dollar falling to 140 yen by June.",
        "From the archive: we expect bitcoin at $120,000 by June.",
        "Our target of $110,000 for bitcoin by March has been hit.",
    ],
)
def test_what_others_think_or_what_was_called_earlier_is_no_forecast(text):
    assert calls(text) == []


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("With real yields falling, gold should climb to $4,550 by June.", ("GC=F", "up", "2027-06-30", 4550)),
        ("On a 12-month view we see gold at $4,700.", ("GC=F", "up", "2027-11-25", 4700)),
        ("In our base case, gold climbs to $4,500 by June.", ("GC=F", "up", "2027-06-30", 4500)),
        ("Our call for December: bitcoin at $98,000.", ("BTC-USD", "up", "2026-12-31", 98_000)),
    ],
)
def test_a_reason_a_horizon_or_the_base_case_before_it_leaves_a_forecast(text, call):
    assert calls(text) == [call]


@pytest.mark.parametrize(
    "text",
    [
        "Gold, which Goldman thinks will reach $4,900 by June, slipped on Tuesday.",
        "Silver, which could reach $60 by June, slipped on Tuesday.",
        "Bitcoin, which we said would reach $150,000 by year-end, has not.",
        "Strategy, which will hold 700,000 coins by December, slipped.",
        "While some see gold at $4,500 by June, we are not among them.",
        "Nvidia's revenue has doubled and should reach $200 billion by June.",
        "If the Fed cuts rates and gold will rise to $4,500 by June, we sell.",
        "As soon as flows turn and gold is bid, bitcoin will reach $110,000 by March.",
        "Banks sell bitcoin because bitcoin will be at $70,000 by March.",
        "Gold will be at $4,500 by June, as the minister put it.",
        "In the central bank's baseline, Brent falls to $55 by March.",
        "The Russell 2000 should catch up with the S&P 500 by June.",
        "After a cut the S&P 500 rises 5% within six months.",
        "42% see gold at $4,500 by June.",
    ],
)
def test_a_part_of_a_sentence_takes_nothing_from_another(text):
    assert calls(text) == []


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("We like silver, which we think will reach $60 by June.", ("SI=F", "up", "2027-06-30", 60)),
        ("WTI, which we expect to sink to $55 by March, is weak.", ("CL=F", "down", "2027-03-31", 55)),
        (
            "Although Brent fell 9% last month, we expect it to rebound to $66 by June.",
            ("BZ=F", "up", "2027-06-30", 66),
        ),
        (
            "The Nasdaq 100 has completed its correction and should be at 26,000 by June.",
            ("^NDX", "up", "2027-06-30", 26_000),
        ),
        ("We see silver at $60 by June, as the deficit shows no sign of closing.", ("SI=F", "up", "2027-06-30", 60)),
        (
            "Silver looks tired, and we expect $49 by June, wrong only on a close above 55.20.",
            ("SI=F", "down", "2027-06-30", 49),
        ),
        ("Litecoin hits $100 before March, that is our call.", ("LTC-USD", "up", "2027-02-28", 100)),
        (
            "We see USD/CAD weaker in the course of 2027, ending the year at 1.36.",
            ("CAD=X", "down", "2027-12-31", 1.36),
        ),
        ("By the end of June bitcoin will have reached $120,000.", ("BTC-USD", "up", "2027-06-30", 120_000)),
        ("XRP should end 2026 below today's price.", ("XRP-USD", "down", "2026-12-31", None)),
    ],
)
def test_a_forecast_is_read_beside_a_past_a_reason_or_a_relative_clause(text, call):
    assert calls(text) == [call]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("Rating: Buy; Instrument: silver; Target: $57; Horizon: three months.", ("SI=F", "up", "2027-02-25", 57)),
        ("AUDUSD: bearish. Target 0.6350. Time frame: end of December.", ("AUDUSD=X", "down", "2026-12-31", 0.635)),
        ("Gold: 4,500 (Q1 27)", ("GC=F", "up", "2027-03-31", 4500)),
        ("BTC | 6m | 120,000", ("BTC-USD", "up", "2027-05-25", 120_000)),
        ("- Short USDJPY; target 140; 6m", ("JPY=X", "down", "2027-05-25", 140)),
        (
            "Scenarios\n\n- Base case: gold at $4,500 by June\n- Bear case: gold at $3,800 by June",
            ("GC=F", "up", "2027-06-30", 4500),
        ),
    ],
)
def test_tables_and_bullets_without_verbs_are_read(text, call):
    assert calls(text) == [call]


@pytest.mark.parametrize(
    "text",
    [
        "Asset | Strike | Expiry\nGold | 4,500 | June 2027",
        "Futures | Last\nBrent | 62.10 | March 2027\nWTI | 58.20 | March 2027",
        "Bank | Gold | Horizon\nUBS | 4,500 | 6 months\nCiti | 4,300 | 6 months",
        "Bitcoin | 110,000 | 24 Dec 2026 | resistance",
        "Polymarket; BTC 100,000; date: 31 January 2027; 42%.",
        "Spot gold $4,163, June 2027 $4,290.",
    ],
)
def test_tables_of_contracts_levels_or_others_make_no_call(text):
    assert calls(text) == []


def test_each_row_of_a_table_is_a_call_of_its_own():
    text = "Asset | Target | Horizon\nGold | 4,500 | 6 months\nBitcoin | 120,000 | 6 months"
    assert calls(text) == [("GC=F", "up", "2027-05-25", 4500), ("BTC-USD", "up", "2027-05-25", 120_000)]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("Sterling at 1.40 by March.", ("GBPUSD=X", "up", "2027-03-31", 1.4)),
        ("The yen to 145 by March.", ("JPY=X", "down", "2027-03-31", 145)),
        ("We expect the yen to weaken to 165 by March.", ("JPY=X", "up", "2027-03-31", 165)),
        (
            "We see the euro losing ground against the dollar over the next two weeks.",
            ("EURUSD=X", "down", "2026-12-09", None),
        ),
        ("We expect the dollar to be at 165 yen by June.", ("JPY=X", "up", "2027-06-30", 165)),
        ("Brent is weak. We expect oil to fall to $55 by March.", ("BZ=F", "down", "2027-03-31", 55)),
    ],
)
def test_a_plain_name_is_read_where_its_price_is_clear(text, call):
    assert calls(text) == [call]


@pytest.mark.parametrize(
    "text",
    [
        "The euro will rise by March.",
        "We expect oil to fall to $55 by March.",
        "Brent and WTI are weak. We expect oil to fall to $55 by March.",
        "We expect sterling to lose 3% against the euro by March.",
        "The yen has been weak against the dollar. It will strengthen to 145 by March.",
        "Yen volatility will rise to 12 by March.",
    ],
)
def test_a_plain_name_of_which_the_price_is_unclear_makes_no_call(text):
    assert calls(text) == []

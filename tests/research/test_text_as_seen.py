"""Texts as they come from PDFs, chats and terminals: letters, numbers, days, names and levels in other people's spelling."""

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.models import Level
from sentiment.research import draft, text
from sentiment.research.text.as_seen import as_seen, with_places
from sentiment.research.text.subjects import subjects
from sentiment.research.text.tokens import number

PUBLISHED = date(2025, 12, 1)


def values(said, kind):
    return [finding.value for finding in text.annotate(said, PUBLISHED).findings if finding.kind == kind]


def levels(said):
    return [(level.price, level.role) for level in draft.draft(said, PUBLISHED, asset="BTC-USD").levels]


BOLD = "".join(chr(0x1D400 + ord(c) - 65) if c.isupper() else chr(0x1D41A + ord(c) - 97) for c in "Bitcoin")
WIDE = "".join(chr(ord(c) + 0xFEE0) for c in "Bitcoin")


@pytest.mark.parametrize(
    "name",
    [
        "Bit\u00adcoin",
        "Bit\u200bcoin",
        "Bit\u200dcoin",
        "Bit\u2060coin",
        "\ufeffBitcoin",
        "B\u00adi\u00adtcoin",
        "\u202aBitcoin\u202c",
        BOLD,
        WIDE,
        "Bit-\ncoin",
        "Bit\u00ad\ncoin",
        "Bit-  \n  coin",
    ],
)
def test_a_name_is_read_as_it_is_shown_and_marked_where_it_stands(name):
    said = f"Update: {name} will rise by the end of December."
    found = [finding for finding in text.annotate(said, PUBLISHED).findings if finding.kind == "asset"]
    assert [finding.value for finding in found] == ["BTC-USD"]
    assert as_seen(said[found[0].start : found[0].end]) == "Bitcoin"
    drafted = draft.draft(said, PUBLISHED)
    assert [(call.asset, call.direction, call.text) for call in drafted.calls] == [
        ("BTC-USD", "up", "Update: Bitcoin will rise by the end of December.")
    ]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("in\ufb02ows of pro\ufb01t", "inflows of profit"),
        ("o\ufb03ce", "office"),
        ("\uff04\uff18\uff14\uff0c\uff10\uff10\uff10", "$84,000"),
        ("\U0001d7d6\U0001d7d2K", "84K"),
        ("year\u2011end", "year-end"),
        ("84,000\u00b2 and \u00bd", "84,000\u00b2 and \u00bd"),
        ("mid-\nOctober", "mid-\nOctober"),
        ("a - \nb", "a - \nb"),
        ("caf\u00e9 \u2014 \u4e2d\u6587", "caf\u00e9 \u2014 \u4e2d\u6587"),
    ],
)
def test_letters_that_look_alike_are_the_same_and_others_stay(written, shown):
    assert as_seen(written) == shown


@given(st.text(st.sampled_from("aB1 -\n.\u00ad\u200b\ufb01\uff11\U0001d401\u2011$K"), max_size=40))
def test_every_character_that_is_shown_has_its_place(written):
    shown, places = with_places(written)
    assert as_seen(shown) == shown or "-" in shown
    if places is not None:
        assert len(places) == len(shown) + 1
        assert places == sorted(places)
        for character, place in zip(shown, places, strict=False):
            assert character in unicodedata.normalize("NFKC", written[place]) or (character, written[place]) == (
                "-",
                "\u2011",
            )


@given(st.text(max_size=80), st.sampled_from(["\u200b", "\u00ad", "\u2060"]), st.data())
def test_an_invisible_character_changes_no_value(words, invisible, data):
    said = f"{as_seen(words)} Bitcoin support at $84,000 will hold by Jan. 5, 2026 in the S&P 500."
    at = data.draw(st.integers(0, len(said)))
    before, after = said[:at], said[at:]
    if before.endswith("-") and after.startswith("\n"):
        return
    assert [f[:2] + f[4:] for f in text.annotate(said, PUBLISHED).findings] == [
        f[:2] + f[4:] for f in text.annotate(before + invisible + after, PUBLISHED).findings
    ]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("84 000", 84_000),
        ("84\u00a0000", 84_000),
        ("84\u202f000,50", 84_000.5),
        ("84'000", 84_000),
        ("1'234'567.5", 1_234_567.5),
        ("92.500,50", 92_500.5),
        ("1.234.567", 1_234_567),
        ("1,234,567.8", 1_234_567.8),
        ("84,5", 84.5),
        ("84,00,000", 8_400_000),
        ("84,5,90", None),
        ("1.2.3", None),
        ("84,92.5", None),
        ("1,234.567,8", None),
    ],
)
def test_numbers_are_read_in_every_grouping_or_not_at_all(word, value):
    figure = number(word)
    assert (figure and figure.value) == value


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("support at $84 000.", [84_000]),
        ("support at $84\u2009000.", [84_000]),
        ("support at $84'000.", [84_000]),
        ("support at $84\u2019000.", [84_000]),
        ("support at 84.000 €.", [84_000]),
        ("support at €84.000.", [84_000]),
        ("support at $92.500,50.", [92_500.5]),
        ("support at 84 000 USD, 80 500 USD.", [84_000, 80_500]),
        ("support at $84 000-86 000.", [84_000, 86_000]),
        ("support at $84.525K.", [84_525]),
        ("support at $0.125.", [0.125]),
        ("support at $84.000.", []),
        ("support at $1.234.", []),
        ("support at $0.", []),
        ("support at $84 0000.", [84]),
        ("the Nasdaq 100 200-day average is support.", []),
        ("the S&P 500 100 points below support.", []),
    ],
)
def test_a_level_is_the_number_that_is_written(said, expected):
    assert [price for price, _ in levels(f"Bitcoin: {said}")] == expected


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("by Dec. 2026", "2026-12-31"),
        ("by Jan. 5", "2026-01-05"),
        ("by Jan. 5, 2026", "2026-01-05"),
        ("by Jan. 5 '26", "2026-01-05"),
        ("by January 5th", "2026-01-05"),
        ("by January the 5th, 2026", "2026-01-05"),
        ("by 5th January 2026", "2026-01-05"),
        ("by the 15th of December", "2025-12-15"),
        ("before the Jan. 28 meeting", "2026-01-28"),
        ("by Jan. 28-29", "2026-01-29"),
        ("by 28\u201329 January", "2026-01-29"),
        ("by 15-Jan-2026", "2026-01-15"),
        ("by 15-Jan-26", "2026-01-15"),
        ("by December\n2026", "2026-12-31"),
        ("by Dec '26", "2026-12-31"),
        ("by Dec \u201926", "2026-12-31"),
        ("by Dec-26", "2026-12-31"),
        ("by May '26", "2026-05-31"),
        ("by 2026-03-15", "2026-03-15"),
        ("by 2026/03/15", "2026-03-15"),
        ("by 2026-03", "2026-03-31"),
        ("by 2026-Q1", "2026-03-31"),
        ("by 2026 H1", "2026-06-30"),
        ("by Q1'27", "2027-03-31"),
        ("by Q1 '27", "2027-03-31"),
        ("by 1Q27", "2027-03-31"),
        ("by 1Q 2027", "2027-03-31"),
        ("by Q2-27", "2027-06-30"),
        ("by H1'27", "2027-06-30"),
        ("by the third quarter of 2027", "2027-09-30"),
        ("by Q1 next year", "2026-03-31"),
        ("in the second half of next year", "2026-12-31"),
        ("by the end of next year", "2026-12-31"),
        ("by the end of next month", "2026-01-31"),
        ("by the end of 2026", "2026-12-31"),
        ("by end-2026", "2026-12-31"),
        ("by year-end 2026", "2026-12-31"),
        ("by late January", "2026-01-31"),
        ("in January, 5 % higher", "2026-01-31"),
        ("over the next 30 trading days", "2026-01-12"),
        ("within 10 business days", "2025-12-15"),
        ("in the next five sessions", "2025-12-08"),
        ("over the next 30 days", "2025-12-31"),
        ("by mid-January", "2026-01-15"),
        ("in early January", "2026-01-10"),
        ("by the beginning of January", "2026-01-10"),
        ("in the first week of January", "2026-01-07"),
        ("by the second half of December", "2025-12-31"),
        ("in the first half of January", "2026-01-15"),
        ("by early next year", "2026-03-31"),
        ("in early 2027", "2027-03-31"),
        ("by mid-27", "2027-06-30"),
        ("in 2027", "2027-12-31"),
        ("on a 12-month view", "2026-12-01"),
        ("in 6-8 weeks", "2026-01-26"),
        ("within a year", "2026-12-01"),
        ("a month from now", "2026-01-01"),
        ("over the next year", "2026-12-01"),
        ("next year", "2026-12-31"),
        ("by quarter-end", "2025-12-31"),
        ("by Friday", "2025-12-05"),
        ("before Christmas", "2025-12-25"),
        ("by Easter", "2026-04-05"),
        ("before Thanksgiving", "2026-11-26"),
        ("by New Year", "2026-01-01"),
    ],
)
def test_a_horizon_is_the_day_that_is_said(said, day):
    assert values(f"Bitcoin will rise {said}.", "horizon") == [day]


@pytest.mark.parametrize(
    "said",
    [
        "in the first half of next month",
        "by mid-Q1",
        "by the middle of next week",
        "by 2026-02-31",
        "by 2026/27",
        "by 2026-13",
        "by Dec-31",
        "by Dec. 35",
        "by December 1999",
        "by December 2150",
        "by Q1 27",
        "by Q1 1999",
        "in fiscal Q1",
        "in Q1 FY27",
        "by 31.12.2025",
        "by 12/31/2026",
        "after Q1 2026",
        "as it did earlier this year",
    ],
)
def test_a_day_that_cannot_be_read_is_no_horizon(said):
    assert values(f"Bitcoin will rise {said}.", "horizon") == []


@pytest.mark.parametrize("published", [date(2025, 11, 28), date(2025, 11, 29), date(2025, 11, 30)])
def test_trading_days_begin_on_monday_after_a_weekend(published):
    found = text.annotate("Within one trading day and within 5 trading days.", published).findings
    assert [finding.value for finding in found if finding.kind == "horizon"] == ["2025-12-01", "2025-12-05"]


@pytest.mark.parametrize(
    ("said", "assets"),
    [
        ("Nvidia (NASDAQ: NVDA) rose", ["NVDA", "NVDA"]),
        ("Nvidia (NASDAQ:NVDA) rose", ["NVDA", "NVDA"]),
        ("Nvidia (Nasdaq: NVDA) rose", ["NVDA", "NVDA"]),
        ("Coinbase (NASDAQ: COIN) rose", ["COIN", "COIN"]),
        ("Berkshire (NYSE: BRK.B) rose", ["BRK-B"]),
        ("A fund (NYSE Arca: SPY) rose", ["SPY"]),
        ("Shell (LSE: SHEL) and Tencent (HKEX: 700) rose", ["SHEL.L", "0700.HK"]),
        ("NASDAQ:AMD rose", ["AMD"]),
        ("Nasdaq: AI shares lead", ["^IXIC"]),
        ("NASDAQ: UP 2 %, DOW: DOWN", ["^IXIC"]),
        ("Nasdaq-listed Coinbase rose", ["COIN"]),
        ("Shares traded on the Nasdaq rose", []),
        ("The company trades on Nasdaq", []),
        ("We are bullish on Nasdaq", ["^IXIC"]),
        ("We are bullish on the Nasdaq", ["^IXIC"]),
        ("The Nasdaq 100 and the Nasdaq fell", ["^NDX", "^IXIC"]),
        ("The S&P 500 fell", ["^GSPC"]),
        ("The S&P fell, and so did SPX", ["^GSPC", "^GSPC"]),
        ("The S&P500 fell", ["^GSPC"]),
        ("The Standard & Poor's 500 fell", ["^GSPC"]),
        ("S&P Global downgraded it", []),
        ("We bought SPY and QQQ", ["SPY", "QQQ"]),
        ("The Dow fell, the Dow Jones too", ["^DJI", "^DJI"]),
        ("We like Dow Inc and Dow Theory", []),
        ("The Russell 2000 fell", ["^RUT"]),
        ("Russell said so", []),
        ("He is Chief Strategy Officer", []),
        ("He is Head of Strategy", []),
        ("So our Strategy team says", []),
        ("He leads Global Strategy here", []),
        ("Saylor's Strategy bought", ["MSTR"]),
        ("We call it digital Gold", []),
        ("So Gold rose", ["GC=F"]),
    ],
)
def test_a_name_means_what_it_names(said, assets):
    assert values(said, "asset") == assets


def test_a_ticker_behind_its_exchange_is_the_subject():
    said = "Nvidia (NASDAQ: NVDA) will rise by the end of December. Support is at $170 and resistance at $212."
    drafted = draft.draft(said, PUBLISHED)
    assert [(call.asset, call.direction) for call in drafted.calls] == [("NVDA", "up")]
    assert drafted.levels == (Level("NVDA", 170.0, "support"), Level("NVDA", 212.0, "resistance"))


def test_every_listed_name_is_found_in_its_own_spelling():
    missed = []
    for symbol, names in subjects().assets.items():
        for name in names:
            said = f"we said that {name} moved in the week"
            if symbol not in values(said, "asset"):
                missed.append((symbol, name))
    assert not missed


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "Support: $84,000, $80,500, $75,000\nResistance: $92,500",
            [(84_000, "support"), (80_500, "support"), (75_000, "support"), (92_500, "resistance")],
        ),
        ("Support: $84,000, $80,500, $75,000.", [(84_000, "support"), (80_500, "support"), (75_000, "support")]),
        ("Support at $84K, $80K and $75K.", [(84_000, "support"), (80_000, "support"), (75_000, "support")]),
        ("Support at $84K/$80K/$75K.", [(84_000, "support"), (80_000, "support"), (75_000, "support")]),
        ("Support at $84K, followed by $80K.", [(84_000, "support"), (80_000, "support")]),
        ("Support at $84K-85K, $80K.", [(84_000, "support"), (85_000, "support"), (80_000, "support")]),
        ("Resistance: 92'500, 95'000", [(92_500, "resistance"), (95_000, "resistance")]),
        ("Support is at\n$84,000 today.", [(84_000, "support")]),
        ("Support at $84,000 failed and bitcoin now trades at $90,000.", [(84_000, "support")]),
        ("Bitcoin at $90,000\nResistance: $92,500", [(92_500, "resistance")]),
        ("Bitcoin 52-week range: $74,400 - $126,000", []),
        ("Bitcoin day's range: $84,400 - $86,000", []),
        ("Bitcoin trading range $84,400 to $86,000", []),
        ("Bitcoin range (52 weeks): $74,400 - $126,000", []),
        ("Bitcoin traded between $60,000 and $75,000.", []),
        ("Bitcoin: 52-week high of $126,000, yesterday's low of $84,000", []),
        ("Bitcoin moves sideways between $60K and $75K.", [(60_000, "support"), (75_000, "resistance")]),
    ],
)
def test_a_list_of_levels_keeps_its_word_and_the_past_has_none(said, expected):
    assert levels(said) == expected


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Bitcoin fell by Dec. 5 and rose. More.", "Bitcoin fell by Dec. 5 and rose"),
        ("U.S. stocks fell. More.", "U.S. stocks fell"),
        ("Bit\u00adcoin\u200b fell. More.", "Bitcoin fell"),
        ("# Net in\ufb02ows\u200b", "Net inflows"),
        ("It ends in Dec.", "It ends in Dec"),
        ("A vs. B! More.", "A vs. B!"),
        ("One\nline\n\nTwo", "One line"),
    ],
)
def test_a_title_ends_with_its_sentence(said, title):
    assert draft.draft(said, PUBLISHED).title == title


def test_no_pattern_of_a_day_costs_more_than_its_length():
    for piece in ("Jan. ", "Jan 5-", "15th of January ", "Q1'", "2026-", "1 234 ", "Bit-\n", "NYSE: "):
        found = text.annotate(piece * (text.MAX_TEXT // len(piece)), PUBLISHED)
        assert re.fullmatch("positive|neutral|negative|unread", found.label)

"""Earnings and sales a share from the SEC's facts: which twelve months, by which filing, and nothing that was filed later."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import source_server
from hypothesis import given
from hypothesis import strategies as st
from yahoo_server import Answer

from sentiment import settings
from sentiment.errors import BadRequestError, BlockedError, NoDataError, SelectionError, UnexpectedAnswerError
from sentiment.market import history, providers, refresh
from sentiment.market.providers import sec
from sentiment.market.providers._tables import Figure
from sentiment.market.providers.sec import Fact, trailing_year_per_share

DAY = timedelta(days=1)
NEW, OLD = "RevenueFromContractWithCustomerExcludingAssessedTax", "SalesRevenueNet"


def day(text):
    return date.fromisoformat(text)


def fact(start, end, value, filing, filed):
    return Fact(day(start), day(end), value, filing, day(filed))


# A company whose fiscal year is the calendar's: two quarters and the annual reports around them.
ANNUAL_24 = fact("2024-01-01", "2024-12-31", 400.0, "K24", "2025-02-10")
QUARTER_24 = fact("2024-01-01", "2024-03-31", 90.0, "Q124", "2024-05-01")
HALF_24 = fact("2024-01-01", "2024-06-30", 190.0, "Q224", "2024-08-01")
QUARTER_25 = fact("2025-01-01", "2025-03-31", 110.0, "Q125", "2025-05-01")
HALF_25 = fact("2025-01-01", "2025-06-30", 230.0, "Q225", "2025-08-01")
SECOND_25 = fact("2025-04-01", "2025-06-30", 120.0, "Q225", "2025-08-01")
INCOME = [QUARTER_24, HALF_24, ANNUAL_24, QUARTER_25, HALF_25, SECOND_25]
SHARES = [
    fact("2024-01-01", "2024-12-31", 100.0, "K24", "2025-02-10"),
    fact("2025-01-01", "2025-03-31", 105.0, "Q125", "2025-05-01"),
    fact("2025-04-01", "2025-06-30", 110.0, "Q225", "2025-08-01"),
    fact("2025-01-01", "2025-06-30", 107.5, "Q225", "2025-08-01"),
]


def rows(*tags, shares=SHARES):
    return [(str(on), value) for on, value in trailing_year_per_share(tags, shares)]


def test_twelve_months_are_the_last_year_and_this_one_so_far_less_the_same_part_of_the_last():
    assert rows(INCOME) == [
        ("2025-02-10", 4.0),  # the fiscal year
        ("2025-05-01", 4.0),  # (400 + 110 - 90) / 105
        ("2025-08-01", 4.0),  # (400 + 230 - 190) / the quarter's 110
    ]


@pytest.mark.parametrize("missing", [ANNUAL_24, HALF_24, HALF_25])
def test_a_missing_part_leaves_no_row(missing):
    assert "2025-08-01" not in dict(rows([one for one in INCOME if one != missing]))


@pytest.mark.parametrize(
    "shares",
    [[], SHARES[:2], [one._replace(value=0.0) for one in SHARES], [one._replace(filing="X") for one in SHARES]],
)
def test_shares_are_those_of_the_same_filing_or_there_is_no_row(shares):
    assert "2025-08-01" not in dict(rows(INCOME, shares=shares))


def test_a_restatement_is_a_new_row_on_its_own_day():
    restated = ANNUAL_24._replace(value=380.0, filing="K24A", filed=day("2025-09-15"))
    assert rows([*INCOME, restated]) == [*rows(INCOME), ("2025-09-15", round(420 / 110, 6))]


def test_a_comparison_in_a_later_report_restates_too():
    again = HALF_24._replace(value=200.0, filing="Q225", filed=day("2025-08-01"))
    assert dict(rows([*INCOME, again]))["2025-08-01"] == round(430 / 110, 6)


def test_a_year_of_53_weeks_is_a_year():
    year = [
        fact("2023-10-01", "2024-09-28", 364.0, "K", "2024-11-01"),
        fact("2023-10-01", "2023-12-30", 91.0, "Q", "2024-02-01"),
        fact("2024-09-29", "2024-12-28", 101.0, "R", "2025-02-01"),
    ]
    shares = [one._replace(value=10.0) for one in year]
    assert rows(year, shares=shares) == [("2024-11-01", 36.4), ("2025-02-01", 37.4)]


def test_two_tags_are_never_in_one_sum():
    old = [one for one in INCOME if one.filed < day("2025-05-01")]
    new = [one for one in INCOME if one.filed >= day("2025-05-01")]
    assert rows(new, old) == [("2025-02-10", 4.0)], "the new tag knows neither the year nor its part"
    comparisons = [
        ANNUAL_24._replace(value=410.0, filing="Q225", filed=day("2025-08-01")),
        HALF_24._replace(value=195.0, filing="Q225", filed=day("2025-08-01")),
    ]
    assert rows([*new, *comparisons], old)[-1] == ("2025-08-01", round((410 + 230 - 195) / 110, 6))


def test_where_one_filing_has_two_tags_the_first_is_the_total():
    parts = [one._replace(value=one.value / 2) for one in INCOME]
    assert rows(INCOME, parts) == rows(INCOME)


WHEN = st.dates(day("2024-01-01"), day("2026-12-31"))
VALUES = st.sampled_from([50.0, 100.0, 150.0, -20.0])


@st.composite
def histories(draw):
    """Reports of three years' quarters, so far, filed whenever, some of them twice, some not at all."""
    found = []
    for year in (2023, 2024, 2025):
        for months in (3, 6, 9, 12):
            start, end = date(year, 1, 1), date(year, months, 30 + (months in (3, 12)))
            for copy in range(draw(st.integers(0, 2))):
                filed = end + draw(st.integers(10, 500)) * DAY
                found.append(Fact(start, end, draw(VALUES), f"{year}-{months}-{copy}", filed))
    return found


@given(histories(), histories(), st.data())
def test_what_is_filed_later_changes_nothing_before(first, second, data):
    shares = [one._replace(value=10.0) for one in (*first, *second)]
    every = trailing_year_per_share([first, second], shares)
    cut = data.draw(st.sampled_from([on for on, _ in every] or [day("2025-01-01")]))
    then = [[one for one in facts if one.filed <= cut] for facts in (first, second)]
    assert trailing_year_per_share(then, [one for one in shares if one.filed <= cut]) == [
        figure for figure in every if figure.day <= cut
    ]


def test_a_row_needs_nothing_but_figures():
    assert trailing_year_per_share([], []) == []
    assert trailing_year_per_share([[ANNUAL_24]], SHARES) == [Figure(day("2025-02-10"), 4.0)]


# -- as it is asked ----------------------------------------------------------------------------------------------------


@pytest.fixture
def server(monkeypatch, empty_store):
    assert empty_store
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with source_server.serving() as server:
        monkeypatch.setattr(sec, "ADDRESS", server.address + source_server.CONCEPTS)
        monkeypatch.setattr(sec, "TICKERS", server.address + source_server.TICKERS)
        monkeypatch.setattr(sec, "source", source_server.renewed(sec.source))
        server.world.tickers = {"AAPL": 320193, "BRK-B": 1067983}
        income, shares = source_server.filing(day("2025-02-10"))
        server.world.concepts = {"NetIncomeLoss": {"USD": income}, sec.SHARES: {"shares": shares}}
        yield server


def closes(symbol):
    return {str(stamp.date()): value for stamp, value in history.bars(symbol)["close"].items()}


def test_a_row_is_dated_by_the_day_of_the_filing(server):
    refresh.refresh("brk-b-earnings-ttm")
    assert closes("BRK-B-EARNINGS-TTM") == {"2025-02-10": 2.0}
    assert [path for path, _, _ in server.asked] == [
        "/files/company_tickers.json",
        "/api/xbrl/companyconcept/CIK0001067983/us-gaap/NetIncomeLoss.json",
        "/api/xbrl/companyconcept/CIK0001067983/us-gaap/WeightedAverageNumberOfDilutedSharesOutstanding.json",
    ]
    found = sec.fetch("BRK-B-EARNINGS-TTM")
    meta = providers.Meta("BRK-B-EARNINGS-TTM", "America/New_York", "STEPWISE", "USD", may_be_negative=True)
    assert found.meta == meta


def test_both_figures_of_a_share_cost_a_request_a_tag(server):
    server.world.concepts[OLD] = {"USD": server.world.concepts["NetIncomeLoss"]["USD"]}
    sec.fetch("AAPL-EARNINGS-TTM")
    assert sec.fetch("AAPL-SALES-TTM").frame["close"].tolist() == [2.0]
    assert len(server.asked) == 6
    assert sum(status == 404 for _, _, status in server.asked) == 2, "tags that the company never used"


def test_sales_follow_the_tag_that_the_company_uses_now(server):
    before, shares_before = source_server.filing(day("2024-02-10"), income=500)
    now, shares_now = source_server.filing(day("2025-02-10"), income=600)
    server.world.concepts |= {
        OLD: {"USD": before},
        NEW: {"USD": now},
        sec.SHARES: {"shares": shares_before + shares_now},
    }
    refresh.refresh("AAPL-SALES-TTM")
    assert closes("AAPL-SALES-TTM") == {"2024-02-10": 10.0, "2025-02-10": 12.0}


@pytest.mark.parametrize("form", ["DEF 14A", "8-K", "S-1", None])
def test_only_annual_and_quarterly_reports_count(server, form):
    proxy, _ = source_server.filing(day("2025-04-10"), income=1, form=form)
    _, shares = source_server.filing(day("2025-04-10"))
    server.world.concepts["NetIncomeLoss"]["USD"] += proxy
    server.world.concepts[sec.SHARES]["shares"] += shares
    assert sec.fetch("AAPL-EARNINGS-TTM").frame["close"].tolist() == [2.0]


def test_a_ticker_that_it_does_not_list_is_an_answer_and_no_pause(server):
    with pytest.raises(NoDataError, match="SEC lists no company with the ticker SPY"):
        sec.fetch("SPY-EARNINGS-TTM")
    assert len(sec.fetch("AAPL-EARNINGS-TTM").frame) == 1
    assert sum(path == source_server.TICKERS for path, _, _ in server.asked) == 1, "the list is kept for a day"


def test_a_company_without_these_facts_has_none(server):
    server.world.concepts = {"NetIncomeLoss": {"EUR": server.world.concepts["NetIncomeLoss"]["USD"]}}
    with pytest.raises(NoDataError, match="SEC has no figures of AAPL-EARNINGS-TTM since its first filing"):
        sec.fetch("AAPL-EARNINGS-TTM")


@pytest.mark.parametrize("text", ["AAPL", "AAPL-EPS-TTM", "BTC-USD-EARNINGS-TTM", "^VIX-SALES-TTM", "-SALES-TTM"])
def test_other_symbols_are_not_its_own(text):
    with pytest.raises(BadRequestError, match="is not from SEC; it gives TICKER-EARNINGS-TTM"):
        sec.normalize(text)


@pytest.mark.parametrize(
    "body",
    [
        b'{"0": {"ticker": "AAPL"}}',
        b"[]",
        b'{"0": 1}',
        b'{"units": []}',
        b'{"units": {"USD": [{"form": "10-K", "start": 1}]}}',
    ],
)
def test_an_answer_of_another_form_is_told(server, body):
    about = source_server.TICKERS if b"units" not in body else source_server.CONCEPTS
    server.fault = lambda path, _query: Answer(body=body) if path.startswith(about) else None
    with pytest.raises(UnexpectedAnswerError, match="SEC was asked for AAPL-EARNINGS-TTM and sent"):
        sec.fetch("AAPL-EARNINGS-TTM")


def test_the_contact_goes_with_each_request_and_its_lack_is_told(server, monkeypatch):
    def refuses(*_):
        return None if any("jo@example.com" in agent for agent in server.agents) else Answer(403, b"<html>undeclared")

    server.fault = refuses
    with pytest.raises(
        BlockedError, match=r"SEC refused .* \(HTTP 403\); it asks for a contact: set SENTIMENT_CONTACT to"
    ):
        sec.fetch("AAPL-EARNINGS-TTM")
    monkeypatch.setattr(sec, "source", source_server.renewed(sec.source))
    monkeypatch.setenv("SENTIMENT_CONTACT", "Jo Doe jo@example.com")
    assert len(sec.fetch("AAPL-EARNINGS-TTM").frame) == 1
    assert max(server.agents, key=len).endswith(" (Jo Doe jo@example.com)")


@pytest.mark.parametrize("text", ["Jö", "a\nb", "(x)"])
def test_a_contact_that_no_header_can_hold_stops_the_start(monkeypatch, text):
    monkeypatch.setenv("SENTIMENT_CONTACT", text)
    with pytest.raises(SelectionError, match="SENTIMENT_CONTACT is"):
        settings.check()

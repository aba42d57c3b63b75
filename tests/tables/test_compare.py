"""The table ``compare``: what is rebased to what, what stays missing, and that no later day moves an earlier row."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from asgi import ask as ask_api
from hypothesis import given
from hypothesis import strategies as st

from sentiment.errors import SelectionError, UnknownAssetError
from sentiment.frames import day
from sentiment.models import Selection
from sentiment.scoring.score import Scores
from sentiment.tables import export
from sentiment.tables.record import Extent
from sentiment.tables.records.compare import compare_table, compared
from sentiment.web.api import ApiMiddleware

NAN = float("nan")
COLUMNS = ["date", "asset", "close", "rebased", "fear", "justified", "gap", "regime"]


def scored(asset, closes):
    """Scores of an asset with these closes by day of January 2026, in balance with fear at its close."""
    index = pd.DatetimeIndex([day(date(2026, 1, number)) for number in closes], name="date")
    close = pd.Series(list(closes.values()), index, dtype=float)
    axes = pd.DataFrame({"close": close, "fear": close, "justified": 50.0, "gap": close - 50, "regime": "in balance"})
    return Scores(asset, axes, axes, axes, axes, {}, {})


def rows_of(table, asset):
    block = table[table["asset"] == asset]
    return dict(zip(block["date"].dt.day, block["rebased"], strict=True))


def test_prices_are_rebased_to_100_on_the_first_common_day_and_missing_days_stay_missing():
    every_day = scored("A", {1: 50, 2: 60, 3: 75, 4: 90})
    session = scored("B", {2: NAN, 3: 8, 5: 6})  # closed on the 4th, no close on the 2nd
    table = compare_table([every_day, session])
    assert list(table.columns) == COLUMNS
    assert rows_of(table, "A") == {
        1: pytest.approx(NAN, nan_ok=True),
        2: pytest.approx(NAN, nan_ok=True),
        3: 100,
        4: 120,
    }
    assert rows_of(table, "B") == {2: pytest.approx(NAN, nan_ok=True), 3: 100, 5: 75}
    order = list(zip(table["date"].dt.day, table["asset"], strict=True))
    assert order == [(1, "A"), (2, "A"), (2, "B"), (3, "A"), (3, "B"), (4, "A"), (5, "B")]
    assert rows_of(compare_table([session, every_day]), "A")[4] == 120
    assert compare_table([session, every_day])["asset"].tolist()[1:3] == ["B", "A"], "the order chosen"


def test_the_base_is_the_first_common_day_from_the_start_on():
    one, other = scored("A", {1: 50, 2: 60, 3: 75, 4: 90}), scored("B", {1: 1, 2: 2, 4: 3})
    table = compare_table([one, other], date(2026, 1, 3))
    assert rows_of(table, "A")[4] == rows_of(table, "B")[4] == 100
    assert table["rebased"].notna().sum() == 2


@pytest.mark.parametrize("closes", [{5: 8, 6: 9}, {1: 0.0, 2: -1.0}])
def test_without_a_common_day_nothing_is_rebased(closes):
    table = compare_table([scored("A", {1: 50, 2: 60}), scored("B", closes)])
    assert table["rebased"].isna().all()
    assert table["close"].notna().all()


CLOSES = st.dictionaries(st.integers(1, 20), st.floats(0.5, 500) | st.just(NAN), min_size=1)


@given(st.lists(CLOSES, min_size=2, max_size=5), st.integers(1, 20), st.none() | st.integers(1, 20))
def test_no_later_day_moves_an_earlier_row(many, last, start):
    """Once a base day is known it stays: the rows so far are those of the whole, or there is no base yet."""
    cut = [{number: close for number, close in closes.items() if number <= last} for closes in many]
    if not all(cut):
        return
    start = start and date(2026, 1, start)
    names = "ABCDE"
    whole = compare_table(
        [scored(names[place], dict(sorted(closes.items()))) for place, closes in enumerate(many)], start
    )
    part = compare_table(
        [scored(names[place], dict(sorted(closes.items()))) for place, closes in enumerate(cut)], start
    )
    before = whole[whole["date"] <= day(date(2026, 1, last))].reset_index(drop=True)
    if part["rebased"].isna().all():
        assert before["rebased"].isna().all()
    pd.testing.assert_frame_equal(part, before)


def test_an_as_of_export_is_the_first_rows_of_the_whole():
    chosen = ("SPY", "BTC-USD", "EURUSD=X")
    whole = export.to_csv(export.table("compare", Selection(asset="SPY", assets=chosen)))
    until = export.to_csv(export.table("compare", Selection(asset="SPY", assets=chosen, as_of=date(2025, 12, 2))))
    assert until.startswith("date,asset,close,rebased,fear,justified,gap,regime\r\n2015-01-01,BTC-USD,314.2,,,,,\r\n")
    assert "2025-11-29,BTC-USD," in until
    assert "2025-11-29,SPY," not in until, "a Saturday"
    assert until.splitlines()[-1].startswith("2025-12-02,EURUSD=X,"), "nothing later"
    assert whole.startswith(until)


def test_each_row_is_the_row_of_the_assets_own_scores():
    chosen = Selection(asset="GLD", assets=("GLD", "ETH-USD"), as_of=date(2025, 12, 2), weights=(("momentum", 0.0),))
    table = export.table("compare", chosen, Extent(date(2025, 6, 1)))
    for asset in chosen.assets:
        own = export.table(
            "scores", Selection(asset=asset, as_of=chosen.as_of, weights=chosen.weights), Extent(date(2025, 6, 1))
        )
        rows = table[table["asset"] == asset].reset_index(drop=True)
        names = [name for name in COLUMNS if name not in {"asset", "rebased"}]
        pd.testing.assert_frame_equal(rows[names], own[names], check_freq=False)
        first = rows[rows["date"] == day(date(2025, 6, 2))]["close"].item()  # the first session of June
        since = rows["date"] >= day(date(2025, 6, 2))
        np.testing.assert_allclose(rows.loc[since, "rebased"], rows.loc[since, "close"] / first * 100)
        assert rows.loc[~since, "rebased"].isna().all()


def test_what_cannot_be_compared_is_refused_by_name():
    def ask(*names, **more):
        return export.table("compare", Selection(asset=names[0], assets=names, **more))

    with pytest.raises(SelectionError, match="a comparison takes 2 to 5 assets; there is SPY"):
        ask("SPY")
    with pytest.raises(SelectionError, match="no prices of ETH-USD by 2016-01-04; they run from 2017-08-17"):
        ask("BTC-USD", "ETH-USD", as_of=date(2016, 1, 4))
    with pytest.raises(UnknownAssetError, match="no asset 'NONE'"):
        ask("BTC-USD", "NONE")


async def _page(_scope, _receive, _send):
    raise AssertionError("the API answers its own addresses")


def test_the_api_refuses_what_a_page_would_leave_out(monkeypatch):
    monkeypatch.setenv("SENTIMENT_API_RATE", "0")
    answer = ask_api(ApiMiddleware(_page), "/api/v1/compare.csv?assets=SPY~NOPE&as_of=2025-12-02")
    assert (answer.status, answer.json["detail"]) == (400, "No prices of 'NOPE' are saved here.")
    assert "GLD" in answer.json["there_are"]["assets"]
    early = ask_api(ApiMiddleware(_page), "/api/v1/compare.csv?assets=SPY~ETH-USD&as_of=2016-01-04")
    assert (early.status, early.json["detail"].partition(";")[0]) == (400, "No prices of ETH-USD by 2016-01-04")


def test_without_a_choice_an_asset_stands_beside_two_that_are_always_at_hand():
    assert compared(Selection()) == ("BTC-USD", "SPY", "GLD")
    assert compared(Selection(asset="SPY")) == ("SPY", "BTC-USD", "GLD")
    assert compared(Selection(asset="ETH-USD")) == ("ETH-USD", "BTC-USD", "SPY")
    assert compared(Selection(assets=("BTC-USD",))) == ("BTC-USD",), "an empty choice is not filled up"

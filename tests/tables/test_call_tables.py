"""The board of calls and the public ones as tables; and that none of them moves a score."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from sentiment.models import Call, Selection, Status
from sentiment.research import public_calls
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.tables import call_tables, export
from sentiment.tables.records.publishers import publishers_table

LATEST = date(2026, 10, 3)


def test_the_pending_come_first_by_the_day_on_which_they_are_due():
    board = call_tables.board(LATEST)
    pending = board["status"] == Status.PENDING.value
    assert pending.sum() == 14
    assert pending.iloc[:14].all()
    assert board["horizon_end"].iloc[:14].is_monotonic_increasing
    first = board.iloc[0]
    assert (first["id"], first["days_left"], first["level"], first["price"]) == ("b219", 28, 44_000, 84_754)
    assert first["distance"] == pytest.approx(44_000 / 84_754 - 1)
    assert board["horizon_end"].iloc[14:].is_monotonic_decreasing
    notes = board[board["note"].notna()]
    assert len(notes) == 7
    assert notes["id"].isna().all()
    assert board.loc[~pending, ["days_left", "price", "distance"]].isna().all(axis=None)


def test_a_board_of_a_past_day_knows_nothing_later():
    board = call_tables.board(date(2018, 12, 25)).set_index("id")
    assert board.loc["b010", "status"] == "pending"
    assert board.loc["b010", "days_left"] == 6
    assert board.loc["b010", "price"] == 3815
    assert board["published"].max() <= "2018-12-25"


@pytest.mark.parametrize(
    ("levels", "decides"),
    [
        ({"direction": "up", "target": 130.0}, 130.0),
        ({"direction": "range", "floor": 60.0, "ceiling": 130.0}, 130.0),
        ({"direction": "range", "floor": 90.0, "ceiling": 130.0}, 90.0),
        ({"direction": "range", "ceiling": 90.0}, 90.0),
        ({"direction": "down"}, 80.0),
        ({"direction": "range", "at_end": True}, None),
    ],
)
def test_the_level_that_decides(levels, decides):
    assert call_tables.deciding_level(Call("BTC-USD", "called", **levels), 80.0, 100.0) == decides


def test_the_tables_of_a_selection():
    public = export.table("public_calls", Selection()).set_index("id")
    assert len(public) == 205
    assert (public["counts"] == "yes").sum() == 158
    assert public.loc["b040", ["direction", "floor", "status"]].tolist() == ["end", 12_000, "hit"]
    assert public.loc["b052", "target"] == 45_268
    assert public.loc["b022", "repeats"] == "b018"
    board = export.table("scoreboard", Selection(as_of=date(2022, 1, 1)))
    assert board["group"].iloc[0] == "all"
    assert board.loc[board["group"] == "year", "value"].max() == "2021"
    assert export.table("scoreboard", Selection(as_of=date(2015, 6, 1))).empty
    assert export.table("public_calls", Selection(as_of=date(2015, 6, 1))).empty


def test_no_score_and_no_record_knows_the_collection(monkeypatch):
    with_it = score(load_inputs("BTC-USD"))
    records = publishers_table(LATEST)
    monkeypatch.setattr(public_calls, "collection", tuple)
    assert public_calls.known(LATEST) == ()
    without = score(load_inputs("BTC-USD"))
    pd.testing.assert_frame_equal(with_it.axes, without.axes, check_exact=True)
    pd.testing.assert_frame_equal(with_it.rank, without.rank, check_exact=True)
    pd.testing.assert_frame_equal(records, publishers_table(LATEST), check_exact=True)

"""What the scores of an asset rest on: closes of an exchange are carried, and no further than seven days."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from sentiment import frames
from sentiment.frames import day
from sentiment.market import bar_store
from sentiment.scoring.inputs import load_inputs

FIRST, NEXT = date(2026, 1, 2), date(2026, 1, 12)  # nine days without a session between them


@pytest.fixture
def shares(empty_store):
    saved = datetime(2026, 2, 1, tzinfo=UTC)
    rows = pd.DataFrame(
        {**dict.fromkeys(frames.PRICE_COLUMNS, 0.0), "close": [100.0, 110.0], "volume": [7.0, 8.0]},
        index=pd.DatetimeIndex([day(FIRST), day(NEXT)], name="date"),
    )
    facts = bar_store.Facts(saved, saved, "America/New_York", "EQUITY", "USD")
    bar_store.append("ACME", rows, saved, facts)
    assert empty_store.is_dir()
    return load_inputs("ACME").prices


def test_a_close_is_carried_seven_days_and_not_eight(shares):
    assert shares["close"].fillna(-1).tolist() == [100.0, *[100.0] * 7, -1, -1, 110.0]


def test_a_carried_day_has_no_volume_and_is_marked(shares):
    assert shares["volume"].fillna(-1).tolist() == [7.0, *[0.0] * 7, -1, -1, 8.0]
    assert shares["carried"].tolist() == [False, *[True] * 9, False]

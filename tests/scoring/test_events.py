from dataclasses import replace
from datetime import date

import pandas as pd

from sentiment.frames import day
from sentiment.research import library
from sentiment.scoring.events import events_on, list_events, next_event_day
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score


def with_regimes(*names, first="2026-01-01"):
    scored = score(load_inputs("BTC-USD", date(2015, 3, 1)))
    index = pd.date_range(first, periods=len(names), tz="UTC", unit="us", name="date")
    return replace(scored, axes=pd.DataFrame({"regime": pd.Series(names, index=index, dtype="str")}, index=index))


def test_a_regime_changes_where_another_one_follows_also_over_a_gap():
    events = list_events(
        with_regimes(None, "in balance", "in balance", "complacent", None, "complacent", "in balance"), ()
    )
    assert events["date"].tolist() == [day(date(2026, 1, 4)), day(date(2026, 1, 7))]
    assert events_on(events, date(2026, 1, 7)) == ("the regime became “in balance”",)
    assert events_on(events, date(2026, 1, 5)) == ()


def test_notes_and_changes_stand_in_one_order_and_none_lies_ahead():
    notes = [library.find("k33-2025-12-02"), library.find("k33-2026-05-20")]
    events = list_events(with_regimes("in balance", "complacent", first="2025-12-02"), notes)
    assert events["what"].tolist() == [
        "K33 Research: Fear outweighs fundamentals; December could be the turn",
        "the regime became “complacent”",
    ]


def test_steps_go_event_by_event_and_end():
    events = list_events(with_regimes("in balance", "complacent", "in balance", first="2025-12-01"), ())
    assert next_event_day(events, date(2025, 12, 1), 1) == date(2025, 12, 2)
    assert next_event_day(events, date(2025, 12, 2), 1) == date(2025, 12, 3)
    assert next_event_day(events, date(2025, 12, 3), 1) is None
    assert next_event_day(events, date(2026, 1, 1), -1) == date(2025, 12, 3)
    assert next_event_day(events, date(2025, 12, 2), -1) is None
    assert next_event_day(list_events(with_regimes(None), ()), date(2026, 1, 1), -1) is None

"""Leap days, month and year ends, summer time and bars of tomorrow: every day by its right name, and once."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from sentiment.frames import day, every_day
from sentiment.market import bar_store, providers, refresh, shaping
from sentiment.market.providers import yahoo
from sentiment.models import Call, Selection, Status
from sentiment.research import grading, library
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.tables import export
from sentiment.tables.records.prices import prices_table
from sentiment.web import links
from torture.outcome import Outcome, own_folder

ZONES = {
    "America/New_York": (date(2024, 3, 10), date(2024, 11, 3)),
    "America/Santiago": (date(2024, 4, 7), date(2024, 9, 8)),  # the hour after midnight is missing
    "America/Sao_Paulo": (date(2018, 2, 18), date(2018, 11, 4)),  # as there, until 2019
    "America/Havana": (date(2024, 3, 10), date(2024, 11, 3)),  # the hour after midnight is there twice
    "Africa/Cairo": (date(2024, 4, 26), date(2024, 11, 1)),
    "Asia/Beirut": (date(2024, 3, 31), date(2024, 10, 27)),
    "Europe/London": (date(2024, 3, 31), date(2024, 10, 27)),
    "Australia/Sydney": (date(2024, 4, 7), date(2024, 10, 6)),
    "Australia/Lord_Howe": (date(2024, 4, 7), date(2024, 10, 6)),  # by half an hour
    "Africa/Casablanca": (date(2024, 3, 10), date(2024, 4, 14)),
    "Pacific/Apia": (date(2011, 12, 29), date(2012, 1, 2)),  # 30 December 2011 never was
    "Asia/Tokyo": (date(2024, 2, 29), date(2024, 12, 31)),
    "Asia/Kathmandu": (date(2024, 2, 29), date(2023, 12, 31)),
    "UTC": (date(2024, 2, 29), date(2025, 12, 31)),
}
"""Zones of exchanges and of those who could have one, each with days on which its clocks do something."""
OPENS = (timedelta(0), timedelta(hours=9, minutes=30), timedelta(hours=23, minutes=30))


def _meta(zone, **more):
    return providers.Meta("TORTURE", zone, **{"instrument": "EQUITY", "currency": "USD", **more})


def _frame(days, zone, opens):
    """Bars as yfinance names them: by an instant of the exchange's own day."""
    local = ZoneInfo(zone)
    stamps = pd.DatetimeIndex(
        [(datetime(one.year, one.month, one.day, tzinfo=local) + opens).astimezone(UTC) for one in days]
    ).tz_convert(zone)
    values = dict.fromkeys(("open", "high", "low", "close"), 100.0 + np.arange(len(days))) | {
        "volume": 1.0,
        "dividends": 0.0,
        "splits": 0.0,
    }
    return pd.DataFrame(values, index=stamps)


def _around(centre):
    found = [centre + timedelta(days=n) for n in range(-4, 5)]
    return [one for one in found if one != date(2011, 12, 30)]


def named():
    """Bars around every turn of a clock keep the exchange's dates, each once, and none is doubted."""
    for zone, turns in ZONES.items():
        for turn in turns:
            for opens in OPENS:
                days = _around(turn)
                shaped = shaping.shape(
                    providers.FetchResult(_frame(days, zone, opens), _meta(zone), datetime(2026, 6, 1, tzinfo=UTC)),
                    datetime(2026, 6, 1, tzinfo=UTC),
                )
                yield (
                    f"{zone} at {turn}, open at {opens}",
                    [stamp.date() for stamp in shaped.bars.index] == days and shaped.quarantined.empty,
                )


def closing():
    """Hour by hour over a turn, a bar runs until the exchange's day is over and is closed from then on; tomorrow's is doubted."""
    for zone, turns in ZONES.items():
        for turn in turns:
            days = _around(turn)
            frame = _frame(days, zone, timedelta(hours=9, minutes=30))
            closed_before = 0
            start = datetime(turn.year, turn.month, turn.day, tzinfo=UTC) - timedelta(days=1)
            for hour in range(72):
                now = start + timedelta(hours=hour, minutes=1)
                today = now.astimezone(ZoneInfo(zone)).date()
                shaped = shaping.shape(providers.FetchResult(frame, _meta(zone), now), now)
                closed = [stamp.date() for stamp in shaped.bars.index]
                ahead = [stamp.date() for stamp in shaped.quarantined.index]
                running = [] if shaped.running is None else [shaped.running.name.date()]
                right = closed == [one for one in days if one < today] and ahead == [one for one in days if one > today]
                right &= running == [one for one in days if one == today] and len(closed) >= closed_before
                closed_before = len(closed)
                yield f"{zone} at {now}", right


def sessions():
    """The end of a session decides its own day and no other, also where it ends past midnight UTC."""
    for zone, turns in ZONES.items():
        for turn in turns:
            local = ZoneInfo(zone)
            ends = datetime(turn.year, turn.month, turn.day, 16, tzinfo=local).astimezone(UTC)
            frame = _frame(_around(turn), zone, timedelta(hours=9, minutes=30))
            for minutes, closed in ((-1, False), (29, False), (31, True)):
                shaped = shaping.shape(
                    providers.FetchResult(frame, _meta(zone, session_end=ends), ends + timedelta(minutes=minutes)),
                    ends + timedelta(minutes=minutes),
                )
                yield f"{zone} at {turn}, {minutes} min after its session", (day(turn) in shaped.bars.index) is closed


def expected():
    """Hour by hour through two years, the last day that should be closed never lies ahead and never goes back."""
    for zone in ZONES:
        for instrument in ("EQUITY", "CRYPTOCURRENCY"):
            moment = datetime(2023, 12, 1, tzinfo=UTC)
            about = bar_store.Facts(moment, moment, zone, instrument, "USD")
            last = date(2023, 1, 1)
            right = True
            for _ in range(2 * 366 * 8):
                moment += timedelta(hours=3)
                found = refresh.last_closed(about, moment)
                today = moment.astimezone(ZoneInfo("UTC" if instrument == "CRYPTOCURRENCY" else zone)).date()
                right &= last <= found < today and (today - found).days <= (1 if instrument == "CRYPTOCURRENCY" else 3)
                last = found
            yield f"{instrument} in {zone}", right


def kept():
    """Bars saved over a turn and a year's end are scored a session once, and what was not traded has no volume and no score."""
    for zone in ("America/New_York", "America/Santiago", "Pacific/Apia", "Asia/Tokyo"):
        with own_folder():
            days = [
                one.date()
                for one in pd.date_range("2011-12-01", "2012-03-05", freq="B")
                if one.date() != date(2011, 12, 30)
            ]
            asked = datetime(2012, 3, 8, tzinfo=UTC)
            for given in (days, days[-12:], days[-12:]):
                fetched = providers.FetchResult(_frame(given, zone, timedelta(hours=9)), _meta(zone), asked)
                fetched.frame.loc[:, "close"] = [100.0 + days.index(one) for one in given]
                with patch.object(yahoo, "fetch", lambda *_, fetched=fetched: fetched):
                    refresh.refresh("TORTURE", clock=lambda asked=asked: asked)
            inputs = load_inputs("TORTURE")
            scored = score(inputs)
            yield f"days of {zone}", [one.date() for one in scored.axes.index] == days
            yield f"inputs of {zone}", list(inputs.prices.index) == list(every_day(days[0], days[-1]))
            yield f"volume of {zone}", set(inputs.prices.index[inputs.prices["volume"] > 0].date) == set(days)
            yield f"bars of {zone}", [one.date() for one in prices_table(inputs)["date"]] == days
            yield f"no future of {zone}", bar_store.read_bars("TORTURE").index[-1].date() < asked.date()


def published():
    """A note is known at the end of its UTC day, to the microsecond, whatever zone its time was written in."""
    one = library.find("k33-2025-12-02")
    for text, known in (
        ("2024-02-29T23:59:59.999999+00:00", date(2024, 2, 29)),
        ("2024-03-01T00:00:00+00:00", date(2024, 3, 1)),
        ("2024-03-01T00:00:00+14:00", date(2024, 2, 29)),
        ("2023-12-31T23:30:00-01:00", date(2024, 1, 1)),
        ("2024-12-31T12:00:00-12:00", date(2025, 1, 1)),
    ):
        note = replace(one, published=datetime.fromisoformat(text).astimezone(UTC))
        yield text, note.day == known


def horizons():
    """Calls over leap days and year ends end on their calendar day, and not before it."""
    one = library.find("k33-2025-12-02")
    for said, days, end, last in (
        (date(2024, 2, 28), 1, None, date(2024, 2, 29)),
        (date(2024, 2, 28), 2, None, date(2024, 3, 1)),
        (date(2023, 2, 28), 1, None, date(2023, 3, 1)),
        (date(2024, 2, 29), 365, None, date(2025, 2, 28)),
        (date(2024, 2, 29), 366, None, date(2025, 3, 1)),
        (date(2023, 12, 31), 1, None, date(2024, 1, 1)),
        (date(2024, 1, 31), None, date(2024, 2, 29), date(2024, 2, 29)),
        (date(2024, 3, 30), 2, None, date(2024, 4, 1)),  # clocks turn in Europe
    ):
        note = replace(one, published=datetime(said.year, said.month, said.day, 12, tzinfo=UTC))
        call = Call("BTC-USD", "up", "up", days=days, end=end)
        before, on = (grading.grade(call, note, last + timedelta(days=shift)) for shift in (-1, 0))
        graded = on.status in grading.GRADED and on.measured_to == last and before.status is Status.PENDING
        yield f"{said} and {days or end}", on.last_day == last and graded


def ranges():
    """A range of days starts where the calendar says, on leap days and year ends too, and a link to such a day shows that day."""
    for as_of in (
        date(2024, 2, 29),
        date(2023, 2, 28),
        date(2024, 3, 1),
        date(2024, 12, 31),
        date(2025, 1, 1),
        date(2024, 3, 31),
    ):
        for name, length in links.RANGES.items():
            chosen, told = links.from_query(f"as_of={as_of}&range={name}")
            start = links.start_of(chosen, as_of)
            yield (
                f"{name} to {as_of}",
                chosen.as_of == as_of and not told and (length is None or (as_of - start).days == length - 1),
            )
        table = export.table("scores", Selection(as_of=as_of))
        yield f"last row of {as_of}", table["date"].iloc[-1] == day(as_of) and table["date"].is_unique
    for text in ("2023-02-29", "2100-02-29", "2024-02-30", "2024-04-31", "2024-13-01", "2024-00-10", "0000-01-01"):
        chosen, told = links.from_query(f"as_of={text}")
        yield f"no day {text}", chosen.as_of is None and len(told) == 1


TABLES = (named, closing, sessions, expected, kept, published, horizons, ranges)
SHORT = frozenset({closing, expected})
"""Tables that a glance takes a part of."""


def run(scale, seed):
    del seed  # nothing here is left to chance
    return [_table(cases, scale) for cases in TABLES]


def _table(cases, scale):
    begun, tried, wrong = time.perf_counter(), 0, []
    for name, right in cases():
        tried += 1
        if not right:
            wrong.append(name)
        if cases in SHORT and tried >= max(3, 10_000 * scale):
            break
    said = cases.__doc__.split("\n")[0].rstrip(".")
    return Outcome(
        f"{said[0].lower()}{said[1:]}", tried, len(wrong), time.perf_counter() - begun, examples=tuple(wrong[:5])
    )

"""Files and answers of prices, damaged or foreign: refused or set aside with a reason, and nothing is read but what was saved."""

from __future__ import annotations

import copy
import json
import logging
import math
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import BytesIO
from unittest.mock import patch

import numpy as np
import pandas as pd
import yahoo_server
from curl_cffi import requests as curl
from yfinance.cache import _TzCacheDummy

from sentiment import files, frames
from sentiment.errors import BarsError, FrameError, SourceError
from sentiment.frames import PRICE_COLUMNS, day
from sentiment.market import assets, bar_file, bar_store, refresh
from sentiment.market.providers import yahoo
from sentiment.scoring.inputs import load_inputs
from torture import outcome
from torture.outcome import Attack
from torture.payloads import ALL

SYMBOL = "TORTURE"
NUMBERS = (
    0,
    -1,
    1e308,
    -1e308,
    1e-320,
    1e-9,
    5e9,
    2**31,
    2**53,
    2**63 - 1,
    -(2**63),
    10**40,
    True,
    False,
    None,
    "1",
    "nan",
    "",
    [],
    {},
    [1],
    {"a": 1},
    0.1,
    100,
)


@cache
def file():
    """Bytes of a sound file of prices, and what they hold."""
    with outcome.own_folder():
        index = pd.date_range(day(date(2024, 1, 1)), periods=400, freq="D", name="date", unit="us")
        close = 100 * np.exp(np.random.default_rng(7).normal(0, 0.03, 400).cumsum())
        frame = pd.DataFrame(dict.fromkeys(PRICE_COLUMNS, close), index).assign(dividends=0.0, splits=0.0)
        asked = datetime(2025, 3, 1, tzinfo=UTC)
        about = bar_store.Facts(asked, asked, "America/New_York", "EQUITY", "USD")
        bar_store.append(SYMBOL, frame, asked, about)
        bar_store.append(SYMBOL, frame.iloc[-20:] * 1.01, asked + timedelta(days=1), about)
        return (
            next(bar_file.folder().glob("*.parquet")).read_bytes(),
            bar_store.read_bars(SYMBOL),
            bar_store.facts(SYMBOL),
        )


def damaged(content, dice):
    """Flip, cut, double, blank or swap bytes."""
    data, place = bytearray(content), dice.below(len(content))
    kind = dice.below(7)
    if kind <= 2:
        for _ in range(1 + dice.below(3) * dice.below(3)):
            at = dice.below(len(data)) if kind else max(0, len(data) - 1 - dice.below(2_500))  # Parquet's footer
            data[at] ^= 1 << dice.below(8)
    elif kind == 3:
        del data[place:]
    elif kind == 4:
        del data[place : place + 1 + dice.below(64)]
    elif kind == 5:
        data[place : place + 4_096] = bytes(len(data[place : place + 4_096]))
    else:
        data += data[place:]
    return bytes(data)


def foreign(dice):
    """A file that is none of ours."""
    frame = file()[1].reset_index().assign(known_at=datetime(2025, 1, 1, tzinfo=UTC))
    if dice.chance(0.3):
        frame = frame.drop(columns=[dice.pick(list(frame.columns))])
    kind = dice.below(4)
    if kind == 0:
        return dice.pick(
            (
                b"",
                b"PAR1",
                b"PAR1PAR1",
                b"<html>404</html>",
                dice.rng.bytes(500),
                frame.to_csv().encode(),
                dice.pick(ALL).encode("utf-8", "replace"),
            )
        )
    buffer = BytesIO()
    frame.astype({"close": "str"} if kind == 1 and "close" in frame else {}).to_parquet(buffer)
    return buffer.getvalue()


def parquet(dice):
    """Hold a damaged file to its law: what was saved, or set aside with a reason; another symbol's is as it was."""
    content, rows, about = file()
    path = bar_file.folder() / f"{SYMBOL}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob("*.damaged*"):
        old.unlink()
    beside = path.with_name("BESIDE.parquet")
    beside.write_bytes(content)
    given = foreign(dice) if dice.chance(0.15) else damaged(content, dice)
    path.write_bytes(given)
    try:
        found = bar_store.read_bars(SYMBOL), bar_store.facts(SYMBOL)
    except BarsError as error:
        assert SYMBOL in str(error)
        assert "\n" not in str(error)
        aside = list(path.parent.glob(f"{SYMBOL}.damaged*"))
        assert [one.read_bytes() for one in aside] == [given], "it was not set aside"
        assert bar_store.read_bars(SYMBOL).empty
        return "set aside"
    finally:
        assert beside.read_bytes() == content
    pd.testing.assert_frame_equal(found[0], rows, check_exact=True)
    assert found[1] == about
    return "as saved"


class Answer:
    """What curl gives for a request."""

    def __init__(self, body, status=200, headers=None):
        self.content, self.status_code, self.headers = body, status, headers or {}
        self.text, self.url, self.cookies, self.ok = body.decode(errors="replace"), "", {}, status < 400

    def json(self, **_):
        return json.loads(self.text)

    def raise_for_status(self):
        if not self.ok:
            raise curl.exceptions.HTTPError(f"HTTP {self.status_code}", 0, self)


@contextmanager
def answering(answer):
    """Let the session's requests end in `answer` before they reach a network; our own judging and yfinance stay as they are."""

    def request(self, method, url, *args, params=None, **options):  # noqa: ARG001
        given = answer("/chart/" in url)
        given.url = f"{url}?{params or ''}"
        return given

    yahoo.cooldown.__init__(yahoo.NAME)
    log = logging.getLogger("sentiment")
    level = log.level
    log.setLevel(logging.CRITICAL)
    # yfinance caches time zones in the user's own folder, which would carry over from case to case.
    with patch.object(curl.Session, "request", request), patch("yfinance.cache.get_tz_cache", _TzCacheDummy):
        try:
            yield
        finally:
            log.setLevel(level)


@cache
def chart():
    made = yahoo_server.equity(40)
    return made.chart(SYMBOL, {})


FACTORS = (-1, 0, 60, 1_000, 0.001, 1.5, 1.0001)


def mutated(dice):
    """Change Yahoo's JSON anywhere: values, keys, lengths, order."""
    answer = copy.deepcopy(chart())
    for _ in range(1 + dice.below(3)):
        holder, key = answer, "chart"
        while isinstance(holder[key], dict | list) and len(holder[key]) and not dice.chance(0.02):
            holder = holder[key]
            key = dice.pick(list(holder) if isinstance(holder, dict) else range(len(holder)))
        change = dice.below(7)
        if change == 0 and dice.chance(0.3):
            del holder[key]
        elif change == 1 and isinstance(holder, list):
            holder.insert(key, holder[dice.below(len(holder))])
        elif change == 2 and isinstance(holder, list):
            dice.rng.shuffle(holder)
        elif isinstance(holder[key], int | float) and dice.chance(0.85):
            holder[key] = dice.pick((holder[key] * dice.pick(FACTORS), *NUMBERS[:12], None))
        elif change == 4:
            holder[key] = dice.pick((*ALL, *ZONES))
        else:
            holder[key] = copy.deepcopy(dice.pick(NUMBERS))
        if "chart" not in answer:
            break
    if dice.chance(0.1) and _has_meta(answer):
        answer["chart"]["result"][0]["meta"]["exchangeTimezoneName"] = dice.pick(ZONES)
    return answer


ZONES = (
    "America",
    "Europe/",
    "../UTC",
    "A" * 300,
    "UTC\0",
    "posixrules",
    "Pacific/Apia",
    "America/Santiago",
    "Asia/Kathmandu",
    "",
    "Etc/GMT+12",
    "GMT",
    "localtime",
)


def _has_meta(answer):
    try:
        return isinstance(answer["chart"]["result"][0]["meta"], dict)
    except (LookupError, TypeError):
        return False


def upstream(dice):
    """Hold a refresh to its law: one of the source's failures and nothing changed, or only bars that can be scored."""
    # One file for all would grow: every fifth case starts anew.
    for old in bar_file.folder().glob("*") if bar_file.folder().exists() and dice.chance(0.2) else ():
        old.unlink()
    before = bar_store.read_bars(SYMBOL)
    body = json.dumps(mutated(dice)).encode("utf-8", "replace")
    if dice.chance(0.15):
        body = damaged(body, dice)
    status = 200 if dice.chance(0.95) else dice.pick((200, 204, 301, 400, 401, 403, 404, 418, 429, 500, 503))
    headers = (
        {}
        if dice.chance(0.9)
        else {"Retry-After": dice.pick(("5", "-1", "nan", "９", "Wed, 21 Oct 2015 07:28:00 GMT", "9" * 400, "x", ""))}
    )
    with answering(lambda is_chart: Answer(body, status, headers) if is_chart else Answer(b"crumb")):
        try:
            done = refresh.refresh(SYMBOL, full=dice.chance(0.5))
        except SourceError as error:
            assert "\n" not in str(error)
            pd.testing.assert_frame_equal(bar_store.read_bars(SYMBOL), before, check_exact=True)
            return f"refused ({error.kind})"
    kept = bar_store.read_bars(SYMBOL)
    close = kept["close"].to_numpy()
    assert np.isfinite(close).all(), close
    assert (close > 0).all(), close.min()
    assert kept.index.is_monotonic_increasing
    assert kept.index.is_unique
    assert not len(kept) or kept.index[-1] <= day(datetime.now(UTC).date() + timedelta(days=1)), kept.index[-1]
    assert set(done.quarantined.index).isdisjoint(set(kept.index) - set(before.index))
    assert all(done.quarantined["reason"].str.len() > 0) if len(done.quarantined) else True
    if len(kept):
        about = assets.asset(SYMBOL)
        assert about.unit.isalpha(), about.unit
        load_inputs(SYMBOL)
        assets.calendar(SYMBOL)
        refresh.stale(SYMBOL, datetime.now(UTC))
    return "kept, some in quarantine" if len(done.quarantined) else "kept"


@cache
def texts():
    return tuple(path.read_text("utf-8") for path in sorted(files.PRICES.glob("*.csv")))


CELLS = (
    "2024-02-30",
    "2024-02-29",
    "1e400",
    "1e300",
    "-inf",
    "nan",
    " 1 ",
    "1,5",
    "1.5.5",
    "0x1p3",
    "1_0",
    "+5",
    "",
    "007",
    "True",
)


def csv(dice):
    """Hold a CSV of bars to the frame contract: finite numbers on rising days, all of them, or a line that says what is wrong."""
    lines = dice.pick(texts()).splitlines()
    start = dice.below(max(1, len(lines) - 60))
    lines = [lines[0], *lines[1 + start : 1 + start + 60]]
    for _ in range(1 + dice.below(3)):
        place = dice.below(len(lines))
        cells = lines[place].split(",")
        cells[dice.below(len(cells))] = dice.pick(
            (dice.pick(ALL), dice.pick(CELLS), *(str(dice.rng.normal() * 10.0 ** dice.below(20)) for _ in range(4)))
        )
        change = dice.below(4)
        if change == 0:
            lines[place] = ",".join(cells)
        elif change == 1:
            lines.pop(place)
        elif change == 2:
            lines.insert(place, lines[place])
        else:
            lines = [lines[0], *sorted(lines[1:], key=lambda _: dice.below(9))]
    content = "\n".join(lines).encode("utf-8", "replace")
    if dice.chance(0.3):
        content = damaged(content, dice) if content else b""
    path = files.saved() / "it.csv"
    path.write_bytes(content)
    try:
        found = frames.read_bars(path)
    except FrameError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 400
        assert str(error).startswith("it.csv")
        return "refused"
    rows = content.decode().splitlines()[1:]
    assert len(found) == len(rows)
    for name, place in (
        (name, place) for place, name in enumerate(content.decode().splitlines()[0].split(",")) if place
    ):
        told = [row.split(",")[place] for row in rows]
        assert all(
            math.isnan(got) if text == "" else got == float(text) for text, got in zip(told, found[name], strict=True)
        )
    return "read"


ATTACKS = (
    Attack("files of bars damaged or foreign", 8_000, parquet),
    Attack("Yahoo's answers mutated", 6_000, upstream),
    Attack("CSV mutated", 6_000, csv),
)


def run(scale, seed):
    return outcome.run(ATTACKS, scale, seed)

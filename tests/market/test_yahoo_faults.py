"""The fault matrix: what the real, unmodified yfinance and our code make of everything that Yahoo can do wrong."""

from __future__ import annotations

import json
import multiprocessing
import re
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import ports
import pytest
import yahoo_client
from utc_day import today
from yahoo_faults import REFUSALS, always
from yahoo_server import Answer, Row, World, crypto, equity, serving

pytestmark = pytest.mark.slow

HURRY = {"total": 4.0, "chart": 1.0, "other": 1.0}  # for what never answers
LEISURE = {"total": 90.0, "chart": 30.0, "other": 30.0}  # for what does, however busy the machine is
DAY = timedelta(days=1)


# A new interpreter takes most of a second for pandas. This one has loaded it and nothing of Yahoo, and forks what each test asks.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["pandas", "sentiment.market.refresh"])


class Client:
    """A process with nothing cached and nothing stored."""

    def __init__(self, server, **environment):
        self.stderr = Path(tempfile.mkdtemp(dir=server.folder), "stderr")
        self.answers, theirs = PROCESSES.Pipe()
        self.process = PROCESSES.Process(
            target=yahoo_client.serve, args=(theirs, server.environment(**environment), self.stderr), daemon=True
        )
        self.process.start()
        theirs.close()

    def __call__(self, what, **arguments):
        self.ask(what, **arguments)
        return self.answer()

    def ask(self, what, **arguments):
        self.answers.send(json.dumps([what, arguments]))

    def answer(self):
        try:
            return json.loads(self.answers.recv())
        except EOFError:
            self.process.join()
            pytest.fail(self.stderr.read_text(encoding="utf-8"))

    def close(self):
        self.process.kill()
        self.process.join()
        self.answers.close()


@pytest.fixture
def server(tmp_path):
    with serving(tmp_path) as server:
        server.worlds = {"BTC-USD": crypto(), "AAPL": equity(), "ETH-USD": crypto(close=lambda n: 20.0 + n)}
        yield server


@pytest.fixture
def client(server):
    client = Client(server)
    yield client
    client.close()


# Charts asked for, where it is not one: the time zone comes first, and what is worth a second try gets exactly one.
ASKED = {
    "500 only for the history": 2, "401 twice": 2, "connection cut": 2, "truncated JSON": 3, "time-out": 2,
    "empty frame": 2, "a range without trade": 2, "columns of unequal length": 2,
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_told_by_kind_and_passes(server, client, name):
    server.fault, (kind, status, words) = REFUSALS[name]
    answer = client("fetch", symbol="BTC-USD", budget=HURRY if kind == "timeout" else LEISURE)
    assert (answer["kind"], answer["status"]) == (kind, status)
    assert re.fullmatch(words, answer["message"])
    assert len(server.charts) == ASKED.get(name, 1)
    if kind in {"offline", "timeout"}:
        return
    server.fault = always(None)
    assert len(client("fetch", symbol="BTC-USD", budget=LEISURE)["bars"]) == 39, (
        "the failure was kept somewhere and answered again"
    )


def closes(answer):
    return {day: row["close"] for day, row in answer["bars"].items()}


def told(day):
    return (today() + day * DAY).isoformat()


def spoil(row, *, day=-5, **change):
    """Change one day of a world."""

    def arrange(world: World):
        place = next(place for place, one in enumerate(world.rows) if one.day == today() + day * DAY)
        world.rows[place] = replace(world.rows[place], **change) if row is None else row
        return world

    return arrange


def twice(world):
    world.rows.insert(10, Row(world.rows[10].day, world.rows[10].close * 1.01))


def unsorted(world):
    world.rows.insert(20, world.rows.pop(30))


def future(world):
    world.rows += [Row(today() + 1 * DAY, 150.0), Row(today() + 9 * DAY, 160.0)]


# What is held back, by days from today.
DOUBTFUL = {
    "NaN row": (spoil(None, close=None, volume=None), {-5: "no close"}),
    "NaN close with a volume": (spoil(None, close=None), {-5: "no close"}),
    "zero price": (spoil(None, close=0.0), {-5: "the close is 0; a price is above zero"}),
    "negative price": (spoil(None, close=-3.5), {-5: "the close is -3.5; a price is above zero"}),
    "absurd price": (spoil(None, close=9e6), {-5: "the close leaps to .* times the one before and comes back"}),
    "absurd last price": (
        spoil(None, day=-1, close=9e6),
        {-1: "the close leaps to .* times the one before and comes back"},
    ),
    "day twice": (twice, {-29: "the day is there twice"}),
    "unsorted days": (unsorted, {-9: "out of order"}),
    # The last of them is dropped by yfinance itself.
    "future-dated bars": (future, {1: "dated .*, after the exchange's today.*"}),
}


def test_prices_that_their_source_contradicts_are_held_back_until_it_mends_them(server, client):
    world = server.worlds["VOD.L"] = replace(equity(120), currency="GBp")
    sound = {row.day.isoformat(): row.close for row in world.rows}
    day = world.rows[50].day
    assert closes(client("refresh", symbol="VOD.L")) == sound
    world.rows = [replace(row, close=row.close * 20) if row.day < day else row for row in world.rows]
    world.splits[day], world.dividends[world.rows[70].day] = (20, 1), 9_000.0
    world.rows[-6:] = [replace(row, close=row.close / 100) for row in world.rows[-6:]]
    answer = client("refresh", symbol="VOD.L")
    assert answer["full"] == "a doubt about the tail"
    why = dict.fromkeys((row.day.isoformat() for row in world.rows[:50]), f"not restated by the split of 20:1 on {day}")
    why[world.rows[70].day.isoformat()] = "the dividend of 9000 is not below the close before (119)"
    unit = "in another unit of GBp: a hundred times less than the closes around it"
    why |= dict.fromkeys((row.day.isoformat() for row in world.rows[-6:]), unit)
    assert answer["quarantined"] == why
    assert answer["held"].startswith(
        f"50 bars from {world.rows[0].day} to {world.rows[49].day} (not restated by the split"
    )
    # What was saved before it went wrong stays; what the split put on another scale does not.
    kept = {text: close for text, close in sound.items() if text >= day.isoformat()}
    assert closes(answer) == kept
    assert client("refresh", symbol="VOD.L")["full"] == "bars were held back"
    world.rows = equity(120).rows
    world.dividends.clear()
    mended = client("refresh", symbol="VOD.L")
    assert (mended["full"], mended["quarantined"], mended["held"]) == ("bars were held back", {}, "")
    assert closes(mended) == sound
    assert client("refresh", symbol="VOD.L")["full"] == ""


@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_doubtful_bar_is_quarantined_and_the_rest_is_kept(server, client, name):
    arrange, words_by_day = DOUBTFUL[name]
    expected = {told(day): words for day, words in words_by_day.items()}
    arrange(server.worlds["BTC-USD"])
    answer = client("refresh", symbol="BTC-USD")
    assert answer["quarantined"].keys() == expected.keys()
    for day, words in expected.items():
        assert re.fullmatch(words, answer["quarantined"][day])
    sound = {row.day.isoformat(): row.close for row in crypto().rows[:-1] if row.day.isoformat() not in expected}
    assert closes(answer) == sound


def test_the_running_bar_is_apart(client):
    answer = client("fetch", symbol="BTC-USD")
    assert answer["running"] == told(0)
    assert max(answer["bars"]) == told(-1)


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        (None, 55, 80),
        ("7", 55, 80),
        ("300", 295, 305),
        (lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=400), usegmt=True), 300, 402),
        ("soon", 55, 80),
    ],
)
def test_a_rate_limit_holds_for_every_symbol_until_the_hour_it_names(server, client, header, least, most):
    value = header() if callable(header) else header
    server.fault = always(Answer(429, b"Too Many Requests", {} if value is None else {"Retry-After": value}))
    answer = client("fetch", symbol="BTC-USD")
    assert answer["kind"] == "rate_limited"
    assert least <= answer["wait"] <= most
    assert re.fullmatch(r"Yahoo is limiting requests from this network. Next try \d\d:\d\d UTC.", answer["message"])
    server.fault = always(None)
    asked = len(server.seen)
    other = client("fetch", symbol="AAPL")
    assert (other["kind"], other["message"]) == ("rate_limited", answer["message"])
    assert len(server.seen) == asked, "a request went out during the wait"


def test_a_consent_form_is_accepted_as_yfinance_does(server, client):
    server.consent = "asked"
    assert len(client("fetch", symbol="BTC-USD")["bars"]) == 39


def test_a_consent_form_that_leads_nowhere_is_told_as_blocked(server, client):
    server.consent = "refused"
    answer = client("fetch", symbol="BTC-USD")
    assert (answer["kind"], answer["message"][:27]) == ("blocked", "Yahoo refused this network ")


@pytest.mark.parametrize("symbol", ["A/../B", "", "BTC USD", "A?x=1", "A#b", "..", "X" * 40, "A%2FB", "BTC-USD\n\nX"])
def test_what_is_no_ticker_is_not_sent(server, client, symbol):
    assert client("fetch", symbol=symbol)["kind"] == "bad_request"
    assert server.seen == []


def test_a_history_that_changed_under_us_is_kept_beside_the_old_one(server, client):
    first = closes(client("refresh", symbol="BTC-USD"))
    spoil(None, day=-4, close=111.5)(server.worlds["BTC-USD"])
    spoil(None, day=-30, close=99.5)(server.worlds["BTC-USD"])
    again = client("refresh", symbol="BTC-USD")
    assert (again["full"], again["new"], again["revised"]) == ("closes were restated", 0, 2)
    assert closes(again) == first | {told(-4): 111.5, told(-30): 99.5}


def test_a_split_restates_everything_at_once(server, client):
    before = closes(client("refresh", symbol="AAPL"))
    world = server.worlds["AAPL"]
    day = world.rows[-1].day
    world.split(day, 10)
    world.rows[-1].close /= 10
    after = client("refresh", symbol="AAPL")
    assert after["full"] == "closes were restated"
    assert closes(after) == pytest.approx({day: close / 10 for day, close in before.items()})
    assert after["bars"][day.isoformat()]["splits"] == 10
    assert client("refresh", symbol="AAPL")["revised"] == 0


def test_a_dividend_changes_no_price(server, client):
    before = closes(client("refresh", symbol="AAPL"))
    world = server.worlds["AAPL"]
    day = world.rows[-2].day
    world.dividends[day] = 0.25
    after = client("refresh", symbol="AAPL")
    assert (after["full"], after["revised"]) == ("", 1)
    assert closes(after) == before
    assert after["bars"][day.isoformat()]["dividends"] == 0.25


def test_a_day_that_yahoo_loses_stays_and_is_told(server, client):
    before = closes(client("refresh", symbol="AAPL"))
    lost = server.worlds["AAPL"].rows.pop(-3)
    after = client("refresh", symbol="AAPL")
    assert after["gaps"] == [lost.day.isoformat()]
    assert closes(after) == before


def test_no_network_is_told_at_once_and_the_saved_prices_stay(server, tmp_path):
    online = Client(server)
    saved = closes(online("refresh", symbol="BTC-USD"))
    online.close()
    nobody = f"http://127.0.0.1:{ports.free()}"
    offline = Client(server, HTTPS_PROXY=nobody, https_proxy=nobody)
    answer = offline("refresh", symbol="BTC-USD")
    assert (answer["kind"], answer["message"]) == ("offline", "Can't reach Yahoo.")
    assert offline("many", symbols=["AAPL", "ETH-USD"])["AAPL"] == "offline"
    offline.close()
    back = Client(server)
    again = back("refresh", symbol="BTC-USD")
    back.close()
    assert (again["new"], closes(again)) == (0, saved)
    assert not list(tmp_path.rglob("*.tmp"))


def test_yfinance_keeps_nothing_on_disk_that_could_be_locked_damaged_or_unpickled(server, client):
    kept = server.folder / "cache" / "py-yfinance"
    kept.mkdir(parents=True)
    for name in ("cookies.db", "tkr-tz.db"):
        (kept / name).write_bytes(b"not a database")
    assert client("refresh", symbol="BTC-USD")["new"]
    client("fetch", symbol="BTC-USD")
    assert ["range" in asked for _, asked in server.charts].count(True) == 1, "the time zone was asked for again"
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == dict.fromkeys(
        ("cookies.db", "tkr-tz.db"), b"not a database"
    )


def test_a_black_hole_is_told_within_the_budget_for_one_symbol_and_for_many(server):
    server.black_hole = True
    one, many = Client(server), Client(server)
    one.ask("refresh", symbol="BTC-USD", budget=HURRY)
    many.ask("many", symbols=["BTC-USD", "AAPL", "ETH-USD", "^VIX", "^IRX", "BTC=F"], budget=HURRY)
    answers = one.answer(), many.answer()
    one.close()
    many.close()
    assert answers[0]["kind"] == "timeout"  # without a budget there would never be an answer
    assert re.fullmatch(r"Yahoo didn't answer within \d+ s.", answers[0]["message"])
    assert answers[0]["seconds"] >= HURRY["total"] - 1
    assert answers[1].pop("seconds") < 6 * HURRY["total"], "one after the other they would take at least as long"
    assert set(answers[1].values()) == {"timeout"}


def test_many_symbols_at_once_and_one_unknown_among_them(server, client):
    answer = client("many", symbols=["BTC-USD", "AAPL", "NOPE", "ETH-USD"])
    answer.pop("seconds")
    assert answer == {"BTC-USD": "refreshed", "AAPL": "refreshed", "NOPE": "unknown_symbol", "ETH-USD": "refreshed"}
    assert {symbol for symbol, _ in server.charts} == {"BTC-USD", "AAPL", "NOPE", "ETH-USD"}

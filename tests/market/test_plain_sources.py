"""The fault matrix of the sources of plain HTTP: the real client against a server that speaks each protocol."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import ports
import pytest
import source_server
from source_faults import FAULTS
from utc_day import today
from yahoo_server import Answer

from sentiment.errors import BadRequestError, NoDataError, RateLimitedError, SourceError
from sentiment.market import providers, refresh
from sentiment.market.providers import (
    Budget,
    _http,
    alternative_me,
    binance,
    cboe,
    cftc,
    coin_metrics,
    defillama,
    ecb,
    fred,
    sec,
)

LEISURE = Budget(total=90.0, chart=30.0, other=30.0)
HURRY = Budget(total=1.5, chart=0.5, other=0.5)  # for what never answers
DAY = timedelta(days=1)


def sound(world):
    """Fill a world with what ends yesterday."""
    days = [today() - n * DAY for n in range(30, 0, -1)]
    # FRED counts its days by Chicago, where the evening before can still run.
    world.targets = [(str(day), "4.50" if n < 20 else "4.25") for n, day in enumerate(days[:-1])]
    midnights = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days]
    stamps = [round(midnight.timestamp() * 1_000) + hours * 3_600_000 for midnight in midnights for hours in (0, 8, 16)]
    tuesdays = [today() - (today().weekday() - 1 + 7 * n) * DAY for n in range(8, 1, -1)]
    world.reports = [source_server.Report(f"{day}T00:00:00.000", "2000", "500", "1500") for day in tuesdays]
    world.rates = [source_server.Rate(stamp, "0.00010000") for stamp in stamps]
    world.volatility = [(f"{day:%m/%d/%Y}", "16.900000,17.600000,16.200000,17.160000") for day in days]
    world.greed = [(source_server.seconds(day), "23") for day in days]
    world.euro = {"EXR.D.USD.EUR.SP00.A": [(str(day), "1.1635") for day in days]}
    world.tickers = {"AAPL": 320193}
    quarters = [source_server.filing(today() - (20 + 91 * n) * DAY) for n in range(9, -1, -1)]
    world.concepts = {
        "NetIncomeLoss": {"USD": [fact for facts, _ in quarters for fact in facts]},
        "WeightedAverageNumberOfDilutedSharesOutstanding": {
            "shares": [fact for _, facts in quarters for fact in facts]
        },
    }
    world.networks = {"btc AdrActCnt": [(str(day), "654321") for day in days]}
    world.stablecoins = [(str(source_server.seconds(day)), 3.0e11) for day in days]


@dataclass
class Asked:
    """A source that is asked on this machine."""

    module: Any
    path: str

    @property
    def symbol(self):
        return self.module.SYMBOL

    def fetch(self, start=None, budget=LEISURE):
        return self.module.fetch(self.symbol, start, budget=budget)

    def failure(self, budget=LEISURE):
        with pytest.raises(SourceError) as told:
            self.fetch(budget=budget)
        return told.value


SOURCES = {
    module.NAME: Asked(module, path)
    for module, path in (
        (fred, source_server.FRED),
        (binance, source_server.BINANCE),
        (cftc, source_server.CFTC),
        (cboe, source_server.CBOE),
        (alternative_me, source_server.FNG),
        (ecb, source_server.ECB),
        (sec, source_server.CONCEPTS),
        (coin_metrics, source_server.COIN_METRICS),
        (defillama, source_server.STABLECOINS),
    )
}


class Clock:
    seconds = 1_000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def server(monkeypatch, clock):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with source_server.serving() as server:
        sound(server.world)
        for source in SOURCES.values():
            monkeypatch.setattr(source.module, "ADDRESS", server.address + source.path)
            monkeypatch.setattr(source.module, "source", source_server.renewed(source.module.source, clock))
        monkeypatch.setattr(sec, "TICKERS", server.address + source_server.TICKERS)
        yield server


@pytest.fixture(params=SOURCES)
def source(request, server):
    assert server
    return SOURCES[request.param]


@cache
def bomb():
    return Answer(body=gzip.compress(b"0" * (64 * 2**20)), headers={"Content-Encoding": "gzip"})


def spoilt(answer, server, source=None):
    """Return a fault: an answer, or what is made of the sound one."""

    def cut(path, query):
        body = source_server.answer(server.world, path, query).body
        return Answer(body=body, cut=True, headers={"Content-Encoding": _encoding(body)})

    def half(path, query):
        body = source_server.answer(server.world, path, query).body
        plain = gzip.decompress(body) if _encoding(body) == "gzip" else body
        return Answer(body=plain[: len(plain) // 2 + 1])

    def long(*_):
        return Answer(body=b"x" * (source.module.source.most_bytes + 2**20))

    made = {"cut": cut, "half": half, "long": long, "gzip": lambda *_: bomb()}
    return made[answer] if isinstance(answer, str) else lambda *_: answer


def _encoding(body):
    return "gzip" if body[:2] == b"\x1f\x8b" else "identity"


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_by_kind_and_passes(server, source, clock, name):
    answer, (kind, status, words) = FAULTS[name]
    server.fault = spoilt(answer, server, source)
    failure = source.failure(HURRY if kind == "timeout" else LEISURE)
    assert failure.kind in ((kind,) if isinstance(kind, str) else kind)
    assert failure.status == status
    assert failure.symbol == source.symbol
    most = f"{source.module.source.most_bytes / 2**20:.0f} MB"
    pattern = (
        words.replace("NAME", source.module.NAME).replace("SYMBOL", re.escape(source.symbol)).replace("MOST", most)
    )
    assert re.fullmatch(pattern, str(failure)), str(failure)
    server.fault = source_server.no_fault
    clock.seconds += 3_600
    assert len(source.fetch().frame)


@pytest.mark.parametrize("name", ["404", "HTML instead of data", "500", "another table", "truncated data", "reset"])
def test_after_a_failure_a_source_is_left_alone_for_a_quarter_of_an_hour(server, source, clock, name):
    server.fault = spoilt(FAULTS[name][0], server)
    first = source.failure()
    server.fault = source_server.no_fault
    asked = len(server.asked)
    clock.seconds += 899
    again = source.failure()
    assert (again.kind, str(again), again.status) == (first.kind, str(first), first.status)
    assert len(server.asked) == asked
    clock.seconds += 1
    assert len(source.fetch().frame)


def test_what_is_worth_a_second_try_gets_exactly_one(server, source):
    server.fault = spoilt("cut", server)
    assert source.failure().kind == "bad_answer"
    assert len(server.asked) == 2


@pytest.mark.slow
def test_a_first_time_out_is_mended_by_a_second_try(server, source):
    hanging = [Answer(hang=True)]
    server.fault = lambda *_: hanging.pop() if hanging else None
    assert len(source.fetch(budget=Budget(total=60.0, chart=1.5, other=1.0)).frame)
    first, again = (asked[:2] for asked in server.asked[:2])
    assert first == again


@pytest.mark.parametrize(("header", "least"), [("2000", 1_995), (None, 55)])
def test_a_rate_limit_holds_for_as_long_as_the_source_asks(server, source, header, least):
    server.fault = lambda *_: Answer(429, headers={"Retry-After": header} if header else {})
    failure = source.failure()
    assert isinstance(failure, RateLimitedError)
    assert (failure.retry_at - datetime.now(UTC)).total_seconds() >= least
    asked = len(server.asked)
    assert source.failure().kind == "rate_limited"
    assert len(server.asked) == asked


def test_nobody_there_is_told(source, monkeypatch):
    monkeypatch.setattr(source.module, "ADDRESS", f"http://127.0.0.1:{ports.free()}{source.path}")
    assert source.failure().kind == "offline"


def test_pages_ask_a_source_once_in_a_quarter_of_an_hour(server, source, clock):
    first = source.fetch()
    asked = len(server.asked)
    clock.seconds += 899
    again = source.fetch()
    assert again.frame.equals(first.frame)
    assert again.asked_at == first.asked_at, "what is kept says when it was asked for"
    assert len(server.asked) == asked
    clock.seconds += 1
    later = source.fetch()
    assert later.frame.equals(first.frame)
    assert later.asked_at > first.asked_at
    assert asked < len(server.asked) <= 2 * asked, "a list of tickers is kept for a day"


def test_an_answer_that_could_not_be_read_is_not_kept(server, source, clock):
    server.fault = lambda *_: Answer(body=b'{"a": 1}\n', headers={"ETag": '"1"'})
    assert source.failure().kind == "unexpected"
    clock.seconds += 900
    server.fault = source_server.no_fault
    assert len(source.fetch().frame)
    assert server.asked[-1][2] == 200


def test_a_tag_is_sent_back_and_what_has_not_changed_is_not_sent_again(server, clock):
    source = SOURCES["FRED"]
    server.fault = lambda path, query: Answer(
        body=source_server.answer(server.world, path, query).body, headers={"ETag": '"1"'}
    )
    first, statuses = source.fetch(), [200, 304, 304]
    for _ in statuses[1:]:
        clock.seconds += 900
        assert source.fetch().frame.equals(first.frame)
    assert [status for _, _, status in server.asked] == statuses


def test_a_source_keeps_few_answers(server):
    def ask(number):
        query = {"id": "DFEDTARU", "cosd": f"2000-01-{number:02}"}
        fred.source.ask("X", lambda question: question.get(fred.ADDRESS, query), LEISURE)
        return len(server.asked)

    assert [ask(number) for number in range(1, _http.KEPT + 2)][-1] == _http.KEPT + 1
    assert ask(_http.KEPT + 1) == _http.KEPT + 1
    assert ask(1) == _http.KEPT + 2, "the oldest made room"


def test_it_says_who_asks(server, source):
    source.fetch()
    (agent,) = server.agents
    assert re.fullmatch(r"sentiment-dashboard/\d+\.\d+\.\d+", agent)


def test_nothing_since_the_day_is_an_answer_and_no_pause(server, source):
    nothing = f"{source.module.NAME} has no figures of {re.escape(source.symbol)} since"
    with pytest.raises(NoDataError, match=nothing):
        source.fetch(start=today() + 500 * DAY)
    assert len(source.fetch().frame)
    assert server.asked


def test_a_source_knows_its_own_symbol_alone(source):
    assert providers.provider_of(source.symbol.lower()) == (source.module, source.symbol)
    with pytest.raises(
        BadRequestError, match=f"'BTC-USD' is not from {source.module.NAME}; it gives .*{re.escape(source.symbol)}"
    ):
        source.module.normalize("BTC-USD")


def test_the_registry_takes_what_providers_share_for_no_provider():
    assert all(isinstance(provider.NAME, str) for provider in providers.registry())
    assert not any("._" in provider.__name__ for provider in providers.registry())


@pytest.mark.usefixtures("empty_store")
def test_a_refresh_saves_it_under_its_name_and_a_second_one_asks_for_nothing(server, source):
    result = refresh.refresh(source.symbol)
    assert (result.new, result.full_reason) == (len(source.fetch().frame), "nothing stored yet")
    asked = len(server.asked)
    again = refresh.refresh(source.symbol)
    assert (again.new, again.revised, again.full_reason) == (0, 0, "")
    assert len(server.asked) - asked <= 1

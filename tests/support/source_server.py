"""The sources of plain HTTP on 127.0.0.1, each as its documents describe it.

FRED: https://fred.stlouisfed.org/graph/fredgraph.csv (`id`, `cosd`; a header with the series, "." or nothing for no value).
Binance: GET /fapi/v1/fundingRate (`symbol`, `startTime` in ms inclusive, `limit` at most 1,000; ascending).
CFTC: the Socrata API (`$select`, `$order`, `$limit`, a column's name as a filter; figures as strings; ETag).
Cboe: a whole file an index (DATE,OPEN,HIGH,LOW,CLOSE; days as MM/DD/YYYY; six decimals; ETag).
alternative.me: GET /fng/ (`limit=0` for all; the newest first; texts; `time_until_update` in the first row alone).
ECB: /service/data/FLOW/KEY (SDMX; `startPeriod`, `detail=dataonly`, `format=csvdata`; 404 where the period has nothing).
SEC: /files/company_tickers.json, and a file for each concept of a company; 404 where it never used a tag; 403 without a contact.
Coin Metrics: GET /v4/timeseries/asset-metrics (`page_size`, `next_page_token`; figures as texts, instants with nanoseconds).
DefiLlama: GET /stablecoincharts/all (seconds as texts; tables by peg).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import socketserver
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import ports
from yahoo_server import Answer, Sender

from sentiment.market.providers._http import Source

FRED, BINANCE, CFTC = "/graph/fredgraph.csv", "/fapi/v1/fundingRate", "/resource/yw9f-hn96.json"
CBOE, FNG, ECB = "/api/global/us_indices/daily_prices/", "/fng/", "/service/data/"
CONCEPTS, TICKERS = "/api/xbrl/companyconcept/", "/files/company_tickers.json"
COIN_METRICS, STABLECOINS = "/v4/timeseries/asset-metrics", "/stablecoincharts/all"
FRED_SERIES = ("DFEDTARU", "DGS10", "DFII10", "DTB3")
HTML = {"Content-Type": "text/html"}
NO_PAGE = Answer(404, b"<!DOCTYPE html><html><body>404</body></html>", HTML)


def no_fault(path, query):
    del path, query


@dataclass
class Rate:
    """A funding rate, as Binance tells it."""

    time: int
    rate: str


@dataclass
class Report:
    """A report of traders' positions, as the CFTC tells it."""

    day: str
    interest: str | None
    long: str | None
    short: str | None
    contract: str = "133741"


@dataclass
class World:
    header: str = "observation_date"
    targets: list[tuple[str, str]] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    volatility: list[tuple[str, str]] = field(default_factory=list)  # day as MM/DD/YYYY, the four prices
    greed: list[tuple[int, str]] = field(default_factory=list)  # seconds, index; ascending
    euro: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # by FLOW.KEY
    tickers: dict[str, int] = field(default_factory=dict)
    concepts: dict[str, dict[str, list[dict]]] = field(default_factory=dict)  # by tag: by unit
    networks: dict[str, list[tuple[str, str | None]]] = field(default_factory=dict)  # by "asset metric"
    stablecoins: list[tuple[str, float | None]] = field(default_factory=list)
    page_size: int = 10_000


def fred(world, _path, query):
    if query.get("id", [""])[0] not in FRED_SERIES:
        return NO_PAGE
    date.fromisoformat(query["cosd"][0])
    rows = [f"{day},{value}\n" for day, value in world.targets if day >= query["cosd"][0]]
    table = [f"{world.header},{query['id'][0]}\n", *rows]
    return Answer(body="".join(table).encode(), headers={"Content-Type": "text/csv"})


def binance(world, _path, query):
    limit = int(query.get("limit", ["100"])[0])
    if query["symbol"] != ["BTCUSDT"] or limit > 1_000:
        return Answer(400, b'{"code":-1121,"msg":"Invalid symbol."}')
    rows = [
        {"symbol": "BTCUSDT", "fundingTime": one.time, "fundingRate": one.rate, "markPrice": "34287.54619963"}
        for one in world.rates
        if one.time >= int(query["startTime"][0])
    ]
    return Answer(body=json.dumps(rows[:limit]).encode())


def cftc(world, _path, query):
    columns = query["$select"][0].split(",")
    assert query["$order"] == ["report_date_as_yyyy_mm_dd"]
    rows = []
    for report in world.reports:
        row = {
            "report_date_as_yyyy_mm_dd": report.day, "open_interest_all": report.interest,
            "lev_money_positions_long": report.long, "lev_money_positions_short": report.short,
        }  # fmt: skip
        if [report.contract] == query["cftc_contract_market_code"]:
            rows.append({name: row[name] for name in columns if row[name] is not None})  # Socrata leaves a null out
    body = json.dumps(rows[: int(query["$limit"][0])]).encode()
    return Answer(body=gzip.compress(body), headers={"ETag": tag(body), "Content-Encoding": "gzip"})


def cboe(world, path, query):
    assert not query
    if path.removeprefix(CBOE) not in {"VIX_History.csv", "VIX3M_History.csv"}:
        return Answer(403, b"<Error><Code>AccessDenied</Code></Error>", {"Content-Type": "application/xml"})
    body = "".join(["DATE,OPEN,HIGH,LOW,CLOSE\n", *(f"{day},{prices}\n" for day, prices in world.volatility)]).encode()
    return Answer(body=body, headers={"ETag": tag(body), "Content-Type": "text/csv"})


def alternative_me(world, _path, query):
    assert query == {"limit": ["0"], "format": ["json"]}
    rows = [
        {"value": value, "value_classification": "Fear", "timestamp": str(seconds)}
        for seconds, value in reversed(world.greed)
    ]
    if rows:
        rows[0]["time_until_update"] = "17570"
    found = {"name": "Fear and Greed Index", "data": rows, "metadata": {"error": None}}
    return Answer(body=json.dumps(found, indent=1).encode())


def ecb(world, path, query):
    assert (query["detail"], query["format"]) == (["dataonly"], ["csvdata"])
    flow, key = path.removeprefix(ECB).split("/")
    parts = key.split(".")
    rows = [row for row in world.euro.get(f"{flow}.{key}", []) if row[0] >= query["startPeriod"][0]]
    if not rows:
        return Answer(404, b"No results found.", {"Content-Type": "text/plain"})
    names = {
        "EXR": "FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX",
        "FM": "FREQ,REF_AREA,CURRENCY,PROVIDER_FM,INSTRUMENT_FM,PROVIDER_FM_ID,DATA_TYPE_FM",
    }[flow]
    table = [f"KEY,{names},TIME_PERIOD,OBS_VALUE"]
    table += [f"{flow}.{key},{','.join(parts)},{day},{value}" for day, value in rows]
    return Answer(body="".join(f"{line}\r\n" for line in table).encode(), headers={"Content-Type": "text/csv"})


def tickers(world, _path, _query):
    listed = [{"cik_str": cik, "ticker": name, "title": f"{name} Inc."} for name, cik in world.tickers.items()]
    return Answer(body=json.dumps(dict(enumerate(listed))).encode())


def concept(world, path, _query):
    cik, name = re.fullmatch(r"CIK(\d{10})/us-gaap/(\w+)\.json", path.removeprefix(CONCEPTS)).groups()
    if int(cik) not in world.tickers.values() or name not in world.concepts:
        return Answer(404, b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", HTML)
    found = {"cik": int(cik), "taxonomy": "us-gaap", "tag": name, "entityName": "X", "units": world.concepts[name]}
    return Answer(body=json.dumps(found).encode())


def coin_metrics(world, _path, query):
    asset, metric = query["assets"][0], query["metrics"][0]
    assert (query["frequency"], query["paging_from"]) == (["1d"], ["start"])
    if f"{asset} {metric}" not in world.networks:
        words = {"error": {"type": "bad_parameter", "message": f"Bad parameter 'metrics'. {metric} is not supported."}}
        return Answer(400, json.dumps(words).encode())
    rows = [
        {"asset": asset, "time": f"{day}T00:00:00.000000000Z", metric: value}
        for day, value in world.networks[f"{asset} {metric}"]
        if day >= query["start_time"][0]
    ]
    first = int(query.get("next_page_token", ["0"])[0])
    size = min(int(query["page_size"][0]), world.page_size)
    found = {"data": rows[first : first + size]}
    if len(rows) > first + size:
        found |= {"next_page_token": str(first + size), "next_page_url": "https://api.coinmetrics.io/v4/..."}
    return Answer(body=json.dumps(found).encode())


def stablecoins(world, _path, query):
    assert not query
    others = {"peggedEUR": 5.0, "peggedVAR": 1}
    rows = [
        {
            "date": seconds, "totalCirculating": {"peggedUSD": 1}, "totalUnreleased": {"peggedUSD": 0},
            "totalCirculatingUSD": ({} if value is None else {"peggedUSD": value}) | others,
            "totalMintedUSD": {"peggedUSD": 0}, "totalBridgedToUSD": {"peggedUSD": 0},
        }
        for seconds, value in world.stablecoins
    ]  # fmt: skip
    return Answer(body=json.dumps(rows).encode())


def tag(body):
    return f'"{hashlib.sha256(body).hexdigest()}"'


ROUTES = {
    FRED: fred, BINANCE: binance, CFTC: cftc, CBOE: cboe, FNG: alternative_me, ECB: ecb, TICKERS: tickers,
    CONCEPTS: concept, COIN_METRICS: coin_metrics, STABLECOINS: stablecoins,
}  # fmt: skip


def answer(world, path, query):
    """Return the sound answer to what was asked."""
    route = next(route for begins, route in ROUTES.items() if path.startswith(begins))
    return route(world, path, query)


def seconds(day):
    return round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def filing(filed, income=100, shares=50, months=12, **told):
    """Return the two facts of a report of so many months, which ended 30 days before: net income, and diluted shares."""
    end = told.get("end", filed - timedelta(days=30))
    fact = {
        "start": str(end - timedelta(days=round(365.25 * months / 12) - 1)), "form": "10-K", "filed": str(filed),
        "accn": f"0000320193-{filed:%y-%m%d}00", "fy": filed.year, "fp": "FY", **told, "end": str(end),
    }  # fmt: skip
    return [fact | {"val": income}], [fact | {"val": shares}]


def renewed(source, clock=time.monotonic):
    """Return a source like that one, which has asked nothing yet."""
    return Source(source.name, clock, most_bytes=source.most_bytes, wants_contact=source.wants_contact)


class SourceServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Sources)
        self.world = World()
        self.fault = no_fault
        self.closing = threading.Event()
        self.asked = []
        self.agents = set()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Sources(Sender):
    def do_GET(self):  # noqa: N802 - the standard library's name
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        self.server.agents.add(self.headers["User-Agent"])
        found = self.server.fault(parts.path, query) or answer(self.server.world, parts.path, query)
        if "ETag" in found.headers and found.headers["ETag"] == self.headers["If-None-Match"]:
            found = Answer(304, headers=found.headers)
        self.server.asked.append((parts.path, query, found.status))
        self._send(found)


def serving():
    return ports.listening(SourceServer())

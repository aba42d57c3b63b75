"""Three sources of plain HTTP on 127.0.0.1, each as its documents describe it: FRED's graphs, Binance's futures, the CFTC's reports.

FRED: https://fred.stlouisfed.org/graph/fredgraph.csv (`id`, `cosd`; a header with the series, "." or nothing for no value).
Binance: GET /fapi/v1/fundingRate (`symbol`, `startTime` in ms inclusive, `limit` at most 1,000; ascending).
CFTC: the Socrata API (`$select`, `$order`, `$limit`, a column's name as a filter; figures as strings; ETag).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qs, urlsplit

from yahoo_server import Answer, Sender

FRED, BINANCE, CFTC = "/graph/fredgraph.csv", "/fapi/v1/fundingRate", "/resource/yw9f-hn96.json"


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


def fred(world, query):
    if query.get("id") != ["DFEDTARU"]:
        return Answer(404, b"<!DOCTYPE html><html><body>404</body></html>", {"Content-Type": "text/html"})
    date.fromisoformat(query["cosd"][0])
    rows = [f"{day},{value}\n" for day, value in world.targets if day >= query["cosd"][0]]
    return Answer(body="".join([f"{world.header},DFEDTARU\n", *rows]).encode(), headers={"Content-Type": "text/csv"})


def binance(world, query):
    limit = int(query.get("limit", ["100"])[0])
    if query["symbol"] != ["BTCUSDT"] or limit > 1_000:
        return Answer(400, b'{"code":-1121,"msg":"Invalid symbol."}')
    rows = [
        {"symbol": "BTCUSDT", "fundingTime": one.time, "fundingRate": one.rate, "markPrice": "34287.54619963"}
        for one in world.rates
        if one.time >= int(query["startTime"][0])
    ]
    return Answer(body=json.dumps(rows[:limit]).encode())


def cftc(world, query):
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
    tag = f'"{hashlib.sha256(body).hexdigest()}"'
    return Answer(body=gzip.compress(body), headers={"ETag": tag, "Content-Encoding": "gzip"})


ROUTES = {FRED: fred, BINANCE: binance, CFTC: cftc}


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
        answer = self.server.fault(parts.path, query) or ROUTES[parts.path](self.server.world, query)
        if "ETag" in answer.headers and answer.headers["ETag"] == self.headers["If-None-Match"]:
            answer = Answer(304, headers=answer.headers)
        self.server.asked.append((parts.path, query, answer.status))
        self._send(answer)


@contextmanager
def serving():
    with SourceServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()

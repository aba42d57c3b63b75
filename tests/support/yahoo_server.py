"""A Yahoo of our own on 127.0.0.1: HTTP, TLS and proxy CONNECT on one socket, for the real, unmodified yfinance.

A client in another process is pointed at it by proxy and CA settings alone (`environment`). Worlds are built relative
to today; a fault is a function that answers a chart request instead of the world.
"""

from __future__ import annotations

import json
import os
import socket
import socketserver
import ssl
import struct
import threading
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

import ports
import trustme
from utc_day import today

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

HOSTS = ("query1.finance.yahoo.com", "query2.finance.yahoo.com", "fc.yahoo.com", "guce.yahoo.com", "consent.yahoo.com")
_TLS_HELLO = b"\x16"


@dataclass
class Row:
    day: date
    close: float | None
    volume: int | None = 1000


@dataclass
class World:
    """A symbol: its rows in the order in which they are sent, and its actions."""

    instrument: str
    timezone: str
    opens_at: timedelta
    rows: list[Row]
    dividends: dict[date, float] = field(default_factory=dict)
    splits: dict[date, tuple[int, int]] = field(default_factory=dict)
    currency: str = "USD"

    def stamp(self, day: date) -> int:
        return int((datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.timezone)) + self.opens_at).timestamp())

    def split(self, day: date, ratio: int) -> None:
        """Split as Yahoo tells it: every price before the day is restated."""
        self.splits[day] = (ratio, 1)
        self.rows = [Row(r.day, r.close / ratio, r.volume * ratio) if r.day < day else r for r in self.rows]

    def chart(self, symbol: str, query: dict[str, list[str]]) -> dict[str, Any]:
        rows = self.rows[-1:] if "range" in query else self.rows
        if "period1" in query:
            first, last = int(query["period1"][0]), int(query["period2"][0])
            ahead = timedelta(days=3650).total_seconds()  # a vendor that sends bars of the future does not mind the end
            rows = [row for row in rows if first <= self.stamp(row.day) < last + ahead]
        closes = [row.close for row in rows]
        quote = dict.fromkeys(("open", "high", "low", "close"), closes) | {"volume": [row.volume for row in rows]}
        events = {
            "dividends": {str(self.stamp(d)): {"amount": a, "date": self.stamp(d)} for d, a in self.dividends.items()},
            "splits": {
                str(self.stamp(d)): {"date": self.stamp(d), "numerator": n, "denominator": m, "splitRatio": f"{n}:{m}"}
                for d, (n, m) in self.splits.items()
            },
        }
        end = self.stamp(max(row.day for row in self.rows)) + 6 * 3600 + 1800
        period = {"timezone": "X", "start": end - 23400, "end": end, "gmtoffset": 0}
        meta = {
            "symbol": symbol, "currency": self.currency, "instrumentType": self.instrument, "priceHint": 2, "range": "",
            "exchangeTimezoneName": self.timezone, "validRanges": ["1d", "5d", "max"], "dataGranularity": "1d",
            "regularMarketTime": end, "gmtoffset": 0, "timezone": "X", "firstTradeDate": 0,
            "currentTradingPeriod": {name: dict(period) for name in ("pre", "regular", "post")},
        }  # fmt: skip
        indicators = {"quote": [quote], "adjclose": [{"adjclose": closes}]}
        result: dict[str, Any] = {"meta": meta, "indicators": indicators, "events": events}
        if rows:
            result["timestamp"] = [self.stamp(row.day) for row in rows]
        else:
            result["indicators"] = {"quote": [{}], "adjclose": [{}]}
        return {"chart": {"result": [result], "error": None}}


def crypto(days: int = 40, close: Callable[[int], float] = lambda n: 100.0 + n) -> World:
    """Every UTC day up to and with today, whose bar still runs."""
    first = today() - timedelta(days=days - 1)
    rows = [Row(first + timedelta(days=n), close(n)) for n in range(days)]
    return World("CRYPTOCURRENCY", "UTC", timedelta(0), rows)


def equity(days: int = 60) -> World:
    """New York weekdays up to the day before yesterday, all closed wherever the clock stands."""
    last = today() - timedelta(days=2)
    spread = [last - timedelta(days=n) for n in reversed(range(days))]
    rows = [Row(day, 50.0 + n) for n, day in enumerate(day for day in spread if day.weekday() < 5)]
    return World("EQUITY", "America/New_York", timedelta(hours=9, minutes=30), rows)


@dataclass
class Answer:
    """What goes over the wire instead of a chart."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    hang: bool = False
    reset: bool = False


def refusal(status: int, code: str, words: str) -> Answer:
    return Answer(
        status, json.dumps({"chart": {"result": None, "error": {"code": code, "description": words}}}).encode()
    )


class YahooServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Yahoo)
        ca = trustme.CA()
        self.ca_file = folder / "ca.pem"
        ca.cert_pem.write_to_path(str(self.ca_file))
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.set_alpn_protocols(["http/1.1"])
        ca.issue_cert(*HOSTS).configure_cert(self.tls)
        self.folder = folder
        self.worlds: dict[str, World] = {}
        self.fault: Callable[[str, dict[str, list[str]]], Answer | None] = lambda _symbol, _query: None
        self.black_hole = False
        self.consent = ""  # "asked": a form stands before every chart; "refused": and it leads nowhere
        self.wanted = ""
        self.closing = threading.Event()
        self.charts: list[tuple[str, dict[str, list[str]]]] = []
        self.seen: list[str] = []

    def finish_request(self, request: socket.socket, client_address: Any) -> None:
        """Find out by the first byte what the client speaks."""
        try:
            if self.black_hole:
                self.closing.wait()
                return
            if request.recv(1, socket.MSG_PEEK) == b"C":
                while _line(request) != b"\r\n":
                    pass
                request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            if request.recv(1, socket.MSG_PEEK) == _TLS_HELLO:
                request = self.tls.wrap_socket(request, server_side=True)
            self.RequestHandlerClass(request, client_address, self)
            if isinstance(request, ssl.SSLSocket):
                request.unwrap()  # an answer that is cut here was cut by Yahoo, not by the way to it
        except OSError:
            pass  # the client hung up, as killed and timed-out ones do
        finally:
            request.close()

    def environment(self, **more: str) -> dict[str, str]:
        """Settings that send an unmodified yfinance here, with folders that hold nothing yet."""
        here = f"http://127.0.0.1:{self.server_address[1]}"
        ca = str(self.ca_file)
        return {
            **{name: os.environ[name] for name in ("PATH", "LANG", "COVERAGE_PROCESS_START") if name in os.environ},
            "HTTPS_PROXY": here, "https_proxy": here, "NO_PROXY": "", "no_proxy": "",
            "REQUESTS_CA_BUNDLE": ca, "CURL_CA_BUNDLE": ca, "SSL_CERT_FILE": ca,
            "HOME": str(self.folder), "XDG_CACHE_HOME": str(self.folder / "cache"),
            "SENTIMENT_DATA_DIR": str(self.folder / "data"),
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            **more,
        }  # fmt: skip


def _line(connection: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        if not (byte := connection.recv(1)):
            raise ConnectionResetError
        line += byte
    return line


class Sender(BaseHTTPRequestHandler):
    """Sends answers, sound or spoilt; its server has an event `closing`."""

    protocol_version = "HTTP/1.1"

    def _send(self, answer: Answer) -> None:
        if answer.hang:
            self.server.closing.wait()
        if answer.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if answer.hang or answer.reset:
            self.close_connection = True
            return
        body = answer.body[: len(answer.body) // 2] if answer.cut else answer.body
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = answer.cut

    def _drip(self) -> None:
        """Send a blank now and then, without an end."""
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        while not self.server.closing.wait(0.05):
            try:
                self.wfile.write(b" ")
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        pass


class _Yahoo(Sender):
    server: YahooServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.seen.append(f"{self.headers['Host']}{parts.path}")
        if self.server.consent and self.headers["Host"].startswith("consent."):
            self._consent()
        elif self.server.consent and parts.path.startswith("/v8/"):
            self.server.wanted = f"https://query2.finance.yahoo.com{self.path}"
            self._send(Answer(302, headers={"Location": "https://consent.yahoo.com/v2/collectConsent?sessionId=1"}))
        elif parts.path.startswith("/v8/finance/chart/"):
            self._chart(unquote(parts.path.rsplit("/", 1)[1]), parse_qs(parts.query))
        elif parts.path == "/v1/test/getcrumb":
            self._send(Answer(body=b"crumb"))
        else:
            cookie = "A3=x; Domain=.yahoo.com; Path=/; Max-Age=31536000"
            self._send(Answer(404, headers={"Set-Cookie": cookie}))

    do_POST = do_GET  # noqa: N815 - the standard library's name

    def _consent(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.command == "POST" and self.server.consent == "asked":
            self.server.consent = ""
            self._send(Answer(302, headers={"Location": self.server.wanted}))
        else:
            form = b'<form method="post" action="/v2/collectConsent"><input name="csrfToken" value="x"></form>'
            self._send(Answer(body=b"<html>" + form, headers={"Content-Type": "text/html"}))

    def _chart(self, symbol: str, query: dict[str, list[str]]) -> None:
        self.server.charts.append((symbol, query))
        answer = self.server.fault(symbol, query)
        if answer is None and symbol in self.server.worlds:
            answer = Answer(body=json.dumps(self.server.worlds[symbol].chart(symbol, query)).encode())
        self._send(answer or refusal(404, "Not Found", "No data found, symbol may be delisted"))


def serving(folder: Path) -> AbstractContextManager[YahooServer]:
    folder.mkdir(parents=True, exist_ok=True)
    return ports.listening(YahooServer(folder))

"""Everything that Yahoo can do wrong, and what becomes of it: kind of the error, HTTP status, message."""

from __future__ import annotations

import json

from yahoo_server import Answer, crypto, refusal

HTML = b"<!DOCTYPE html><html><body>Sorry, you have been blocked</body></html>"


def always(answer):
    return lambda _symbol, _query: answer


def only_history(answer):
    """Answer soundly when asked for the time zone."""
    return lambda _symbol, query: None if "range" in query else answer


def chart_bytes(**changes):
    chart = crypto().chart("BTC-USD", {})
    chart["chart"]["result"][0] |= changes
    return json.dumps(chart).encode()


REFUSALS = {
    "unknown ticker": (
        always(refusal(404, "Not Found", "No data found, symbol may be delisted")),
        ("unknown_symbol", 404, "Yahoo doesn't know 'BTC-USD'."),
    ),
    "500": (always(Answer(500, b"oops")), ("upstream_down", 500, r"Yahoo has a fault \(HTTP 500\).")),
    "502 page": (always(Answer(502, HTML)), ("upstream_down", 502, r"Yahoo has a fault \(HTTP 502\).")),
    "500 only for the history": (only_history(Answer(500)), ("upstream_down", 500, r"Yahoo has a fault \(HTTP 500\).")),
    "maintenance page": (always(Answer(200, b"Will be right back...")), ("upstream_down", 200, "Yahoo has a fault.*")),
    "401 twice": (always(Answer(401, b"{}")), ("blocked", 401, "Yahoo refused this network.*")),
    "403": (always(Answer(403, b"Forbidden")), ("blocked", 403, "Yahoo refused this network.*")),
    "HTML instead of JSON": (always(Answer(200, HTML)), ("blocked", 200, "Yahoo refused this network.*")),
    "connection cut": (
        always(Answer(body=chart_bytes(), cut=True)),
        ("bad_answer", None, "Yahoo sent an incomplete answer; ignored."),
    ),
    "truncated JSON": (
        only_history(Answer(body=chart_bytes()[:500])),
        ("bad_answer", 200, "Yahoo sent an incomplete answer; ignored."),
    ),
    "reset": (always(Answer(reset=True)), ("offline", None, "Can't reach Yahoo.")),
    "time-out": (always(Answer(hang=True)), ("timeout", None, r"Yahoo didn't answer within \d+ s.")),
    "empty frame": (
        only_history(Answer(body=chart_bytes(timestamp=[], indicators={"quote": [{}], "adjclose": [{}]}))),
        ("no_data", 200, "No prices for BTC-USD between the first trade and today."),
    ),
    "a range without trade": (
        only_history(refusal(400, "Bad Request", "Data doesn't exist for startDate = 1, endDate = 2")),
        ("no_data", 400, "No prices for BTC-USD between the first trade and today."),
    ),
    "422": (
        always(refusal(422, "Unprocessable", "Invalid input - interval")),
        ("bad_request", 422, "Yahoo on BTC-USD: Invalid input - interval"),
    ),
    "JSON of another kind": (
        always(Answer(body=b'{"finance": []}')),
        ("unexpected", 200, "Unreadable data for BTC-USD; details in the log."),
    ),
    "a zone that is a folder": (
        always(Answer(body=chart_bytes(meta={"exchangeTimezoneName": "America"}))),
        ("unexpected", 200, "Unreadable data for BTC-USD; details in the log."),
    ),
    "columns of unequal length": (
        only_history(Answer(body=chart_bytes(timestamp=[1, 2, 3]))),
        ("unexpected", None, "Unreadable data for BTC-USD; details in the log."),
    ),
}

"""Everything that a source of plain HTTP can do wrong, whichever it is, and what becomes of it: kind, HTTP status, message.

In a message, NAME stands for the source, SYMBOL for what it was asked for, MOST for the size up to which it is read.
"""

from __future__ import annotations

from yahoo_server import Answer

HTML = b"<!DOCTYPE html><html><body>Access denied</body></html>"
LATER = "NAME was asked for SYMBOL and has a fault"
REFUSED = "NAME refused this network"

FAULTS = {
    "404": (Answer(404, HTML), ("unknown_symbol", 404, "NAME was asked for SYMBOL and has nothing at that address.*")),
    "400": (
        Answer(400, b'{"code":-1121,"msg":"Invalid symbol."}'),
        ("bad_request", 400, r"NAME was asked for SYMBOL and refused \(HTTP 400\): .*Invalid symbol.*"),
    ),
    "401": (Answer(401), ("blocked", 401, rf"{REFUSED} \(HTTP 401\).*")),
    "403": (Answer(403, HTML), ("blocked", 403, rf"{REFUSED} \(HTTP 403\).*")),
    "451": (Answer(451, b"{}"), ("blocked", 451, rf"{REFUSED} \(HTTP 451\).*")),
    "HTML instead of data": (Answer(200, HTML), ("blocked", 200, rf"{REFUSED} with a web page \(HTTP 200\).*")),
    "429": (
        Answer(429, b"slow down"),
        ("rate_limited", 429, "NAME is limiting requests from this network. Next try.*"),
    ),
    "418": (Answer(418, b"banned"), ("rate_limited", 429, "NAME is limiting requests from this network. Next try.*")),
    "500": (Answer(500, b"oops"), ("upstream_down", 500, rf"{LATER} \(HTTP 500\).*")),
    "503 page": (Answer(503, HTML), ("upstream_down", 503, rf"{LATER} \(HTTP 503\).*")),
    "202 without data": (Answer(202, b"{}"), ("upstream_down", 202, rf"{LATER} \(HTTP 202\).*")),
    "204": (Answer(204), ("upstream_down", 204, rf"{LATER} \(HTTP 204\).*")),
    "304 unasked": (Answer(304), ("upstream_down", 304, rf"{LATER} \(HTTP 304\).*")),
    "redirects in a circle": (
        Answer(302, headers={"Location": "?again=1"}),
        ("unexpected", None, "NAME was asked for SYMBOL and sent a malformed HTTP response.*"),
    ),
    "empty body": (Answer(), ("bad_answer", None, "NAME sent an incomplete answer; ignored.")),
    "another table": (
        Answer(body=b'{"a": [1]}\n'),
        (
            "unexpected",
            None,
            "NAME was asked for SYMBOL and sent .*; ignored. If this continues, its format has changed.*",
        ),
    ),
    "bytes of no text": (Answer(body=b"\xff\xfe\x00\n" * 50), (("unexpected", "bad_answer"), None, "NAME .*")),
    "one endless line": (
        Answer(body=b"9" * 200_000 + b"\n"),
        (("unexpected", "bad_answer"), None, "NAME .*; ignored.*"),
    ),
    "more than it may be": (
        "long",
        ("unexpected", None, "NAME was asked for SYMBOL and sent more than MOST; ignored.*"),
    ),
    "a bomb": (
        "gzip",
        ("unexpected", None, "NAME was asked for SYMBOL and sent more than MOST; ignored.*"),
    ),
    "what is no gzip": (
        Answer(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
        ("unexpected", None, "NAME was asked for SYMBOL and sent a malformed HTTP response.*"),
    ),
    "connection cut": ("cut", ("bad_answer", None, "NAME sent an incomplete answer; ignored.")),
    "truncated data": ("half", ("bad_answer", None, "NAME sent an incomplete answer; ignored.")),
    "reset": (Answer(reset=True), ("offline", None, "Can't reach NAME.")),
    "time-out": (Answer(hang=True), ("timeout", None, r"NAME didn't answer within \d+ s.")),
}

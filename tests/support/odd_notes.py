"""Notes that fit the schema of saved ones and are odd all the same, as files; for Hypothesis, and the fixed worst ones."""

from __future__ import annotations

import yaml
from hypothesis import strategies as st

SERIES = ("BTC-USD", "^VIX", "FED-FUNDS-TARGET", "BTC-FUNDING", "CRYPTO-FEAR-GREED", "NEVER-SEEN", "ODD", "FIFO")
"""Bundled daily, exchange and step series, one that nobody has, one with gaps and prices of 0, and one that is a pipe."""
DAYS = (
    "1900-01-01", "2009-01-03", "2014-09-17", "2015-01-01", "2024-02-29", "2025-11-30", "2025-12-02", "2025-12-03",
    "2026-01-31", "2026-09-30", "2030-01-01", "2199-12-31",
)  # fmt: skip
NUMBERS = ("0", "0.000000000001", "1", "91350", "100000", "999999999999999")
KINDS = ("close", "drawdown", "maximum drawdown", "return", "relative return", "minimum", "maximum")


@st.composite
def checks(draw):
    """A check in which any window, series and value goes with any other."""
    kind = draw(st.sampled_from(KINDS))
    check = {
        "kind": kind,
        "series": draw(st.sampled_from(SERIES)),
        "end": draw(st.sampled_from(DAYS)),
        "operator": draw(st.sampled_from(("<", "<=", "=", ">=", ">"))),
        "value": draw(st.sampled_from(("-999999999999999", "-0.5", *NUMBERS))),
    }
    if kind not in {"close", "drawdown"} or draw(st.booleans()):
        check["start"] = draw(st.sampled_from(DAYS))
    if kind == "relative return":
        check["other"] = draw(st.sampled_from((check["series"], *SERIES)))
    if draw(st.booleans()):
        check |= {"tolerance": draw(st.sampled_from(NUMBERS)), "basis": draw(st.sampled_from(("close", "intraday")))}
    return check


@st.composite
def calls(draw, published):
    """A call with any levels, above or below one another, and any horizon."""
    direction = draw(st.sampled_from(("up", "down", "range")))
    call = {"asset": draw(st.sampled_from(SERIES)), "text": "A call", "direction": direction}
    later = [day for day in DAYS if day > published[:10]]
    if later and draw(st.booleans()):
        call["end"] = draw(st.sampled_from(later))
    else:
        call["days"] = draw(st.sampled_from(("1", "1.9", "30", "3650")))
    names = ("floor", "ceiling") if direction == "range" else ("target", "invalidation")
    chosen = draw(st.sets(st.sampled_from(names), min_size=direction == "range"))
    call |= {name: draw(st.sampled_from(NUMBERS)) for name in sorted(chosen)}
    if "target" in chosen:
        call["basis"] = draw(st.sampled_from(("close", "intraday")))
    if draw(st.booleans()):
        call["probability"] = draw(st.sampled_from(("0", "1", "0.000000000001")))
    return call


@st.composite
def notes(draw, name="odd-note"):
    """A note as a file."""
    published = draw(st.sampled_from((*(f"{day}T00:00:00Z" for day in DAYS), "2199-12-31T23:59:59Z")))
    header = {
        "id": name,
        "title": draw(st.sampled_from(("T", "=1+1", "\u202e\u200b", "x" * 300))),
        "publisher": draw(st.sampled_from(("P", "K33 Research", "<b>"))),
        "author": "A",
        "published": published,
        "precision": draw(st.sampled_from(("minute", "day", "month"))),
        "source": "S",
        "assets": draw(st.lists(st.sampled_from(SERIES), max_size=3)),
        "themes": draw(st.lists(st.sampled_from(("a", "b", "[")), max_size=2)),
        "stance": "neutral",
        "conviction": draw(st.sampled_from(("0", "1", "0.000000000001"))),
        "calls": draw(st.lists(calls(published), max_size=3)),
        "claims": [{"text": "F", "check": check} for check in draw(st.lists(checks(), max_size=4))],
        "levels": [
            {"asset": draw(st.sampled_from(SERIES)), "price": draw(st.sampled_from(NUMBERS)), "role": "support"}
        ],
        "metrics": draw(st.sampled_from(([], [{"label": "L", "value": "-999999999999999", "unit": "U", "period": "P"}]))),
    }  # fmt: skip
    if draw(st.booleans()):
        header["tone"] = draw(st.sampled_from(("-1", "0", "1")))
    return written(header, draw(st.sampled_from(("", "Fear and support at $80,000.", "# " * 50))))


def written(header, body):
    """Return a note's file."""
    return f"---\n{yaml.safe_dump(header, sort_keys=False)}---\n{body}\n"


def with_check(**check):
    """Return a note with one check, which is the worst that was found."""
    fields = {"operator": "<", "value": "0", "series": "BTC-USD", **check}
    header = {
        "id": "odd-check", "title": "T", "publisher": "P", "author": "A", "published": "2025-12-02T10:00:00Z",
        "precision": "day", "source": "S", "assets": ["BTC-USD"], "themes": [], "stance": "neutral", "conviction": "0",
        "claims": [{"text": "F", "check": fields}],
    }  # fmt: skip
    return written(header, "Body.")
